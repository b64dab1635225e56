"""What citizens ask of the desk about their dossier."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_request",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said_encrypted", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('postal_return', 'delegate', 'withdraw', 'correct_phone')",
            name=op.f("ck_dossier_request_kind"),
        ),
        sa.CheckConstraint("source IN ('chat', 'page')", name=op.f("ck_dossier_request_source")),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name=op.f("ck_dossier_request_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_request_dossier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_dossier_request_citizen"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_request")),
    )
    op.create_index(
        "uq_dossier_request_open",
        "dossier_request",
        ["tenant_id", "dossier_id", "kind"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_index("ix_dossier_request_dossier", "dossier_request", ["tenant_id", "dossier_id"])
    op.create_index("ix_dossier_request_state", "dossier_request", ["tenant_id", "state", "created_at"])
    protect(op, "dossier_request")


def downgrade() -> None:
    op.drop_table("dossier_request")
