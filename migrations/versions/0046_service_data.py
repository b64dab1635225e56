"""Which services a province has switched on, and the data it loads for them, version by version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from motcua.core.row_security import protect

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("service_switch", "service_data_version", "service_data_file", "service_row")


def upgrade() -> None:
    op.create_table(
        "service_switch",
        *_key(),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=True),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("secrets_encrypted", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_switch")),
    )
    op.create_index("ix_service_switch_service", "service_switch", ["tenant_id", "service", "id"])
    op.create_table(
        "service_data_version",
        *_key(),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("next_update_on", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("faults", JSONB(), nullable=False),
        sa.Column("notes", JSONB(), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("retired_by", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('faulty', 'draft', 'published', 'retired')", name=op.f("ck_service_data_version_state")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
            name=op.f("ck_service_data_version_period"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_data_version")),
    )
    op.create_index(
        "ix_service_data_version_service", "service_data_version", ["tenant_id", "service", "state"]
    )
    op.create_table(
        "service_data_file",
        *_key(),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_data_file")),
        sa.UniqueConstraint(
            "tenant_id", "version_id", name=op.f("uq_service_data_file_tenant_id_version_id")
        ),
        _of_version("fk_service_data_file_service_data_version"),
    )
    op.create_table(
        "service_row",
        *_key(),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_row")),
        _of_version("fk_service_row_service_data_version"),
    )
    op.create_index("ix_service_row_version_id", "service_row", ["tenant_id", "version_id", "number"])
    for table in TABLES:
        protect(op, table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )


def _of_version(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "version_id"],
        ["service_data_version.tenant_id", "service_data_version.id"],
        name=op.f(name),
        ondelete="CASCADE",
    )
