"""The counter's desk: an officer's agency, codes we issue, people found by keyed indexes, lists of what is open."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_dossier_live_due": (
        ["tenant_id", "due_at", "id"],
        {
            "postgresql_include": ["status", "status_at", "agency_code", "officer"],
            "postgresql_where": "status NOT IN (3, 8, 10)",
        },
    ),
    "ix_dossier_agency_recent": (["tenant_id", "agency_code", "status_at"], {}),
}


def upgrade() -> None:
    # First, and from the start again if an earlier try was cut off: this part has no transaction around it.
    with op.get_context().autocommit_block():
        for name, (columns, options) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, "dossier", columns, postgresql_concurrently=True, **options)
    op.add_column("staff", sa.Column("agency_code", sa.Text(), nullable=True))
    op.create_table(
        "dossier_counter",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_counter")),
        sa.UniqueConstraint(
            "tenant_id", "identifier", "day", name=op.f("uq_dossier_counter_tenant_id_identifier_day")
        ),
    )
    op.create_table(
        "dossier_person",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("index", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_person")),
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "index", name=op.f("uq_dossier_person_tenant_id_dossier_id_index")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_person_dossier"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_dossier_person_index", "dossier_person", ["tenant_id", "index", "dossier_id"])
    for table in ("dossier_counter", "dossier_person"):
        protect(op, table)


def downgrade() -> None:
    op.drop_table("dossier_person")
    op.drop_table("dossier_counter")
    op.drop_column("staff", "agency_code")
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
