"""The vendor's own people, who belong to no province, and what they sign in with."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "vendor_staff",
        _id(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("totp_secret_encrypted", sa.Text(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("second_factor_since", MOMENT, nullable=True),
        sa.Column("signed_in_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_vendor_staff_email")),
        sa.CheckConstraint("role IN ('vendor_admin', 'vendor_support')", name=op.f("ck_vendor_staff_role")),
    )
    op.create_table(
        "vendor_recovery_code",
        _id(),
        _person("vendor_recovery_code"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_recovery_code")),
        sa.UniqueConstraint("person_id", "digest", name=op.f("uq_vendor_recovery_code_person_id_digest")),
    )
    op.create_table(
        "vendor_sign_in",
        _id(),
        _person("vendor_sign_in"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_sign_in")),
        sa.UniqueConstraint("digest", name=op.f("uq_vendor_sign_in_digest")),
    )
    op.create_index("ix_vendor_sign_in_person", "vendor_sign_in", ["person_id"])
    op.create_table(
        "vendor_link",
        _id(),
        _person("vendor_link"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_link")),
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name=op.f("ck_vendor_link_purpose")),
    )
    op.create_index("ix_vendor_link_person", "vendor_link", ["person_id"])


def downgrade() -> None:
    for name in ("vendor_link", "vendor_sign_in", "vendor_recovery_code", "vendor_staff"):
        op.drop_table(name)


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _person(table: str) -> sa.Column:
    whose = sa.ForeignKey("vendor_staff.id", name=op.f(f"fk_{table}_vendor_staff"), ondelete="CASCADE")
    return sa.Column("person_id", sa.BigInteger(), whose, nullable=False)
