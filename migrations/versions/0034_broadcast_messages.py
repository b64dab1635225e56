"""A message may belong to a broadcast, and warnings of storms have a lane of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEFORE, NOW = ("urgent", "normal", "broadcast"), ("urgent", "emergency", "normal", "broadcast")


def upgrade() -> None:
    op.add_column("message", sa.Column("broadcast_id", sa.BigInteger(), nullable=True))
    _lanes(NOW)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_message_broadcast",
            "message",
            ["tenant_id", "broadcast_id", "state"],
            postgresql_where="broadcast_id IS NOT NULL",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_column("message", "broadcast_id")
    # The owner of the tables, too, sees only one province's rows while row security is forced.
    op.execute("ALTER TABLE message NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE message SET lane = 'urgent' WHERE lane = 'emergency'")
    op.execute("ALTER TABLE message FORCE ROW LEVEL SECURITY")
    _lanes(BEFORE)


def _lanes(names: tuple[str, ...]) -> None:
    # NOT VALID first: a check of every row would hold the table while it reads.
    op.execute("ALTER TABLE message DROP CONSTRAINT ck_message_lane")
    op.execute(f"ALTER TABLE message ADD CONSTRAINT ck_message_lane CHECK (lane IN {names!r}) NOT VALID")
    op.execute("ALTER TABLE message VALIDATE CONSTRAINT ck_message_lane")
