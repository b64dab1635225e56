"""Indexes by what delivery asks: who is being sent to, who waits, what expires; fewer for everything else."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SENDING, WAITING = "state = 'sending'", "state = 'queued' AND failure IS NOT NULL"
BY_PHONE = " AND phone_index IS NOT NULL"
NEW = {
    "ix_message_sending": (["tenant_id", "citizen_id"], SENDING),
    "ix_message_sending_phone": (["tenant_id", "phone_index"], SENDING + BY_PHONE),
    "ix_message_waiting": (["tenant_id", "citizen_id"], WAITING),
    "ix_message_waiting_phone": (["tenant_id", "phone_index"], WAITING + BY_PHONE),
    "ix_message_uncertain": (["tenant_id", "next_attempt_at"], "state = 'uncertain'"),
    "ix_message_expiry": (["tenant_id", "expires_at"], "state = 'queued'"),
    "ix_message_of_dossier": (["tenant_id", "dossier_id"], "dossier_id IS NOT NULL"),
}
OLD = {
    "ix_message_open": (["tenant_id", "state", "lease_until"], "state IN ('sending', 'uncertain')"),
    "ix_message_dossier": (["tenant_id", "dossier_id"], None),
}
# Every message is written three times within seconds: the dead versions must go before the next storm.
VACUUM = "autovacuum_vacuum_scale_factor", "autovacuum_vacuum_threshold", "autovacuum_analyze_scale_factor"


def upgrade() -> None:
    _exchange(OLD, NEW)
    given = ", ".join(f"{name} = {value}" for name, value in zip(VACUUM, (0.02, 5000, 0.02), strict=True))
    op.execute(f"ALTER TABLE message SET ({given})")


def downgrade() -> None:
    op.execute(f"ALTER TABLE message RESET ({', '.join(VACUUM)})")
    _exchange(NEW, OLD)


def _exchange(gone: dict, made: dict) -> None:
    with op.get_context().autocommit_block():
        for name, (columns, where) in made.items():
            op.create_index(
                name,
                "message",
                columns,
                postgresql_where=where,
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        for name in gone:
            op.drop_index(name, "message", postgresql_concurrently=True, if_exists=True)
