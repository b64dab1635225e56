"""How far a broadcast is, how fast it goes and when it will be through."""

import json
import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message

from . import states
from .models import Broadcast

SAMPLES, SAMPLE_EVERY_S, SAMPLES_LIVE_S = 8, 2.0, 120
SENT = ("sent", "delivered", "seen")


@dataclass(frozen=True)
class Progress:
    """Numbers of people: `total` = those yet to be handled + `handled`; `handled` = `sent` + `not_reached`.

    `total` holds whoever an uploaded list names, also those who may not be told.
    """

    total: int
    fed: int
    waiting: int  # in the outbox, or on their way
    sent: int  # delivered and seen ones too
    delivered: int  # seen ones too
    seen: int
    failed: int
    uncertain: int
    skipped: int  # not owed a message, from the start or at their turn
    unsent: int  # whose turn never came before it was cancelled
    per_second: float | None
    ends_at: datetime | None

    @property
    def handled(self) -> int:
        return self.sent + self.not_reached

    @property
    def not_reached(self) -> int:
        return self.failed + self.uncertain + self.skipped + self.unsent

    @property
    def percent(self) -> int:
        return math.floor(100 * self.handled / self.total) if self.total else 0


def of(one: Broadcast) -> Progress:
    """Two look-ups: one count over the broadcast's messages by state, one list in Redis."""
    counts = dict(
        db.session.execute(
            db.select(Message.state, db.func.count())
            .where(Message.broadcast_id == one.id)
            .group_by(Message.state)
        ).all()
    )
    sent = sum(counts.get(state, 0) for state in SENT)
    failed = counts.get("failed", 0) + counts.get("expired", 0)
    uncertain = counts.get("uncertain", 0)
    is_cut_short = one.state == states.CANCELLED and one.channel == "chat"
    handled = sent + failed + uncertain + one.skipped
    pace = _pace(one, handled) if one.state == states.RUNNING else None
    left = one.total - handled
    return Progress(
        total=one.total,
        fed=one.fed,
        waiting=counts.get("queued", 0) + counts.get("sending", 0),
        sent=sent if one.channel == "chat" else one.fed,
        delivered=counts.get("delivered", 0) + counts.get("seen", 0),
        seen=counts.get("seen", 0),
        failed=failed,
        uncertain=uncertain,
        skipped=one.skipped,
        unsent=max(0, one.total - one.fed - one.skipped) if is_cut_short else 0,
        per_second=pace,
        ends_at=now() + timedelta(seconds=left / pace) if pace and one.frozen_at and left > 0 else None,
    )


def _pace(one: Broadcast, handled: int) -> float | None:
    """People a second over the last looks at this page; None until there were two."""
    key, moment = f"motcua:broadcast:{scope.required()}:{one.id}:pace", time.time()
    samples = [json.loads(sample) for sample in queue.connection().lrange(key, 0, -1)]
    if not samples or moment - samples[0][0] >= SAMPLE_EVERY_S:
        with queue.connection().pipeline() as pipe:
            pipe.lpush(key, json.dumps([moment, handled]))
            pipe.ltrim(key, 0, SAMPLES - 1)
            pipe.expire(key, SAMPLES_LIVE_S)
            pipe.execute()
    if not samples or moment <= samples[-1][0] or handled <= samples[-1][1]:
        return None
    return (handled - samples[-1][1]) / (moment - samples[-1][0])
