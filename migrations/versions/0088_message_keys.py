"""What a message tells of, and when it was written, has a table of its own: steps of a message do not write it.

Both indexes stood on `message`, where PostgreSQL writes every index anew with each step a message takes: a quarter of
its work for a message that is sent. Old processes go on meanwhile; what they need goes with 0089.
"""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

# Before the row is written, so that whoever writes it need not ask: what is owed already is passed over.
TAKE = """
CREATE FUNCTION message_take_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO message_key (tenant_id, id, dedupe_key, created_at)
    VALUES (NEW.tenant_id, NEW.id, NEW.dedupe_key, NEW.created_at)
    ON CONFLICT (tenant_id, dedupe_key) DO NOTHING;
    RETURN CASE WHEN FOUND THEN NEW END;
END $$
"""
GIVE_BACK = """
CREATE FUNCTION message_give_keys_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM message_key USING gone WHERE message_key.tenant_id = gone.tenant_id AND message_key.id = gone.id;
    RETURN NULL;
END $$
"""
# A process of before may have been told by its own index that the message is owed, after the key was taken.
FILL = """
INSERT INTO message_key (tenant_id, id, dedupe_key, created_at)
SELECT tenant_id, id, dedupe_key, created_at FROM message WHERE tenant_id = :id
ON CONFLICT (tenant_id, dedupe_key) DO UPDATE SET id = excluded.id, created_at = excluded.created_at
"""


def upgrade() -> None:
    op.create_table(
        "message_key",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_key")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_message_key_tenant_id_dedupe_key")),
    )
    op.create_index("ix_message_key_day", "message_key", ["tenant_id", "created_at", "id"])
    protect(op, "message_key")
    op.execute(TAKE)
    op.execute(GIVE_BACK)
    op.execute(
        "CREATE TRIGGER message_take_key BEFORE INSERT ON message"
        " FOR EACH ROW EXECUTE FUNCTION message_take_key()"
    )
    op.execute(
        "CREATE TRIGGER message_give_keys_back AFTER DELETE ON message REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION message_give_keys_back()"
    )
    with op.get_context().autocommit_block():
        pass  # commits: nobody who owes a message waits until all keys are written
    for tenant_id in each_tenant(op):
        op.get_bind().execute(sa.text(FILL), {"id": tenant_id})


def downgrade() -> None:
    op.execute("DROP TRIGGER message_give_keys_back ON message")
    op.execute("DROP TRIGGER message_take_key ON message")
    op.execute("DROP FUNCTION message_give_keys_back")
    op.execute("DROP FUNCTION message_take_key")
    op.drop_table("message_key")
