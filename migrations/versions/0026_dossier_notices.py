"""What was noticed of dossiers as time passed: near and past due dates, silences, reminders."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FLAGS_BEFORE = (
    "unexpected_step", "unknown_local_code", "second_supplement", "apology_late", "second_apology", "recalled",
    "recalled_without_reason", "corrected", "corrected_without_reason", "sync_conflict",
)  # fmt: skip
FLAGS = (
    *FLAGS_BEFORE, "due_in_2_days", "due_in_1_day", "overdue_without_apology", "silent", "supplement_lapsed",
)  # fmt: skip
NOTICES = (
    "due_in_2_days", "due_in_1_day", "overdue_without_apology", "silent", "supplement_lapsed", "supplement_in_3_days",
    "supplement_in_1_day", "fee_in_1_day",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "dossier_notice",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN {NOTICES!r}", name=op.f("ck_dossier_notice_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_notice_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_notice")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "kind",
            "about",
            name=op.f("uq_dossier_notice_tenant_id_dossier_id_kind_about"),
        ),
    )
    op.create_index(
        "ix_dossier_notice_waiting",
        "dossier_notice",
        ["tenant_id", "kind", "created_at"],
        postgresql_where="settled_at IS NULL",
    )
    protect(op, "dossier_notice")
    _flag_kinds(FLAGS)
    with op.get_context().autocommit_block():
        for name, columns in (
            ("ix_dossier_open_due", ["tenant_id", "due_at"]),
            ("ix_dossier_open_silence", ["tenant_id", "status", "status_at"]),
        ):
            op.create_index(
                name,
                "dossier",
                columns,
                postgresql_where="status NOT IN (3, 8, 9, 10)",
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def downgrade() -> None:
    op.drop_index("ix_dossier_open_silence", "dossier", if_exists=True)
    op.drop_index("ix_dossier_open_due", "dossier", if_exists=True)
    flag = sa.table("dossier_flag", sa.column("kind"))
    op.execute(flag.delete().where(flag.c.kind.not_in(FLAGS_BEFORE)))
    _flag_kinds(FLAGS_BEFORE)
    op.drop_table("dossier_notice")


def _flag_kinds(kinds: tuple[str, ...]) -> None:
    """Not validated at first: every row that is there has one of the kinds of before."""
    op.execute("ALTER TABLE dossier_flag DROP CONSTRAINT ck_dossier_flag_kind")
    op.execute(
        f"ALTER TABLE dossier_flag ADD CONSTRAINT ck_dossier_flag_kind CHECK (kind IN {kinds!r}) NOT VALID"
    )
    op.execute("ALTER TABLE dossier_flag VALIDATE CONSTRAINT ck_dossier_flag_kind")
