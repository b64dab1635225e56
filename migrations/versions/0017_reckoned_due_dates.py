"""How a dossier's due date was reckoned, where it was we who did."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHECKS = {
    "due_unit": "due_unit IN ('hour', 'working_day', 'day', 'month', 'same_day')",
    "due_policy": "due_policy IN ('pause', 'restart', 'continue')",
}


def upgrade() -> None:
    op.add_column(
        "dossier", sa.Column("due_is_ours", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("dossier", sa.Column("due_duration", sa.Double(), nullable=True))
    op.add_column("dossier", sa.Column("due_unit", sa.Text(), nullable=True))
    op.add_column("dossier", sa.Column("due_policy", sa.Text(), nullable=True))
    op.add_column("dossier", sa.Column("calendar_version", sa.Integer(), nullable=True))
    for name, rule in CHECKS.items():
        op.execute(f"ALTER TABLE dossier ADD CONSTRAINT ck_dossier_{name} CHECK ({rule}) NOT VALID")
    with (
        op.get_context().autocommit_block()
    ):  # what looks through the whole table must not hold the lock above
        for name in CHECKS:
            op.execute(f"ALTER TABLE dossier VALIDATE CONSTRAINT ck_dossier_{name}")
        op.create_index(
            "ix_dossier_reckoned",
            "dossier",
            ["tenant_id", "calendar_version", "id"],
            postgresql_where="due_is_ours AND status NOT IN (3, 8, 9, 10)",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_dossier_reckoned", table_name="dossier")
    for name in CHECKS:
        op.drop_constraint(f"ck_dossier_{name}", "dossier")
    for column in ("calendar_version", "due_policy", "due_unit", "due_duration", "due_is_ours"):
        op.drop_column("dossier", column)
