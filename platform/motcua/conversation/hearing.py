"""Whether Zalo's webhooks reach us, for the admin who connects an OA."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.clock import now
from motcua.core.database import db

from .models import WebhookEvent

LOOKED_AT = 500  # of one OA's newest events
AMONG = 100_000  # newest of the province: an OA that has been silent for longer counts as not heard


@dataclass(frozen=True)
class Heard:
    """`in_a_day` and `failed` are of the newest LOOKED_AT events of the last 24 hours."""

    last_at: datetime | None
    in_a_day: int
    failed: int


def heard_of(oa_id: str) -> Heard:
    newest = db.select(db.func.max(WebhookEvent.id)).scalar_subquery()
    rows = db.session.execute(
        db.select(WebhookEvent.received_at, WebhookEvent.state)
        .where(WebhookEvent.oa_id == oa_id, WebhookEvent.id > newest - AMONG)
        .order_by(WebhookEvent.id.desc())
        .limit(LOOKED_AT)
    ).all()
    today = [state for at, state in rows if at > now() - timedelta(hours=24)]
    return Heard(rows[0][0] if rows else None, len(today), today.count("failed"))
