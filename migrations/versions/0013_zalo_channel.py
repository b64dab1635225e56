"""What connecting a real OA needs: fixed PKCE, an OA's own webhook key, domain proofs, alerts."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zalo_app", sa.Column("pkce_verifier_encrypted", sa.Text(), nullable=True))
    op.add_column(
        "zalo_app", sa.Column("calls_per_minute", sa.Integer(), nullable=False, server_default="4000")
    )
    op.alter_column("zalo_app", "calls_per_minute", server_default=None)
    op.add_column("official_account", sa.Column("webhook_secret_encrypted", sa.Text(), nullable=True))
    op.add_column("official_account", sa.Column("calls_per_minute", sa.Integer(), nullable=True))
    op.create_table(
        "domain_proof",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_domain_proof")),
    )
    op.create_table(
        "alert",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_alert")),
    )
    op.create_index(
        "uq_alert_open",
        "alert",
        ["tenant_id", "kind", "subject"],
        unique=True,
        postgresql_where="closed_at IS NULL",
    )
    protect(op, "alert")


def downgrade() -> None:
    op.drop_table("alert")
    op.drop_table("domain_proof")
    op.drop_column("official_account", "calls_per_minute")
    op.drop_column("official_account", "webhook_secret_encrypted")
    op.drop_column("zalo_app", "calls_per_minute")
    op.drop_column("zalo_app", "pkce_verifier_encrypted")
