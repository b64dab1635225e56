"""A province by day, two people who may announce, and citizens who asked for policies."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

from motcua.broadcasts import content, feeding, freezing, running, workflow
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.models import Broadcast, BroadcastRecipient
from motcua.broadcasts.workflow import By
from motcua.citizens import registry
from motcua.core import scope
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from tests.factories import OA_IDS
from tests.messaging.conftest import lan, zalo  # noqa: F401 - fixtures

# Thursday 26 November 2026, 10:00 in Vietnam.
MORNING = datetime(2026, 11, 26, 3, tzinfo=UTC)
WRITER, APPROVER = By(1, "Trần Thu Thủy"), By(2, "Lê Quang Minh")
numbers = itertools.count(1)
FORM = {
    "kind": "policy",
    "channel": "chat",
    "title": "Miễn lệ phí đăng ký kết hôn từ ngày 01/12/2026",
    "body": "Từ 01/12/2026, tỉnh miễn lệ phí đăng ký kết hôn tại mọi xã, phường.\nKhông cần làm thêm giấy tờ gì.",
    "document_number": "25/2026/NQ-HĐND",
    "document_date": "2026-11-20",
    "document_issuer": "Hội đồng nhân dân tỉnh",
}


@pytest.fixture
def clock():
    """10:00 on a working day, to be moved: `clock.move_to(…)`, `clock.shift(…)`."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def day(province, clock):
    return province


def values(**given) -> dict:
    """The columns of a broadcast, as the editor's form gives them."""
    return content.read({name: value for name, value in (FORM | given).items() if value is not ...})


def emergency(**given) -> dict:
    papers = dict.fromkeys(("document_number", "document_date", "document_issuer"), ...)
    return values(kind="emergency", title="Bão số 12 đổ bộ tối nay", **(papers | given))


def draft(chosen: Audience | None = None, **given) -> Broadcast:
    one = workflow.write(values(**given), WRITER, chosen)
    db.session.commit()
    return one


def scheduled(one: Broadcast, at: datetime | None = None) -> Broadcast:
    """Through both hands to the hour of its leaving."""
    workflow.submit(one.id, WRITER)
    workflow.approve(one.id, one.revision, APPROVER, sure=True)
    if not one.is_emergency:
        workflow.schedule(one.id, at or datetime.now(UTC), WRITER)
    db.session.commit()
    return one


def person(
    *,
    topics=("policy",),
    hours_ago: float = 1,
    phone=None,
    muted=False,
    follows=True,
    language="vi",
    oa=None,
    app_user=None,
):
    """A citizen who agreed to these topics, and who spoke with the OA so long ago."""
    citizen = registry.meet(oa or OA_IDS[scope.required()], f"72{next(numbers):017d}", app_user)
    citizen.is_follower, citizen.language, citizen.topics = follows, language, list(topics)
    citizen.last_interaction_at = datetime.now(UTC) - timedelta(hours=hours_ago)
    if topics:
        registry.agree(citizen, ("broadcasts",), "chat")
    if phone:
        citizen.prove_phone(phone)
    if muted:
        citizen.muted_at = datetime.now(UTC)
    db.session.commit()
    return citizen


def die_at_commit(number: int, monkeypatch, one) -> None:
    """The worker that moves it on dies before that commit."""
    commits, commit = itertools.count(1), db.session.commit

    def dying():
        if next(commits) == number:
            raise OperationalError("the worker is gone", None, Exception())
        commit()

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", dying)
        with pytest.raises(OperationalError):
            move_on(one)


def move_on(one: Broadcast) -> int:
    """As the job does, until there is nothing to do."""
    number, slug = one.id, scope.required()
    db.session.rollback()
    with tenant_scope(slug):
        return running.run(number)


def sweep() -> int:
    slug = scope.required()
    db.session.rollback()
    with tenant_scope(slug):
        return running.wake_due()


def fresh(one: Broadcast) -> Broadcast:
    db.session.rollback()
    return db.session.get(Broadcast, (one.tenant_id, one.id), populate_existing=True)


def messages(one: Broadcast) -> list[Message]:
    db.session.rollback()
    return list(
        db.session.scalars(db.select(Message).where(Message.broadcast_id == one.id).order_by(Message.id))
    )


def told(one: Broadcast) -> list[int]:
    return sorted(message.citizen_id for message in messages(one))


def recipients(one: Broadcast) -> dict[int, str | None]:
    """Citizen -> why nothing was owed, None where something was."""
    rows = db.session.scalars(db.select(BroadcastRecipient).where(BroadcastRecipient.broadcast_id == one.id))
    return {row.citizen_id: row.skipped for row in rows}


def deliver(one: Broadcast, state: str = "sent", **also) -> None:
    """Zalo has answered for everything that waits."""
    db.session.execute(
        db.update(Message)
        .where(Message.broadcast_id == one.id, Message.state == "queued")
        .values(state=state, **also)
    )
    db.session.commit()


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(freezing, "CHUNK", 3)
    monkeypatch.setattr(feeding, "CHUNK", 2)


def people(how_many: int) -> list[int]:
    return [person().id for _ in range(how_many)]
