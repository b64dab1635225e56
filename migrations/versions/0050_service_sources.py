"""What provinces' nightly files say of vehicles and licences, sealed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from motcua.core.row_security import protect

revision = "0050"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_source_file",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("faults", JSONB(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_source_file")),
    )
    op.create_index(
        "ix_service_source_file_service", "service_source_file", ["tenant_id", "service", "taken_at"]
    )
    protect(op, "service_source_file")
    op.create_table(
        "service_source_row",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("key_index", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_source_row")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["service_source_file.tenant_id", "service_source_file.id"],
            name=op.f("fk_service_source_row_service_source_file"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_service_source_row_key", "service_source_row", ["tenant_id", "file_id", "key_index"])
    protect(op, "service_source_row")


def downgrade() -> None:
    op.drop_table("service_source_row")
    op.drop_table("service_source_file")
