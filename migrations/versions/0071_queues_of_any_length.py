"""Indexes that only their own statement can use, however long or short the queue was when it was analysed."""

from alembic import op

revision = "0071"
down_revision = "0067"
branch_labels = None
depends_on = None

PUT_OFF = "state IN ('queued', '') AND failure IS NOT NULL"
INDEXES = {
    "ix_message_put_off": (["tenant_id", "citizen_id"], PUT_OFF),
    "ix_message_put_off_phone": (["tenant_id", "phone_index"], PUT_OFF + " AND phone_index IS NOT NULL"),
    "ix_message_expiring": (["tenant_id", "expires_at"], "state = 'queued' AND id > 0"),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (columns, where) in INDEXES.items():
            op.create_index(name, "message", columns, postgresql_where=where, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.drop_index(name, "message", postgresql_concurrently=True)
