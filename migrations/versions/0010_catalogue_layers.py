"""What a province's folder says and what its people changed, apart, with history; its own procedures."""

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import each_tenant, protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty = sa.text("'{}'")
    op.add_column("tenant_procedure", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("tenant_procedure", sa.Column("field", sa.Text(), nullable=True))
    op.add_column("tenant_procedure", sa.Column("name_key", sa.Text(), nullable=True))
    op.add_column(
        "tenant_procedure", sa.Column("folder", postgresql.JSONB(), nullable=True, server_default=empty)
    )
    op.add_column(
        "tenant_procedure", sa.Column("changes", postgresql.JSONB(), nullable=False, server_default=empty)
    )
    op.drop_constraint("fk_tenant_procedure_national_procedure", "tenant_procedure", type_="foreignkey")
    op.create_table(
        "own_procedure_version",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_own_procedure_version")),
        sa.UniqueConstraint(
            "tenant_id", "code", "number", name=op.f("uq_own_procedure_version_tenant_id_code_number")
        ),
    )
    op.create_table(
        "tenant_catalogue",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_catalogue")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_tenant_catalogue_tenant_id")),
    )
    op.create_table(
        "catalogue_change",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "source IN ('folder', 'console', 'import', 'undo')", name=op.f("ck_catalogue_change_source")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catalogue_change")),
    )
    op.create_index("ix_catalogue_change_tenant_id_code_id", "catalogue_change", ["tenant_id", "code", "id"])
    op.create_index(
        "ix_catalogue_change_tenant_id_import_id_id", "catalogue_change", ["tenant_id", "import_id", "id"]
    )
    for table in ("own_procedure_version", "tenant_catalogue", "catalogue_change"):
        protect(op, table)
    for _ in each_tenant(op):
        # Until now all came from the folder.
        op.execute(
            "UPDATE tenant_procedure SET folder = overrides || jsonb_strip_nulls(jsonb_build_object("
            "'enabled', is_enabled, 'agency', agency, 'code_suffix', code_suffix)), name = overrides ->> 'name'"
        )
        connection = op.get_bind()
        named = connection.execute(
            sa.text("SELECT id, name FROM tenant_procedure WHERE name IS NOT NULL")
        ).all()
        for at, name in named:
            connection.execute(
                sa.text("UPDATE tenant_procedure SET name_key = :key WHERE id = :at"),
                {"key": _plain(name), "at": at},
            )


def downgrade() -> None:
    for _ in each_tenant(op):
        # The older tables know no procedures of a province's own.
        op.execute(
            "DELETE FROM tenant_procedure one WHERE NOT EXISTS"
            " (SELECT FROM national_procedure base WHERE base.code = one.code)"
        )
    for table in ("catalogue_change", "tenant_catalogue", "own_procedure_version"):
        op.drop_table(table)
    op.create_foreign_key(
        "fk_tenant_procedure_national_procedure", "tenant_procedure", "national_procedure", ["code"], ["code"]
    )
    for column in ("changes", "folder", "name_key", "field", "name"):
        op.drop_column("tenant_procedure", column)


def _plain(text: str) -> str:
    """As catalogue.names.plain_name was when this was written."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = (letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter))
    return " ".join("".join(kept).split())
