"""Which accounts of several OAs are one Zalo user's, as a blind index of the user's id in the app."""

import sqlalchemy as sa
from alembic import op

revision = "0098"
down_revision = "0095"
branch_labels = None
depends_on = None

INDEX = "ix_citizen_app_user"


def upgrade() -> None:
    op.add_column("citizen", sa.Column("app_user_index", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "citizen",
            ["tenant_id", "app_user_index"],
            postgresql_where=sa.text("app_user_index IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, "citizen", postgresql_concurrently=True)
    op.drop_column("citizen", "app_user_index")
