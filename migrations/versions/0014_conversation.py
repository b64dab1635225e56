"""Languages and topics of citizens; talking to a person; what was not understood."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizen", sa.Column("language", sa.Text(), nullable=False, server_default="vi"))
    op.add_column("citizen", sa.Column("topics", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("citizen", "language", server_default=None)
    op.alter_column("citizen", "topics", server_default=None)
    op.create_check_constraint(op.f("ck_citizen_language"), "citizen", "language IN ('vi', 'en')")
    op.create_table(
        "handover",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_line_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'closed')", name=op.f("ck_handover_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_handover_citizen"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "uq_handover_open",
        "handover",
        ["tenant_id", "citizen_id"],
        unique=True,
        postgresql_where="state <> 'closed'",
    )
    op.create_index("ix_handover_state", "handover", ["tenant_id", "state", "last_line_at"], unique=False)
    op.create_table(
        "handover_line",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("text_encrypted", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("speaker IN ('citizen', 'officer')", name=op.f("ck_handover_line_speaker")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover_line")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handover_id"],
            ["handover.tenant_id", "handover.id"],
            name=op.f("fk_handover_line_handover"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_handover_line_handover", "handover_line", ["tenant_id", "handover_id", "id"])
    op.create_table(
        "missed_question",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_as", sa.Text(), nullable=True),
        sa.CheckConstraint("reason IN ('none', 'refused')", name=op.f("ck_missed_question_reason")),
        sa.CheckConstraint("state IN ('open', 'linked', 'set_aside')", name=op.f("ck_missed_question_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_missed_question")),
        sa.UniqueConstraint("tenant_id", "words", name=op.f("uq_missed_question_tenant_id_words")),
    )
    op.create_index("ix_missed_question_open", "missed_question", ["tenant_id", "state", "times"])
    for table in ("handover", "handover_line", "missed_question"):
        protect(op, table)


def downgrade() -> None:
    op.drop_table("missed_question")
    op.drop_table("handover_line")
    op.drop_table("handover")
    op.drop_column("citizen", "topics")
    op.drop_column("citizen", "language")
    op.execute("DELETE FROM message_text WHERE event LIKE '%.en'")
