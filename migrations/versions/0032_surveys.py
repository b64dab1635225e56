"""Surveys: one a dossier, who was asked, and answers that no longer know whose they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("survey", "survey_invitation", "survey_answer")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("invited_at", MOMENT, nullable=True),
        sa.CheckConstraint("outcome IN (3, 8, 10)", name=op.f("ck_survey_outcome")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_survey")),
        sa.UniqueConstraint("tenant_id", "dossier_id", name=op.f("uq_survey_tenant_id_dossier_id")),
        _refers("survey", "dossier"),
    )
    op.create_table(
        "survey_invitation",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(citizen_id, phone_index) = 1", name=op.f("ck_survey_invitation_one_recipient")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_survey_invitation")),
        sa.UniqueConstraint(
            "tenant_id",
            "survey_id",
            "citizen_id",
            name=op.f("uq_survey_invitation_tenant_id_survey_id_citizen_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "survey_id",
            "phone_index",
            name=op.f("uq_survey_invitation_tenant_id_survey_id_phone_index"),
        ),
        _refers("survey_invitation", "survey"),
        _refers("survey_invitation", "citizen"),
    )
    op.create_index("ix_survey_invitation_citizen", "survey_invitation", ["tenant_id", "citizen_id"])
    op.create_index(
        "ix_survey_invitation_silent",
        "survey_invitation",
        ["tenant_id", "asked_at"],
        postgresql_where="reminded_at IS NULL AND declined_at IS NULL AND answered_at IS NULL",
    )
    op.create_table(
        "survey_answer",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("invitation_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("comment_encrypted", sa.Text(), nullable=True),
        sa.Column("attitude", sa.SmallInteger(), nullable=True),
        sa.Column("clarity", sa.SmallInteger(), nullable=True),
        sa.Column("trips", sa.SmallInteger(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.CheckConstraint("channel IN ('chat', 'zbs', 'page')", name=op.f("ck_survey_answer_channel")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_survey_answer_level")),
        sa.CheckConstraint(
            "attitude BETWEEN 1 AND 3 AND clarity BETWEEN 1 AND 3 AND trips BETWEEN 1 AND 3",
            name=op.f("ck_survey_answer_details"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint(
            "tenant_id", "invitation_id", name=op.f("uq_survey_answer_tenant_id_invitation_id")
        ),
        _refers("survey_answer", "survey"),
        _refers("survey_answer", "survey_invitation", "invitation_id"),
    )
    op.create_index("ix_survey_answer_survey", "survey_answer", ["tenant_id", "survey_id"])
    op.create_index(
        "uq_survey_answer_page",
        "survey_answer",
        ["tenant_id", "survey_id"],
        unique=True,
        postgresql_where="channel = 'page'",
    )
    for name, column in (("comment", "comment_encrypted"), ("linked", "invitation_id")):
        op.create_index(
            f"ix_survey_answer_{name}",
            "survey_answer",
            ["tenant_id", "answered_at"],
            postgresql_where=f"{column} IS NOT NULL",
        )
    for table in TABLES:
        protect(op, table)
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_dossier_ended",
            "dossier",
            ["tenant_id", "status_at"],
            postgresql_where="status IN (3, 8, 10)",
            postgresql_concurrently=True,
        )
        op.create_index(
            "ix_dossier_running",
            "dossier",
            ["tenant_id", "received_at"],
            postgresql_where="status NOT IN (3, 7, 8, 9, 10)",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_dossier_running", "dossier")
    op.drop_index("ix_dossier_ended", "dossier")
    for table in reversed(TABLES):
        op.drop_table(table)


def _refers(table: str, other: str, column: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column or f"{other}_id"],
        [f"{other}.tenant_id", f"{other}.id"],
        name=op.f(f"fk_{table}_{other}"),
        ondelete="CASCADE",
    )
