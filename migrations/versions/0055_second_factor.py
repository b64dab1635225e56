"""Staff may have a second factor with recovery codes, and auditors read everything."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = ("officer", "leader", "communications", "province_admin")
NOW = (*BEFORE, "auditor")


def upgrade() -> None:
    op.add_column("staff", sa.Column("totp_secret_encrypted", sa.Text(), nullable=True))
    op.add_column("staff", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.add_column("staff", sa.Column("second_factor_since", MOMENT, nullable=True))
    op.add_column("staff", sa.Column("signed_in_at", MOMENT, nullable=True))
    op.create_table(
        "staff_recovery_code",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_staff_recovery_code")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["staff.tenant_id", "staff.id"],
            name=op.f("fk_staff_recovery_code_staff"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "digest", name=op.f("uq_staff_recovery_code_tenant_id_person_id_digest")
        ),
    )
    protect(op, "staff_recovery_code")
    _roles(NOW)


def downgrade() -> None:
    # The owner of the tables, too, sees only one province's rows while row security is forced.
    op.execute("ALTER TABLE staff NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE staff SET role = 'leader', is_enabled = false WHERE role = 'auditor'")
    op.execute("ALTER TABLE staff FORCE ROW LEVEL SECURITY")
    _roles(BEFORE)
    op.drop_table("staff_recovery_code")
    for name in ("signed_in_at", "second_factor_since", "totp_last_step", "totp_secret_encrypted"):
        op.drop_column("staff", name)


def _roles(names: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_staff_role"), "staff")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role IN {names!r}")
