"""Who asked for news of their commune hears what was published, once."""

import pytest
import time_machine

from motcua.citizens import registry
from motcua.citizens.models import app_user_index
from motcua.core import queue
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.services import checking, data, switching
from motcua.services.outage import SERVICE
from motcua.subscriptions import telling
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_communes
from tests.services.test_outage import NOW

HEAD = "Loại,Xã phường,Khu vực,Ngày,Từ giờ,Đến giờ\n".replace("Xã phường", '"Xã, phường"')
MUI_NE = "Điện,Phường Mũi Né,Khu phố 1,24/11/2026,08:00,16:00\n"
MUI_NE_LATER = "Điện,Phường Mũi Né,Khu phố 2,25/11/2026,08:00,16:00\n"
TAN_HAI = "Nước,Xã Tân Hải,Thôn 1,24/11/2026,08:00,16:00\n"


@pytest.fixture(autouse=True)
def clock(province):
    with time_machine.travel(NOW, tick=True):
        make_communes()
        switching.change("outage", True, {}, "test")
        db.session.commit()
        yield


def publish(*rows: str) -> None:
    content = (HEAD + "".join(rows)).encode()
    checked = checking.check_file(SERVICE, content)
    assert not checked.faults
    version = data.load(SERVICE, checked, data.About(), file_name="lich.csv", content=content, by="test")
    data.publish(SERVICE, version.id, "test")
    db.session.commit()


def subscriber(uid: str, *areas: str, topics: tuple[str, ...] = ("outage.power",), **given):
    citizen = make_citizen(uid, **given)
    citizen.topics, citizen.areas = list(topics), list(areas)
    registry.agree(citizen, ("broadcasts",), "chat")
    db.session.commit()
    return citizen


def told() -> list[tuple[int, str]]:
    db.session.rollback()
    rows = db.session.scalars(db.select(Message).where(Message.event == "service_news").order_by(Message.id))
    return [(row.citizen_id, row.content["consultation"]["text"]) for row in rows]


def test_a_commune_is_asked_for_when_the_topic_is_turned_on(say):  # noqa: F811
    (asked,) = say("#topic:outage.power:on")
    (unknown,) = say("Xứ Thần Tiên")
    (shown,) = say("Mũi Né")

    assert "xã, phường nào" in asked
    assert "Không thấy xã, phường" in unknown
    assert "Phường Mũi Né" in shown


def test_a_commune_can_be_taken_away_again(say):  # noqa: F811
    say("#topic:outage.power:on")
    say("Mũi Né")

    (shown,) = say("#area:drop:ubnd-mui-ne")

    assert "chưa chọn xã, phường nào" in shown


def test_only_the_subscribers_of_the_place_and_topic_hear_and_only_once():
    mine = subscriber("7000000000000000001", "ubnd-mui-ne")
    subscriber("7000000000000000002", "ubnd-tan-hai")  # of power: theirs is a water cut
    subscriber("7000000000000000003", "ubnd-mui-ne", topics=("outage.water",))
    muted = subscriber("7000000000000000004", "ubnd-mui-ne")
    registry.withdraw(muted)
    db.session.commit()
    publish(MUI_NE, TAN_HAI)

    telling.tell("binh-thuan")
    telling.tell("binh-thuan")
    publish(MUI_NE, TAN_HAI)
    telling.tell("binh-thuan")

    ((citizen_id, text),) = told()
    assert citizen_id == mine.id
    assert "Khu phố 1, Phường Mũi Né, 08:00–16:00, thứ Ba 24/11/2026" in text


def test_a_new_file_tells_only_what_is_new():
    subscriber("7000000000000000001", "ubnd-mui-ne")
    publish(MUI_NE)
    telling.tell("binh-thuan")

    publish(MUI_NE, MUI_NE_LATER)
    telling.tell("binh-thuan")

    second = told()[1][1]
    assert len(told()) == 2
    assert "Khu phố 2" in second
    assert "Khu phố 1" not in second


@pytest.mark.parametrize("sign", ["phone", "user of the app"])
def test_one_person_with_two_accounts_hears_once(sign):
    for uid in ("7000000000000000001", "7000000000000000002"):
        one = subscriber(uid, "ubnd-mui-ne", phone="84912345678" if sign == "phone" else None)
        one.app_user_index = app_user_index("1:55") if sign != "phone" else None
    db.session.commit()
    publish(MUI_NE)

    telling.tell("binh-thuan")

    assert len(told()) == 1


def test_an_old_name_of_the_commune_reaches_it():
    subscriber("7000000000000000001", "ubnd-mui-ne")
    publish(MUI_NE.replace("Phường Mũi Né", "Phường Hàm Tiến"))

    telling.tell("binh-thuan")

    assert len(told()) == 1


def test_the_sweep_asks_for_it_only_when_something_was_published():
    def woken() -> int:
        telling.wake_due()
        jobs = queue.lane_queue("normal")
        count = sum(job.func_name == telling.TELL for job in jobs.jobs)
        jobs.empty()
        return count

    before = woken()
    publish(MUI_NE)
    after = woken()
    telling.tell("binh-thuan")

    assert (before, after, woken()) == (0, 1, 0)
