"""The map of local status codes on a small screen."""

import pytest
from playwright.sync_api import expect

from motcua.core.database import db
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from tests.factories import make_dossier, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def unknown_code(province):
    """A dossier moved by a code that no map knows, and the admin who may map it."""
    dossier = make_dossier()
    body = {"local_code": "Bước 17b của phần mềm cũ", "occurred_at": "2024-11-26T09:00:00+07:00"}
    intake.add_event(dossier.code, EventIn().load(body))
    db.session.commit()
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    db.session.rollback()


def test_an_admin_maps_an_unknown_code_on_a_phone(served, unknown_code, phone_sized):
    phone_sized.goto(f"{served}/console/statuses/")
    come_in(phone_sized, "ha@binh-thuan.example")
    phone_sized.get_by_label("Bước 17b của phần mềm cũ").select_option("9")
    assert phone_sized.evaluate("document.documentElement.scrollWidth") <= 360

    phone_sized.get_by_role("button", name="Ghép", exact=True).click()

    phone_sized.get_by_text("Đã ghép “Bước 17b của phần mềm cũ”").wait_for()
    expect(phone_sized.get_by_text("Mã đã nhận mà chưa ghép")).to_have_count(0)
