"""The page of messages that need a look, on a small and on a large screen."""

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
    fields = {"claimed_at": now(), "attempts": 1, "channel": "consultation"}
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
