"""The indexes that those of 0071 replace: left in place, the planner might still pick one of them.

Workers of the version before go on, slower while many messages wait: have them follow soon.
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

WAITING = "state = 'queued' AND failure IS NOT NULL"
INDEXES = {
    "ix_message_waiting": (["tenant_id", "citizen_id"], WAITING),
    "ix_message_waiting_phone": (["tenant_id", "phone_index"], WAITING + " AND phone_index IS NOT NULL"),
    "ix_message_expiry": (["tenant_id", "expires_at"], "state = 'queued'"),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.drop_index(name, "message", postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (columns, where) in INDEXES.items():
            op.create_index(name, "message", columns, postgresql_where=where, postgresql_concurrently=True)
