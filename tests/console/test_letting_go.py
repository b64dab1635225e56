"""Whoever sends again, or goes on after a pause, reads which messages do not leave at once, and why."""

from datetime import datetime, timedelta

import pytest

from motcua.broadcasts.models import Broadcast
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.messaging import pauses
from motcua.messaging.limits import hours
from motcua.messaging.models import Message
from tests.factories import PHONE, make_citizen

SLUG, PATH = "binh-thuan", "/console/deliveries/"
AGAIN = {"reason": "Chưa nhận được", "twice": "yes"}
HELD = "1 tin thuộc thông báo đang tạm dừng nên vẫn được giữ"
CLOSED = "1 tin thuộc thông báo đã hủy nên không gửi nữa"
ASLEEP = "1 tin thuộc thông báo chỉ gửi trong giờ cho phép nên sẽ đi từ 08:00"


def owed_by(its_state: str, **given) -> int:
    """A message of a broadcast in that state; its number."""
    with tenant_scope(SLUG):
        one = Broadcast(
            kind="policy", state=its_state, title="Miễn lệ phí", body="Từ 01/12/2026.", started_at=now()
        )
        db.session.add(one)
        db.session.flush()
        values = {
            "lane": "broadcast",
            "event": "broadcast_policy",
            "citizen_id": make_citizen(phone=PHONE).id,
            "content": {},
            "dedupe_key": f"broadcast/{one.id}/1",
            "state": "uncertain",
            "failure": "zalo_uncertain",
            "claimed_at": now(),
            "expires_at": now() + timedelta(hours=1),
        }
        message = Message(**(values | {"broadcast_id": one.id} | given))
        db.session.add(message)
        db.session.commit()
        return message.id


def state_of(number: int) -> tuple[str, str | None]:
    with tenant_scope(SLUG):
        message = db.session.scalars(db.select(Message).where(Message.id == number)).one()
        return message.state, message.failure


@pytest.fixture
def asleep(monkeypatch):
    """It is outside the hours for announcements, whatever the hour."""
    local = now().astimezone(VIETNAM)
    opens = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), VIETNAM).replace(hour=8)
    monkeypatch.setattr(hours.Hours, "next_moment", lambda self, at, calendar: opens)


@pytest.mark.parametrize(
    ("state", "sentence", "becomes"),
    [
        ("paused", HELD, ("queued", "held")),
        ("cancelled", CLOSED, ("expired", "cancelled")),
    ],
)
def test_whoever_sends_again_reads_what_its_broadcast_makes_of_it(admin, state, sentence, becomes):
    number = owed_by(state)

    page = admin.follow(f"{PATH}{number}/resend", data=AGAIN).get_data(as_text=True)

    assert sentence in page
    assert "sẽ được gửi lại ngay" not in page
    assert state_of(number) == becomes


def test_whoever_sends_many_again_reads_how_many_wait_for_the_morning(admin, asleep):
    numbers = [owed_by("running"), owed_by("cancelled")]

    page = admin.follow(f"{PATH}decided", data=AGAIN | {"message": numbers, "act": "resend"}).get_data(
        as_text=True
    )

    assert ASLEEP in page
    assert CLOSED in page
    assert "sẽ được gửi lại ngay" not in page


def test_whoever_goes_on_after_a_pause_reads_what_stays(admin):
    number = owed_by("paused", state="queued", failure="paused")
    with tenant_scope(SLUG):
        pauses.pause("OA đang bảo trì", "Phạm Thu Hà")
        db.session.commit()

    page = admin.follow("/console/pauses/resume", data={"what": ""}).get_data(as_text=True)

    assert "Đang gửi tiếp." in page
    assert HELD in page
    assert state_of(number) == ("queued", "held")
