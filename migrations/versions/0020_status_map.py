"""What a province's local status codes mean, in versions."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_map",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_status_map")),
        sa.UniqueConstraint("tenant_id", "version", name=op.f("uq_status_map_tenant_id_version")),
    )
    op.create_table(
        "status_map_entry",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("local_code", sa.Text(), nullable=False),
        sa.Column("national", sa.SmallInteger(), nullable=False),
        sa.Column("citizen_text", sa.Text(), nullable=True),
        sa.Column("citizen_text_en", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("national BETWEEN 1 AND 10", name=op.f("ck_status_map_entry_national")),
        sa.CheckConstraint(
            "source IN ('national', 'folder', 'console')", name=op.f("ck_status_map_entry_source")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version"],
            ["status_map.tenant_id", "status_map.version"],
            name=op.f("fk_status_map_entry_status_map"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_status_map_entry")),
        sa.UniqueConstraint(
            "tenant_id", "version", "key", name=op.f("uq_status_map_entry_tenant_id_version_key")
        ),
    )
    for table in ("status_map", "status_map_entry"):
        protect(op, table)


def downgrade() -> None:
    op.drop_table("status_map_entry")
    op.drop_table("status_map")
