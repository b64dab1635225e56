"""Supplements, fees, apologies, results and legs of dossiers; flags for staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = (
    "dossier_supplement", "dossier_fee", "dossier_apology", "dossier_result", "dossier_leg", "dossier_flag",
)  # fmt: skip
KINDS = (
    "unexpected_step", "unknown_local_code", "second_supplement", "apology_late", "second_apology", "recalled",
    "recalled_without_reason", "corrected", "corrected_without_reason", "sync_conflict",
)  # fmt: skip


def upgrade() -> None:
    _from_event(
        "dossier_supplement",
        _moment("requested_at", nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        _moment("respond_by"),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        _moment("closed_at"),
        sa.CheckConstraint("stage IN ('reception', 'appraisal')", name=op.f("ck_dossier_supplement_stage")),
        sa.CheckConstraint(
            "closed_at >= requested_at", name=op.f("ck_dossier_supplement_closed_after_request")
        ),
    )
    _from_event(
        "dossier_fee",
        _moment("asked_at", nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        _moment("pay_by"),
        sa.Column("pay_url", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        _moment("paid_at"),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_vnd >= 0 AND paid_vnd >= 0", name=op.f("ck_dossier_fee_amounts")),
        sa.CheckConstraint("stage IN ('intake', 'supplement', 'return')", name=op.f("ck_dossier_fee_stage")),
        sa.CheckConstraint(
            "method IN ('national', 'local', 'cash', 'transfer')", name=op.f("ck_dossier_fee_method")
        ),
    )
    _from_event(
        "dossier_apology",
        _moment("apologised_at", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("old_due_at"),
        _moment("new_due_at", nullable=False),
        sa.Column("agency_name", sa.Text(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=True),
        sa.Column("signer_title", sa.Text(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
    )
    _from_event(
        "dossier_result",
        _moment("ready_at"),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("ways", postgresql.JSONB(), nullable=False),
        _moment("handed_over_at"),
        sa.Column("handover_way", sa.Text(), nullable=True),
        sa.Column("receiver_encrypted", sa.Text(), nullable=True),
        sa.Column("post_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "handover_way IN ('desk', 'post', 'electronic')", name=op.f("ck_dossier_result_handover_way")
        ),
    )
    _of_dossier(
        "dossier_leg",
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("agency_code", sa.Text(), nullable=True),
        sa.Column("agency_name", sa.Text(), nullable=False),
        _moment("received_at"),
        _moment("due_at"),
        _moment("finished_at"),
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "number", name=op.f("uq_dossier_leg_tenant_id_dossier_id_number")
        ),
    )
    _of_dossier(
        "dossier_flag",
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        _moment("opened_at", nullable=False),
        _moment("closed_at"),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN {KINDS!r}", name=op.f("ck_dossier_flag_kind")),
    )
    for name, table, column, open_while in (
        ("ix_dossier_supplement_open", "dossier_supplement", "respond_by", "closed_at IS NULL"),
        ("ix_dossier_fee_open", "dossier_fee", "pay_by", "paid_at IS NULL"),
        ("ix_dossier_leg_due", "dossier_leg", "due_at", "finished_at IS NULL"),
    ):
        op.create_index(name, table, ["tenant_id", column], postgresql_where=open_while)
    op.create_index(
        "ix_dossier_flag_open",
        "dossier_flag",
        ["tenant_id", "kind", "opened_at"],
        postgresql_where="closed_at IS NULL",
    )
    op.create_index(
        "uq_dossier_flag", "dossier_flag", ["tenant_id", "dossier_id", "kind", "event_id"], unique=True
    )
    for table in TABLES:
        protect(op, table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_dossier(table: str, *columns) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f(f"fk_{table}_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _from_event(table: str, *columns) -> None:
    _of_dossier(
        table,
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        *columns,
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "event_id", name=op.f(f"uq_{table}_tenant_id_dossier_id_event_id")
        ),
    )
