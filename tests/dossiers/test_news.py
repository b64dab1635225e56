"""Who is told what: one message a thing, and no more personal data than was proven."""

from datetime import datetime

import pytest

from motcua.core.database import db
from motcua.dossiers import following, intake
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from tests.factories import dossier_data, event_body, make_citizen, make_dossier

pytestmark = pytest.mark.usefixtures("province")

OFFICER = {"name": "Võ Minh Khang", "title": "Chuyên viên"}


@pytest.fixture
def owner():
    """Proved the phone that stands on the dossier."""
    return make_citizen("7001", phone="84912345678")


@pytest.fixture
def stranger():
    """Holds only the paper's code."""
    return make_citizen("7002")


def told(citizen) -> list[Message]:
    return list(
        db.session.scalars(db.select(Message).where(Message.citizen_id == citizen.id).order_by(Message.id))
    )


def text(message: Message) -> str:
    return message.content["consultation"]["text"]


def happens(dossier, status: int, **given) -> None:
    intake.add_event(dossier.code, EventIn().load(event_body(status, **given)))
    db.session.commit()


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (3, "dossier_refused"), (4, "dossier_moved"), (5, "dossier_supplement"), (6, "dossier_fee"),
        (7, "dossier_withdrawal"), (8, "dossier_stopped"), (10, "dossier_returned"),
    ],
)  # fmt: skip
def test_each_status_the_citizen_should_hear_of_is_one_message(owner, status, event):
    dossier = make_dossier()

    happens(dossier, status, note="Thiếu tờ khai có chữ ký")

    receipt, news = told(owner)
    assert (receipt.event, news.event) == ("dossier_accepted", event)
    assert dossier.code in text(news)
    if status in (3, 5, 6, 8):
        assert "Thiếu tờ khai có chữ ký" in text(news)


def test_a_result_before_its_time_is_told_as_early_with_the_new_and_the_old_time(owner):
    dossier = make_dossier()

    happens(dossier, 9, occurred_at="2024-11-27T09:00:00+07:00", pickup={"place": "Quầy 3", "hours": "sáng"})

    news = told(owner)[-1]
    assert news.event == "dossier_ready_early"
    for words in ("SỚM HƠN", "09:00 thứ Tư, 27/11/2024", "10:00 thứ Năm, 28/11/2024", "Quầy 3", "sáng"):
        assert words in text(news)


@pytest.mark.parametrize("due", ["2024-11-26T16:00:00+07:00", None], ids=["late", "no due date"])
def test_a_result_at_or_after_its_time_is_not_called_early(owner, due):
    dossier = make_dossier(due_at=due)

    happens(dossier, 9, occurred_at="2024-11-27T09:00:00+07:00")

    assert told(owner)[-1].event == "dossier_ready"


def test_whoever_proved_the_phone_hears_of_the_officer(owner):
    dossier = make_dossier()

    happens(dossier, 4, department="Phòng Tư pháp", officer=OFFICER)

    assert "Võ Minh Khang" in text(told(owner)[-1])


def test_whoever_only_holds_the_papers_code_does_not(stranger):
    dossier = make_dossier()
    following.follow(dossier, stranger, "token")

    happens(dossier, 4, department="Phòng Tư pháp", officer=OFFICER)
    happens(dossier, 5, occurred_at="2024-11-26T10:00:00+07:00", note="Thiếu giấy khai sinh của Lan")

    for news in told(stranger):
        assert "Khang" not in text(news) and "Phòng Tư pháp" not in text(news) and "Thiếu" not in text(news)


def test_whoever_may_not_see_what_changed_is_not_told_the_same_again(owner, stranger):
    dossier = make_dossier()
    following.follow(dossier, stranger, "token")
    happens(dossier, 4, department="Phòng Tư pháp", officer=OFFICER)

    happens(
        dossier,
        4,
        occurred_at="2024-11-26T10:00:00+07:00",
        department="Lãnh đạo",
        officer={"name": "Đỗ Thị Thanh"},
    )

    assert [message.event for message in told(stranger)] == ["dossier_moved"]
    assert "Đỗ Thị Thanh" in text(told(owner)[-1])


def test_a_late_event_tells_nobody(owner):
    dossier = make_dossier()
    happens(dossier, 9, occurred_at="2024-11-27T09:00:00+07:00")
    before = len(told(owner))

    happens(dossier, 4, occurred_at="2024-11-26T10:00:00+07:00")

    assert len(told(owner)) == before


def test_whoever_said_stop_hears_nothing_more(owner):
    dossier = make_dossier()
    owner.muted_at = datetime.fromisoformat("2024-11-26T08:30:00+07:00")
    before = len(told(owner))

    happens(dossier, 9)

    assert len(told(owner)) == before


def test_whoever_stopped_following_hears_nothing_more(owner):
    dossier = make_dossier()
    following.unfollow(dossier, owner)
    before = len(told(owner))

    happens(dossier, 9)

    assert len(told(owner)) == before


def test_a_new_due_date_is_told_with_the_old_one(owner):
    dossier = make_dossier()

    intake.put(dossier.code, dossier_data(due_at="2024-12-02T10:00:00+07:00"))
    db.session.commit()

    news = told(owner)[-1]
    assert news.event == "dossier_due_changed"
    assert "28/11/2024" in text(news) and "02/12/2024" in text(news)


def test_a_phone_not_on_our_oa_is_told_by_template_and_the_authorised_person_comes_first():
    make_dossier(
        submitter={"name": "Nguyễn Văn Nộp", "phone": "0987654321"},
        authorised={"name": "Trần Ủy Quyền", "phone": "0905111222"},
    )

    message = db.session.scalars(db.select(Message)).one()
    assert (message.citizen_id, message.phone) == (None, "84905111222")
    assert message.content["zbs"]["data"]["thu_tuc"] == "Thủ tục đăng ký kết hôn"


def test_a_dossier_filed_before_its_citizen_came_is_followed_once_the_phone_is_proven():
    dossier = make_dossier()
    citizen = make_citizen("7003", phone="84912345678")

    assert [one.code for one in following.follow_own(citizen)] == [dossier.code]


def test_names_phones_and_numbers_are_not_readable_in_the_database(owner):
    dossier = make_dossier()
    row = db.session.execute(db.text("SELECT dossier::text FROM dossier")).scalar()
    message = db.session.execute(db.text("SELECT string_agg(message::text, '') FROM message")).scalar()
    citizen = db.session.execute(db.text("SELECT citizen::text FROM citizen")).scalar()

    for secret in ("Nguyễn Thị Lan", "912345678", "060190012345"):
        assert secret not in row + message + citizen
    assert dossier.people["owner"]["name"] == "Nguyễn Thị Lan"
