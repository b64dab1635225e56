"""Lines of an uploaded list that became nobody's message stay a while, each with its reason."""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

INDEX = "ix_broadcast_listed_untold"


def upgrade() -> None:
    op.add_column("broadcast_listed", sa.Column("untold", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "broadcast_listed",
            ["tenant_id", "broadcast_id", "id"],
            postgresql_where="untold IS NOT NULL",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, "broadcast_listed", postgresql_concurrently=True)
    op.drop_column("broadcast_listed", "untold")
