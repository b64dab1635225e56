"""Moving broadcasts on: started when their hour comes, fed while they run, closed when nothing waits any more."""

import time
from datetime import datetime, timedelta

from sqlalchemy import and_, or_

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message

from . import articles, holding, states, workflow
from .feeding import feed_chunk, has_room
from .freezing import freeze_chunk
from .models import Broadcast
from .workflow import RUN

SLICE_S = 20.0
RECENTLY = timedelta(days=1)  # longer than anything of a cancelled broadcast may live in the outbox


def advance(broadcast_id: int) -> bool:
    """Take one step and commit it; False when there is nothing to do now. In the scope of its tenant."""
    one = db.session.scalar(
        db.select(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    is_article = one is not None and one.channel == "article" and _may_go_on(one)
    moved = one is not None and not is_article and _advance(one)
    db.session.commit()
    db.session.expunge_all()  # a chunk's people are not kept for the next one
    return articles.step(broadcast_id) if is_article else moved


def _may_go_on(one: Broadcast) -> bool:
    return one.state == states.RUNNING and _may_leave(one)


def _may_leave(one: Broadcast) -> bool:
    moment = now()
    return holding.leaves_at(one, moment) <= moment


def _advance(one: Broadcast) -> bool:
    if one.state == states.SCHEDULED:
        if one.send_at > now() or not _may_leave(one):
            return False
        workflow.start(one)
        return True
    if not _may_go_on(one):
        return False
    if one.frozen_at is None:
        freeze_chunk(one)
        return True
    if one.fed_at is None:
        return has_room(one) and _fed(one)
    if not _still_open(one):
        workflow.finish(one)
    return False


def _fed(one: Broadcast) -> bool:
    feed_chunk(one)
    return True


def _still_open(one: Broadcast) -> bool:
    waiting = Message.state.in_(("queued", "sending"))
    return db.session.scalar(
        db.select(db.select(Message.id).where(Message.broadcast_id == one.id, waiting).exists())
    )


def run(broadcast_id: int) -> int:
    """Steps until there is nothing to do or the time slice ends, and then wakes itself; returns how many."""
    began, steps = time.monotonic(), 0
    while advance(broadcast_id):
        steps += 1
        if time.monotonic() - began > SLICE_S:
            _wake(broadcast_id)
            break
    return steps


def _wake(broadcast_id: int) -> None:
    one = workflow.get(broadcast_id)
    queue.wake(RUN, scope.required(), one.id, lane=one.lane)
    db.session.rollback()


# True of a tenant with a broadcast that goes on, is held, or is about to begin.
DUE = """
    (SELECT true FROM broadcast WHERE tenant_id = tenant.id
     AND (state IN ('running', 'paused') OR state = 'scheduled' AND send_at <= :now) LIMIT 1)
"""


def wake_due() -> int:
    """For the sweep: wake what can go on, and hold back again what delivery put back since; commits."""
    moment, tenant_id = now(), scope.required()
    found = db.session.scalars(
        db.select(Broadcast).where(
            or_(
                Broadcast.state.in_((states.RUNNING, states.PAUSED)),
                and_(Broadcast.state == states.SCHEDULED, Broadcast.send_at <= moment),
            )
        )
    ).all()
    leave = {one.id: holding.leaves_at(one, moment) for one in found}
    _keep_back([one for one in found if one.state != states.SCHEDULED and leave[one.id] > moment], leave)
    if going := [one.id for one in found if one.state == states.RUNNING]:
        holding.keep_alive(going)
    _close_again(moment)
    db.session.commit()
    due = [one for one in found if leave[one.id] <= moment]
    for one in due:
        queue.wake(RUN, tenant_id, one.id, lane=one.lane)
    return len(due)


def _keep_back(those: list[Broadcast], leave: dict[int, datetime]) -> None:
    for until in sorted({leave[one.id] for one in those}):
        holding.hold([one.id for one in those if leave[one.id] == until], until)


def _close_again(moment: datetime) -> None:
    """A message that was on its way when its broadcast was cancelled may have come back to wait."""
    ids = db.session.scalars(
        db.select(Broadcast.id).where(
            Broadcast.state == states.CANCELLED,
            Broadcast.started_at.is_not(None),
            Broadcast.ended_at > moment - RECENTLY,
        )
    ).all()
    if ids:
        holding.close(list(ids))
