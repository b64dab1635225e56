"""Complaints with the law's clocks, and a role for leaders who only look at figures."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text_encrypted", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("triage_due_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("question_encrypted", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("reply_due_at", MOMENT, nullable=True),
        sa.Column("triaged_at", MOMENT, nullable=True),
        sa.Column("answer_encrypted", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("publish_due_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("handled_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('regulation', 'conduct')", name=op.f("ck_complaint_kind")),
        sa.CheckConstraint(
            "state IN ('received', 'asked', 'accepted', 'forwarded', 'refused', 'answered', 'published')",
            name=op.f("ck_complaint_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_complaint")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_complaint_citizen"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_complaint_dossier"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_complaint_state", "complaint", ["tenant_id", "state", "due_at"])
    op.create_index("ix_complaint_citizen", "complaint", ["tenant_id", "citizen_id", "id"])
    op.create_index("ix_complaint_dossier", "complaint", ["tenant_id", "dossier_id"])
    protect(op, "complaint")
    _roles("'officer', 'leader', 'province_admin'")


def downgrade() -> None:
    # The owner of the tables, too, sees only one province's rows while row security is forced.
    op.execute("ALTER TABLE staff NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE staff SET role = 'officer', is_enabled = false WHERE role = 'leader'")
    op.execute("ALTER TABLE staff FORCE ROW LEVEL SECURITY")
    _roles("'officer', 'province_admin'")
    op.drop_table("complaint")


def _roles(names: str) -> None:
    op.drop_constraint(op.f("ck_staff_role"), "staff")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role IN ({names})")
