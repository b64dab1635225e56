"""The page of messages that need a look, on a small and on a large screen."""

from datetime import timedelta

import pytest

from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, owe_all
from motcua.zalo.messages import TextMessage
from tests.browsing import looked_at
from tests.factories import PHONE, make_citizen, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def doubts(province):
    """Messages in doubt and failed, and the admin who may decide."""
    citizen = make_citizen(phone=PHONE)
    owe_all([Owed(citizen, "dossier_ready", str(at), TextMessage("Có kết quả")) for at in range(60)])
    fields = {"claimed_at": now() - timedelta(hours=1), "attempts": 1, "channel": "consultation"}
    db.session.execute(db.update(Message).values(state="uncertain", failure="worker_lost", **fields))
    db.session.commit()
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    db.session.rollback()


@pytest.mark.parametrize("width", [360, 1366])
def test_an_admin_settles_a_doubtful_message(served, doubts, phone_sized, width):
    phone_sized.set_viewport_size({"width": width, "height": 740})
    phone_sized.goto(f"{served}/console/deliveries/")
    come_in(phone_sized, "ha@binh-thuan.example")
    phone_sized.get_by_role("heading", name="Tin cần xem lại").wait_for()
    looked_at(phone_sized, "deliveries")
    phone_sized.get_by_role("link", name="Trang sau").click()
    phone_sized.get_by_role("link", name="Có kết quả số 1", exact=True).click()
    phone_sized.get_by_role("heading", name="Chưa rõ đã đến chưa").wait_for()
    looked_at(phone_sized, "delivery")

    phone_sized.get_by_label("Vì sao gửi lại").fill("Người dân báo chưa nhận")
    phone_sized.get_by_label("Tôi hiểu người dân có thể nhận tin này hai lần").check()
    phone_sized.get_by_role("button", name="Gửi lại").click()

    phone_sized.get_by_text("Tin đã vào hàng chờ").wait_for()
    looked_at(phone_sized, "delivery-settled")


@pytest.mark.parametrize("width", [360, 1366])
def test_an_admin_settles_many_at_once(served, doubts, phone_sized, width):
    phone_sized.set_viewport_size({"width": width, "height": 740})
    phone_sized.goto(f"{served}/console/deliveries/")
    come_in(phone_sized, "ha@binh-thuan.example")
    phone_sized.get_by_label("Chọn tin số 60").check()
    phone_sized.get_by_label("Chọn tin số 59").check()
    phone_sized.get_by_label("Vì sao quyết định như vậy").fill("Đã gọi điện hỏi")
    phone_sized.get_by_role("button", name="Ghi là đã nhận").click()
    phone_sized.get_by_text("Đã ghi 2 tin là đã nhận.").wait_for()

    phone_sized.get_by_label("Tất cả tin theo bộ lọc").check()
    phone_sized.get_by_label("Vì sao quyết định như vậy").fill("Zalo báo mất mạng lúc 9 giờ")
    phone_sized.get_by_label("Khi gửi lại").check()
    looked_at(phone_sized, "deliveries-many")
    phone_sized.get_by_role("button", name="Gửi lại").click()

    phone_sized.get_by_text("58 tin sẽ được gửi lại ngay.").wait_for()
    looked_at(phone_sized, "deliveries-none-left")
