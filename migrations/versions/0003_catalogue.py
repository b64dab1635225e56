"""The national procedures, provinces' own, agencies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("gso_code", sa.Text(), nullable=True),
        sa.Column("national_code", sa.Text(), nullable=True),
        sa.Column("desk_name", sa.Text(), nullable=True),
        sa.Column("old_units", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agency")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_agency_tenant_id_code")),
    )
    op.create_table(
        "national_procedure",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_national_procedure")),
    )
    op.create_table(
        "tenant_procedure",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_suffix", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("overrides", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["national_procedure.code"], name=op.f("fk_tenant_procedure_national_procedure")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_procedure")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_tenant_procedure_tenant_id_code")),
    )
    protect(op, "agency")
    protect(op, "tenant_procedure")


def downgrade() -> None:
    op.drop_table("tenant_procedure")
    op.drop_table("national_procedure")
    op.drop_table("agency")
