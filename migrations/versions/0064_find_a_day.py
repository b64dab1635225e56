"""The live rows of one day are found without reading the others."""

from alembic import op
from sqlalchemy import text

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

# Name -> table, what is indexed after the tenant, of which rows.
INDEXES = {
    "ix_message_day": ("message", "created_at", None),
    "ix_citizen_day": ("citizen", "created_at", None),
    "ix_citizen_linked": ("citizen", "phone_proven_at", "phone_proven_at IS NOT NULL"),
    "ix_citizen_following": ("citizen", "is_follower", "is_follower"),
    "ix_webhook_event_follows": (
        "webhook_event",
        "received_at",
        "event_name IN ('follow', 'unfollow')",
    ),
    "ix_dossier_due": ("dossier", "due_at", None),
    "ix_dossier_result": ("dossier", "coalesce(ready_at, returned_at, status_at)", "status IN (9, 10)"),
    "ix_dossier_apology_old_due": ("dossier_apology", "old_due_at", None),
    "ix_survey_invited": ("survey", "invited_at", "invited_at IS NOT NULL"),
    "ix_survey_answer_day": ("survey_answer", "answered_at", None),
    "ix_complaint_received": ("complaint", "received_at", None),
    "ix_complaint_answered": ("complaint", "answered_at", "answered_at IS NOT NULL"),
    "ix_feedback_received": ("feedback", "received_at", "received_at IS NOT NULL"),
    "ix_feedback_answered": ("feedback", "answered_at", "answered_at IS NOT NULL"),
    "ix_service_asked_day": ("service_asked", "asked_at", None),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, column, where) in INDEXES.items():
            op.create_index(
                name,
                table,
                ["tenant_id", text(column)],
                postgresql_where=where and text(where),
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
