"""The order in which changes of dossiers are told, and who is told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE change_position AS bigint")
    op.add_column("dossier_event", sa.Column("position", sa.BigInteger(), nullable=True))
    op.create_table(
        "change_subscription",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_encrypted", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_change_subscription")),
    )
    op.create_table(
        "change_delivery",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'delivered', 'given_up')", name=op.f("ck_change_delivery_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_change_delivery")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["change_subscription.tenant_id", "change_subscription.id"],
            name=op.f("fk_change_delivery_change_subscription"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "subscription_id",
            "kind",
            "change_id",
            name=op.f("uq_change_delivery_tenant_id_subscription_id_kind_change_id"),
        ),
    )
    op.create_index(
        "ix_change_delivery_open",
        "change_delivery",
        ["tenant_id", "next_attempt_at"],
        postgresql_where="state IN ('queued', 'sending')",
    )
    protect(op, "change_subscription")
    protect(op, "change_delivery")
    with op.get_context().autocommit_block():  # events keep coming in while the indexes are built
        op.create_index(
            "ix_dossier_event_position",
            "dossier_event",
            ["tenant_id", "position"],
            postgresql_where="position IS NOT NULL",
            postgresql_concurrently=True,
        )
        op.create_index(
            "ix_dossier_event_unnumbered",
            "dossier_event",
            ["tenant_id", "id"],
            postgresql_where="position IS NULL",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_table("change_delivery")
    op.drop_table("change_subscription")
    op.drop_index("ix_dossier_event_unnumbered", table_name="dossier_event")
    op.drop_index("ix_dossier_event_position", table_name="dossier_event")
    op.drop_column("dossier_event", "position")
    op.execute("DROP SEQUENCE change_position")
