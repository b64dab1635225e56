"""Reminders of a driving licence's expiry, with a consent of their own."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

BEFORE = ("link_phone", "dossier_messages", "broadcasts", "survey")
NOW = (*BEFORE, "licence_reminder")


def upgrade() -> None:
    op.create_table(
        "licence_reminder",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("licence_encrypted", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_licence_reminder")),
        sa.UniqueConstraint(
            "tenant_id",
            "citizen_id",
            "expires_on",
            name=op.f("uq_licence_reminder_tenant_id_citizen_id_expires_on"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_licence_reminder_citizen"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_licence_reminder_next", "licence_reminder", ["tenant_id", "next_on"])
    protect(op, "licence_reminder")
    _purposes(NOW)


def downgrade() -> None:
    op.drop_table("licence_reminder")
    # The owner of the tables, too, sees only one province's rows while row security is forced.
    op.execute("ALTER TABLE consent NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM consent WHERE purpose = 'licence_reminder'")
    op.execute("ALTER TABLE consent FORCE ROW LEVEL SECURITY")
    _purposes(BEFORE)


def _purposes(names: tuple[str, ...]) -> None:
    # NOT VALID first: a check of every row would hold the table while it reads.
    op.execute("ALTER TABLE consent DROP CONSTRAINT ck_consent_purpose")
    op.execute(
        f"ALTER TABLE consent ADD CONSTRAINT ck_consent_purpose CHECK (purpose IN {names!r}) NOT VALID"
    )
    op.execute("ALTER TABLE consent VALIDATE CONSTRAINT ck_consent_purpose")
