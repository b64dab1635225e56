"""The indexes that `message_key` replaces go. Processes of before 0088 cannot owe a message without the first."""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

UNIQUE = "uq_message_tenant_id_dedupe_key"


def upgrade() -> None:
    op.drop_constraint(UNIQUE, "message")
    with op.get_context().autocommit_block():
        op.drop_index("ix_message_day", "message", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_message_day", "message", ["tenant_id", "created_at"], postgresql_concurrently=True
        )
        op.create_index(
            UNIQUE, "message", ["tenant_id", "dedupe_key"], unique=True, postgresql_concurrently=True
        )
    op.execute(f"ALTER TABLE message ADD CONSTRAINT {UNIQUE} UNIQUE USING INDEX {UNIQUE}")
