"""Which features a province has, and who decided that."""

import sqlalchemy as sa
from alembic import op

from motcua.core.roles import APP

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feature_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Text(),
            sa.ForeignKey("tenant.id", name=op.f("fk_feature_choice_tenant"), ondelete="CASCADE"),
            nullable=True,
        ),
        sa.Column("is_on", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_choice")),
    )
    op.create_index(
        "ix_feature_choice_tenant_id_feature_id", "feature_choice", ["tenant_id", "feature", "id"]
    )
    op.execute(f"REVOKE UPDATE, DELETE ON feature_choice FROM {APP}")


def downgrade() -> None:
    op.drop_table("feature_choice")
