"""API keys for tests, and when a key was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_api_key_mode"), "api_key")
    op.create_check_constraint(op.f("ck_api_key_mode"), "api_key", "mode IN ('live', 'test', 'read_only')")


def downgrade() -> None:
    op.execute("DELETE FROM api_key WHERE mode = 'test'")
    op.drop_constraint(op.f("ck_api_key_mode"), "api_key")
    op.create_check_constraint(op.f("ck_api_key_mode"), "api_key", "mode IN ('live', 'read_only')")
    op.drop_column("api_key", "last_used_at")
