"""Citizens' requests about their own data, holds that beat erasure, tombstones that it leaves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("access", "correct", "delete", "withdraw", "restrict", "object")
STATES = ("received", "acknowledged", "erasing", "done", "refused")


def upgrade() -> None:
    _requests()
    _holds()
    _tombstones()


def _id(table: str) -> list:
    return [
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _citizen(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], name=op.f(f"fk_{table}_citizen")
    )


def _requests() -> None:
    op.create_table(
        "data_request",
        *_id("data_request"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("said_encrypted", sa.Text(), nullable=True),
        sa.Column("answer_encrypted", sa.Text(), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("ack_due_at", MOMENT, nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("has_processor", sa.Boolean(), nullable=False),
        sa.Column("extended_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("copy_key_hash", sa.Text(), nullable=True),
        sa.Column("copy_expires_at", MOMENT, nullable=True),
        _citizen("data_request"),
        sa.CheckConstraint(f"kind IN {KINDS!r}", name=op.f("ck_data_request_kind")),
        sa.CheckConstraint(f"state IN {STATES!r}", name=op.f("ck_data_request_state")),
        sa.CheckConstraint("source IN ('chat', 'desk')", name=op.f("ck_data_request_source")),
    )
    op.create_index("ix_data_request_state", "data_request", ["tenant_id", "state", "due_at"])
    op.create_index("ix_data_request_citizen", "data_request", ["tenant_id", "citizen_id"])
    op.create_index(
        "ix_data_request_copy",
        "data_request",
        ["tenant_id", "copy_key_hash"],
        postgresql_where="copy_key_hash IS NOT NULL",
    )
    protect(op, "data_request")


def _holds() -> None:
    op.create_table(
        "data_hold",
        *_id("data_hold"),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _citizen("data_hold"),
        sa.CheckConstraint(
            "citizen_id IS NOT NULL OR phone_index IS NOT NULL", name=op.f("ck_data_hold_somebody")
        ),
    )
    op.create_index("ix_data_hold_citizen", "data_hold", ["tenant_id", "citizen_id"])
    op.create_index("ix_data_hold_phone", "data_hold", ["tenant_id", "phone_index"])
    protect(op, "data_hold")


def _tombstones() -> None:
    op.create_table(
        "data_tombstone",
        *_id("data_tombstone"),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "request_id"],
            ["data_request.tenant_id", "data_request.id"],
            name=op.f("fk_data_tombstone_data_request"),
        ),
        sa.UniqueConstraint("tenant_id", "request_id", name=op.f("uq_data_tombstone_tenant_id_request_id")),
    )
    protect(op, "data_tombstone")


def downgrade() -> None:
    op.drop_table("data_tombstone")
    op.drop_table("data_hold")
    op.drop_table("data_request")
