"""Which official papers were issued, and the register's way through dossiers by day of receipt."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # First, and from the start again if an earlier try was cut off: this part has no transaction around it.
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossier_received")
        op.create_index(
            "ix_dossier_received",
            "dossier",
            ["tenant_id", "received_at"],
            postgresql_concurrently=True,
        )
    op.create_table(
        "dossier_form_issued",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("form_set", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("facts_encrypted", sa.Text(), nullable=False),
        sa.Column("facts_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_form_issued")),
        sa.UniqueConstraint(
            "tenant_id",
            "agency",
            "form",
            "year",
            "number",
            name=op.f("uq_dossier_form_issued_tenant_id_agency_form_year_number"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_form_issued_dossier"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_dossier_form_issued_line", "dossier_form_issued", ["tenant_id", "dossier_id", "form", "id"]
    )
    protect(op, "dossier_form_issued")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_dossier_received")
    op.drop_table("dossier_form_issued")
