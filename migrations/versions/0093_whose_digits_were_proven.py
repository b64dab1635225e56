"""Which four digits a follower proved, as a blind index: whose they are decides who is told by phone as well."""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("follow", sa.Column("proof_index", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("follow", "proof_index")
