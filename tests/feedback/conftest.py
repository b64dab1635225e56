"""A province with three communes, and a citizen who reports."""

from datetime import UTC, datetime

import pytest
import time_machine

from motcua.core.database import db
from motcua.feedback import drafts
from motcua.feedback.models import Feedback
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_communes

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Vietnam; Tuesday the 24th is a holiday
STORY = "Ổ gà rất sâu trước chợ, xe máy ngã liên tục từ tuần trước"


@pytest.fixture(autouse=True)
def clock(province):
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def communes(province):
    make_communes()
    db.session.commit()


@pytest.fixture
def lan():
    citizen = make_citizen(UID)
    db.session.commit()
    return citizen


def reported(citizen=None, kind: str = "road", text: str = STORY, **given) -> Feedback:
    """A report that was sent: `place`, `commune_code`, `location`."""
    draft = drafts.begin(kind, "chat" if citizen else "web", citizen)
    drafts.put(draft, place=given.get("place", ""), commune_code=given.get("commune_code"))
    drafts.write(draft, text)
    if "location" in given:
        drafts.locate(draft, *given["location"])
    sent = drafts.send(draft)
    db.session.commit()
    return sent


def the_one() -> Feedback:
    """As the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(db.select(Feedback)).one()
