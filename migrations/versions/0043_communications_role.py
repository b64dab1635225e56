"""A role for those who write announcements and see nobody's dossier."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BEFORE = ("officer", "leader", "province_admin")
NOW = ("officer", "leader", "communications", "province_admin")


def upgrade() -> None:
    _roles(NOW)


def downgrade() -> None:
    # The owner of the tables, too, sees only one province's rows while row security is forced.
    op.execute("ALTER TABLE staff NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE staff SET role = 'leader', is_enabled = false WHERE role = 'communications'")
    op.execute("ALTER TABLE staff FORCE ROW LEVEL SECURITY")
    _roles(BEFORE)


def _roles(names: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_staff_role"), "staff")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role IN {names!r}")
