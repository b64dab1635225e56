"""A broadcast keeps the words that its approval was given for. What was approved before keeps them when it is fed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast", sa.Column("approved_words", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("broadcast", "approved_words")
