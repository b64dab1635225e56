"""Lists from Excel and CSV on their way into a province's catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_import",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sheets", postgresql.JSONB(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_checked", sa.Integer(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("base_version", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undo_report", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "state IN ('mapping', 'checking', 'faulty', 'ready', 'applied', 'undone', 'failed')",
            name=op.f("ck_catalogue_import_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_import")),
    )
    op.create_index(
        "ix_catalogue_import_tenant_id_checking",
        "catalogue_import",
        ["tenant_id", "id"],
        postgresql_where=sa.text("state = 'checking'"),
    )
    op.create_table(
        "catalogue_import_file",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_import_file")),
        sa.UniqueConstraint(
            "tenant_id", "import_id", name=op.f("uq_catalogue_import_file_tenant_id_import_id")
        ),
        _of_import("catalogue_import_file"),
    )
    op.create_table(
        "catalogue_import_row",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("faults", postgresql.JSONB(), nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_import_row")),
        _of_import("catalogue_import_row"),
    )
    op.create_index(
        "ix_catalogue_import_row_tenant_id_import_id_kind_id",
        "catalogue_import_row",
        ["tenant_id", "import_id", "kind", "id"],
    )
    op.create_index(
        "ix_catalogue_import_row_tenant_id_import_id_row_number",
        "catalogue_import_row",
        ["tenant_id", "import_id", "row_number"],
    )
    op.create_index(
        "ix_catalogue_import_row_tenant_id_faults",
        "catalogue_import_row",
        ["tenant_id", "import_id", "row_number"],
        postgresql_where=sa.text("faults <> '[]'"),
    )
    op.create_table(
        "catalogue_mapping",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_mapping")),
        sa.UniqueConstraint(
            "tenant_id", "fingerprint", name=op.f("uq_catalogue_mapping_tenant_id_fingerprint")
        ),
    )
    for table in (
        "catalogue_import",
        "catalogue_import_file",
        "catalogue_import_row",
        "catalogue_mapping",
    ):
        protect(op, table)


def downgrade() -> None:
    for table in (
        "catalogue_mapping",
        "catalogue_import_row",
        "catalogue_import_file",
        "catalogue_import",
    ):
        op.drop_table(table)


def _of_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "import_id"],
        ["catalogue_import.tenant_id", "catalogue_import.id"],
        name=op.f(f"fk_{table}_catalogue_import"),
        ondelete="CASCADE",
    )
