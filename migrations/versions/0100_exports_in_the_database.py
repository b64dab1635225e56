"""An export's file lies in the database in parts, where every host finds it and deletes it."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_part",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("export_id", sa.BigInteger(), nullable=False),
        sa.Column("first_byte", sa.BigInteger(), nullable=False),
        sa.Column("body_encrypted", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_export_part")),
        sa.UniqueConstraint(
            "tenant_id", "export_id", "first_byte", name=op.f("uq_export_part_tenant_id_export_id_first_byte")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "export_id"],
            ["export.tenant_id", "export.id"],
            name=op.f("fk_export_part_tenant_id_export_id_export"),
            ondelete="CASCADE",
        ),
    )
    # What is encrypted does not get smaller: PostgreSQL need not try.
    op.execute("ALTER TABLE export_part ALTER COLUMN body_encrypted SET STORAGE EXTERNAL")
    protect(op, "export_part")
    # Their files lie on one host's disk, from where its worker removes them.
    for _ in each_tenant(op):
        op.execute("UPDATE export SET state = 'expired' WHERE state = 'ready'")


def downgrade() -> None:
    for _ in each_tenant(op):
        op.execute("UPDATE export SET state = 'expired' WHERE state = 'ready'")
    op.drop_table("export_part")
