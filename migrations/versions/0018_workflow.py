"""Axes of a dossier, what an event says besides its status, other codes of a dossier."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import each_tenant, protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Defaults stay: the version before this one writes rows without these columns.
AXES = {
    "payment_state": ("none", "due", "paid", "waived", "refund_due"),
    "handover_state": ("none", "waiting", "at_post", "handed_over", "electronic"),
    "sync_state": ("current", "stale", "conflict"),
}


def upgrade() -> None:
    for name, states in AXES.items():
        default = "current" if name == "sync_state" else "none"
        op.add_column("dossier", sa.Column(name, sa.Text(), nullable=False, server_default=default))
        op.create_check_constraint(op.f(f"ck_dossier_{name}"), "dossier", f"{name} IN {states!r}")
    op.add_column("dossier", sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dossier", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("dossier", sa.Column("status_text", postgresql.JSONB(), nullable=True))
    op.add_column("dossier", sa.Column("snapshot", postgresql.JSONB(), nullable=True))
    for name in ("has_records", "has_aliases"):
        op.add_column("dossier", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("dossier_event", sa.Column("unexpected_why", sa.Text(), nullable=True))
    op.add_column("dossier_event", sa.Column("local_code", sa.Text(), nullable=True))
    op.add_column("dossier_event", sa.Column("status_map_version", sa.Integer(), nullable=True))
    op.add_column("dossier_event", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("dossier_event", sa.Column("said", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.create_table(
        "dossier_alias",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_alias_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_alias")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_dossier_alias_tenant_id_code")),
    )
    op.create_index("ix_dossier_alias_dossier", "dossier_alias", ["tenant_id", "dossier_id"])
    protect(op, "dossier_alias")
    for _ in each_tenant(op):
        op.execute(
            "UPDATE dossier SET handover_state = CASE status WHEN 9 THEN 'waiting' WHEN 10 THEN 'handed_over'"
            " ELSE 'none' END, payment_state = CASE status WHEN 6 THEN 'due' ELSE 'none' END"
            " WHERE status IN (6, 9, 10)"
        )


def downgrade() -> None:
    op.drop_table("dossier_alias")
    for name in ("said", "reason", "status_map_version", "local_code", "unexpected_why"):
        op.drop_column("dossier_event", name)
    for name in (
        "has_aliases", "has_records", "snapshot", "status_text", "reason", "synced_at", *reversed(AXES),
    ):  # fmt: skip
        op.drop_column("dossier", name)
