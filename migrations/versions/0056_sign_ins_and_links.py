"""In which browsers staff are signed in, and the links by which they set a password."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_sign_in",
        *_of_a_person(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_staff_sign_in")),
        _whose("fk_staff_sign_in_staff"),
        sa.UniqueConstraint("tenant_id", "digest", name=op.f("uq_staff_sign_in_tenant_id_digest")),
    )
    op.create_index("ix_staff_sign_in_person", "staff_sign_in", ["tenant_id", "person_id"])
    protect(op, "staff_sign_in")
    op.create_table(
        "staff_link",
        *_of_a_person(),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_staff_link")),
        _whose("fk_staff_link_staff"),
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name=op.f("ck_staff_link_purpose")),
    )
    op.create_index("ix_staff_link_person", "staff_link", ["tenant_id", "person_id"])
    protect(op, "staff_link")


def downgrade() -> None:
    op.drop_table("staff_link")
    op.drop_table("staff_sign_in")


def _of_a_person() -> tuple[sa.Column, ...]:
    return (
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
    )


def _whose(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "person_id"], ["staff.tenant_id", "staff.id"], name=op.f(name), ondelete="CASCADE"
    )
