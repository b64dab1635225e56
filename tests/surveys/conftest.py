"""Dossiers that ended, and the survey's talk about them, through real webhooks and the real outbox."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers import following, intake
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from motcua.surveys import asking
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_dossier

# Thursday 26 November 2026, 10:00 in Vietnam.
MORNING = datetime(2026, 11, 26, 3, tzinfo=UTC)


@pytest.fixture
def clock():
    """10:00 on a working day, to be moved: `clock.move_to(…)`, `clock.shift(…)`."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def lan(province, clock):
    """A citizen who proved her phone and spoke just now."""
    citizen = make_citizen(UID, phone="84912345678")
    db.session.commit()
    return citizen


def ended(status: int = 10, **given):
    """A dossier that reached `status` an hour ago; Lan's phone stands on it."""
    dossier = make_dossier(
        received_at=(moment() - timedelta(days=3)).isoformat(),
        due_at=(moment() + timedelta(days=1)).isoformat(),
        **given,
    )
    at = (moment() - timedelta(hours=1)).isoformat()
    intake.add_event(dossier.code, EventIn().load({"status": status, "occurred_at": at}))
    db.session.commit()
    return dossier


def moment() -> datetime:
    return datetime.now(UTC)


def sweep(slug: str = "binh-thuan") -> int:
    """As the sweeper does, with its turn come again."""
    for key in queue.connection().scan_iter("motcua:survey:*"):
        queue.connection().delete(key)
    db.session.rollback()
    with tenant_scope(slug):
        return asking.sweep()


def asked(event: str = "survey_ask") -> list[Message]:
    db.session.rollback()
    return db.session.scalars(db.select(Message).where(Message.event == event).order_by(Message.id)).all()


def buttons(message: Message) -> dict[str, str]:
    """Title -> what pressing it sends."""
    given = message.content["consultation"].get("buttons", ())
    return {one["title"]: one["text"] for one in given if "text" in one}


def last_buttons() -> dict[str, str]:
    """Of everything said since, the buttons on the newest messages that have any."""
    db.session.rollback()
    newest = db.session.scalars(db.select(Message).order_by(Message.id.desc()).limit(3)).all()
    return {title: sends for one in reversed(newest) for title, sends in buttons(one).items()}


def follow(dossier, citizen, proof: str) -> None:
    following.follow(dossier, citizen, proof)
    db.session.commit()
