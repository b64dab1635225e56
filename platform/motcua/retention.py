"""What a province keeps only for so many days: messages that are settled, webhooks as they came, words of a chat."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text

from motcua import audit
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.facts import rolling
from motcua.facts.sources import SOURCES
from motcua.tenancy import current

BATCH, MOST_BATCHES = 2000, 5  # at one visit
EVERY_S = 3600


@dataclass(frozen=True)
class Record:
    """Rows of `table` that are `over` and whose moment `at` is older than the province's setting, in days.

    `days` holds where a province's settings are older than the setting.
    """

    table: str
    at: str
    over: str
    setting: str
    days: int

    @property
    def statement(self) -> TextClause:
        """Ids grow with time, so the oldest stand first in the primary key: no more than a batch is looked at."""
        return text(f"""
            WITH first AS MATERIALIZED (
                SELECT id FROM {self.table} WHERE tenant_id = :tenant ORDER BY id LIMIT {BATCH}),
            old AS MATERIALIZED (
                SELECT id FROM {self.table} WHERE tenant_id = :tenant AND id IN (SELECT id FROM first)
                AND {self.at} < :before AND {self.over} FOR UPDATE SKIP LOCKED)
            DELETE FROM {self.table} WHERE tenant_id = :tenant AND id IN (SELECT id FROM old)
        """)  # noqa: S608 - names of our own


RECORDS = (
    Record("message", "created_at", "state NOT IN ('queued', 'sending')", "delivery_log_days", 365),
    Record("webhook_event", "received_at", "state <> 'new'", "raw_chat_days", 90),
    Record("handover_line", "said_at", "true", "raw_chat_days", 90),
)
QUARANTINE_DAYS = next(one.days for one in RECORDS if one.table == "webhook_event")
QUARANTINED = text(f"""
    DELETE FROM quarantined_webhook WHERE id IN (
        SELECT id FROM (SELECT id, received_at FROM quarantined_webhook ORDER BY id LIMIT {BATCH}) AS first
        WHERE received_at < :before)
""")  # noqa: S608 - a number of ours
# Phones and user ids from outside, of people whom an announcement could not be sent to: docs/broadcasts.md.
LISTED_DAYS = 30
LISTED = text(f"""
    DELETE FROM broadcast_listed WHERE tenant_id = :tenant AND id IN (
        SELECT line.id FROM broadcast_listed AS line
        JOIN broadcast ON broadcast.tenant_id = line.tenant_id AND broadcast.id = line.broadcast_id
        WHERE line.tenant_id = :tenant AND line.untold IS NOT NULL AND broadcast.ended_at < :before
        LIMIT {BATCH})
""")  # noqa: S608 - a number of ours
COUNTED = frozenset(source.reads for source in SOURCES)


def forget_quarantined() -> int:
    """Delete webhooks of Official Accounts that were nobody's as early as a province's own, a few batches an hour.

    They belong to no tenant, so the vendor's log says how many; commits.
    """
    if not queue.connection().set("motcua:retention:quarantine", "1", nx=True, ex=EVERY_S):
        return 0
    words, forgotten = {"before": now() - timedelta(days=QUARANTINE_DAYS)}, 0
    for _ in range(MOST_BATCHES):
        gone = db.session.execute(QUARANTINED, words).rowcount
        forgotten += gone
        if gone < BATCH:
            break
    if forgotten:
        audit.record_platform("webhook.forget", "quarantined_webhook", {"rows": forgotten})
    db.session.commit()
    return forgotten


def sweep() -> int:
    """Delete what the tenant in scope need not keep, a few batches an hour; commits each; returns how many rows.

    After full batches the next visit goes on at once, so that nothing is held for long and nothing falls behind.
    """
    turn = f"motcua:retention:{scope.required()}"
    if not queue.connection().set(turn, "1", nx=True, ex=EVERY_S):
        return 0
    kept = current.tenant().settings.get("retention") or {}
    forgotten = 0
    for record in RECORDS:
        before = now() - timedelta(days=kept.get(record.setting, record.days))
        if record.table in COUNTED:
            rolling.seal(record.table, before)
        forgotten += _in_batches(record.statement, before, turn)
    return forgotten + _in_batches(LISTED, now() - timedelta(days=LISTED_DAYS), turn)


def _in_batches(statement: TextClause, before: datetime, turn: str) -> int:
    forgotten = 0
    for _ in range(MOST_BATCHES):
        gone = db.session.execute(statement, {"tenant": scope.required(), "before": before}).rowcount
        db.session.commit()
        forgotten += gone
        if gone < BATCH:
            return forgotten
    queue.connection().delete(turn)
    return forgotten
