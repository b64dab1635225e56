"""Words that a province adds to the search's vocabulary."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_word",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meant", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('name', 'word', 'abbreviation', 'topic')", name=op.f("ck_own_word_kind")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_own_word")),
    )
    protect(op, "own_word")


def downgrade() -> None:
    op.drop_table("own_word")
