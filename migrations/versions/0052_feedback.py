"""Reports from the street, their photographs, steps and routes."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = (
    "('draft', 'received', 'asked', 'forwarded', 'working', 'answered', 'published', 'refused', 'merged')"
)


def upgrade() -> None:
    _feedback()
    _photos()
    _steps()
    _routes()


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        sa.Column("text_encrypted", sa.Text(), nullable=True),
        sa.Column("place_encrypted", sa.Text(), nullable=True),
        sa.Column("location_encrypted", sa.Text(), nullable=True),
        sa.Column("commune_code", sa.Text(), nullable=True),
        sa.Column("agency_code", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("triage_due_at", MOMENT, nullable=True),
        sa.Column("triaged_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("reply_due_at", MOMENT, nullable=True),
        sa.Column("answer_encrypted", sa.Text(), nullable=True),
        sa.Column("question_encrypted", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("publish_due_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.Column("public_answer", sa.Text(), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rated_at", MOMENT, nullable=True),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_feedback_state")),
        sa.CheckConstraint("source IN ('chat', 'web')", name=op.f("ck_feedback_source")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_rating")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("uq_feedback_tenant_id_token")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_feedback_citizen"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_feedback_state", "feedback", ["tenant_id", "state", "due_at"])
    op.create_index("ix_feedback_citizen", "feedback", ["tenant_id", "citizen_id", "received_at"])
    op.create_index("ix_feedback_place", "feedback", ["tenant_id", "kind", "commune_code", "received_at"])
    op.create_index(
        "ix_feedback_published",
        "feedback",
        ["tenant_id", "published_at"],
        postgresql_where="state = 'published'",
    )
    op.create_index(
        "ix_feedback_merged",
        "feedback",
        ["tenant_id", "merged_into"],
        postgresql_where="merged_into IS NOT NULL",
    )
    protect(op, "feedback")


def _photos() -> None:
    op.create_table(
        "feedback_photo",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("body_encrypted", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_photo")),
        sa.UniqueConstraint(
            "tenant_id",
            "feedback_id",
            "position",
            name=op.f("uq_feedback_photo_tenant_id_feedback_id_position"),
        ),
        _of_feedback("fk_feedback_photo_feedback"),
    )
    protect(op, "feedback_photo")


def _steps() -> None:
    op.create_table(
        "feedback_step",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feedback_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("note_encrypted", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_step")),
        _of_feedback("fk_feedback_step_feedback"),
    )
    op.create_index("ix_feedback_step_feedback", "feedback_step", ["tenant_id", "feedback_id"])
    protect(op, "feedback_step")


def _routes() -> None:
    op.create_table(
        "feedback_route",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.Text(), nullable=False),
        sa.Column("agency_code", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_feedback_route")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "commune_code", name=op.f("uq_feedback_route_tenant_id_kind_commune_code")
        ),
    )
    protect(op, "feedback_route")


def _of_feedback(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "feedback_id"],
        ["feedback.tenant_id", "feedback.id"],
        name=op.f(name),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in ("feedback_route", "feedback_step", "feedback_photo", "feedback"):
        op.drop_table(table)
