"""`/console/official-accounts`: whether webhooks come, and a test message to oneself."""

from datetime import timedelta

from motcua.conversation.models import WebhookEvent
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from motcua.messaging.testers import TextTester
from tests.factories import OA_IDS, make_citizen

PAGE = "/console/official-accounts/"
TENANT = "binh-thuan"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def hear(state: str, at, oa_id: str = OA_IDS[TENANT]) -> None:
    with tenant_scope(TENANT):
        key = f"{state}-{at.timestamp()}-{oa_id}"
        db.session.add(
            WebhookEvent(
                oa_id=oa_id,
                event_key=key,
                event_name="follow",
                body_encrypted="",
                state=state,
                received_at=at,
            )
        )
        db.session.commit()


def test_an_oa_that_nothing_was_heard_of_says_what_to_check(admin):
    hear("done", now(), oa_id="another")

    assert "chưa thấy sự kiện nào" in text(admin.get(PAGE))


def test_the_last_event_and_the_failed_ones_are_told(admin):
    hear("done", now() - timedelta(days=2))
    hear("done", now())
    hear("failed", now())

    page = text(admin.get(PAGE))

    assert "2 sự kiện trong 24 giờ; 1 sự kiện không xử lý được" in page


def test_a_test_message_goes_to_ones_own_zalo_only(admin):
    assert "NỐI MÃ" in text(admin.follow(PAGE + "test"))
    with tenant_scope(TENANT):
        me = make_citizen()
        make_citizen("7000000000000000009")
        db.session.add(TextTester(staff_id=1, citizen_id=me.id))
        db.session.commit()

    assert "Đã gửi" in text(admin.follow(PAGE + "test"))

    with tenant_scope(TENANT):
        (message,) = db.session.scalars(db.select(Message)).all()
    assert message.citizen_id == me.id
    assert message.content["consultation"]["text"].startswith("[TIN THỬ")


def test_an_officer_sends_none(officer):
    assert officer.post(PAGE + "test").status_code == 403
