"""The pages of accounts and settings, and the vendor's, all in English for whoever chose it."""

import pytest

from motcua.accounts import api_keys, support
from motcua.catalogue import agencies
from motcua.core.database import db, tenant_scope
from motcua.data_requests import handling
from motcua.messaging.limits import guests
from motcua.provinces import notices
from motcua.tenancy import features
from tests.factories import make_citizen, make_staff, make_vendor_staff
from tests.opened_page import Page, left_in_vietnamese
from tests.signing_in import host_of, sign_in

TENANT = "binh-thuan"
CONSOLE = (
    "/console/account",
    "/console/staff",
    "/console/staff?q=nobody",
    "/console/staff/{person}",
    "/console/support",
    "/console/official-accounts/",
    "/console/agencies/",
    "/console/agencies/?q=zzz",
    "/console/agencies/new",
    "/console/agencies/{agency}",
    "/console/api-keys/",
    "/console/api-keys/{key}/revoke",
    "/console/audit/",
    "/console/audit/?person=nobody",
    "/console/data-requests/",
    "/console/data-requests/{erase}",
    "/console/data-requests/{access}",
    "/console/export/",
    "/console/privacy/",
    "/console/readiness/",
    "/console/trial/",
    "/console/province/",
)
VENDOR = (
    "/vendor/",
    "/vendor/?q=zzz",
    "/vendor/tenants/binh-thuan/",
    "/vendor/tenants/new",
    "/vendor/tenants/new?unit=new-91",
    "/vendor/apps/",
    "/vendor/features/",
    "/vendor/usage/",
    "/vendor/usage/2024-01/close",
    "/vendor/notices/",
    "/vendor/support/",
    "/vendor/account",
    "/vendor/staff",
)
DOORS = (
    "/console/login",
    "/console/forgot",
    "/console/password/nothing",
    "/console/support/enter/nothing",
    "/console/nowhere",
    "/vendor/login",
    "/vendor/forgot",
)


class Reader:
    """A browser that chose English."""

    def __init__(self, client, host: str):
        self.client, self.host = client, host
        client.set_cookie("motcua_language", "en", domain=host)

    def ask(self, method: str, path: str, **form):
        return self.client.open(
            path, method=method, headers={"Host": self.host}, data=form, follow_redirects=True
        )

    def check(self, path: str) -> str:
        text = self.ask("GET", path).get_data(as_text=True)
        assert Page(text).lang == "en", path
        assert left_in_vietnamese(text) == [], path
        return text


@pytest.fixture
def reader(app, two_provinces):
    person = make_staff(TENANT, role="province_admin")
    return Reader(sign_in(app.test_client(), person), host_of(person))


@pytest.fixture
def vendor(app, two_provinces):
    person = make_vendor_staff()
    return Reader(sign_in(app.test_client(), person), host_of(person))


@pytest.fixture
def full(two_provinces) -> dict:
    """Something in every list; what pages are named after."""
    helper = make_vendor_staff(role="vendor_support", full_name="Trịnh Quốc Việt")
    support.begin(TENANT, helper, "Xem vì sao danh mục không nạp được, theo yêu cầu của Sở", 2)
    notices.publish("Bảo trì", "Đêm nay hệ thống dừng một giờ.", "important", "Lê Thị Vân")
    features.choose("feedback", False, "Lê Thị Vân", "chưa dùng", "da-nang")
    db.session.commit()
    with tenant_scope(TENANT):
        lan = make_citizen(phone="84912345678")
        erase = handling.file("delete", "chat", citizen=lan, said="Xóa hết").id
        access = handling.file("access", "chat", citizen=lan, said="").id
        key = api_keys.issue("iGate").split("_")[1]
        guests.invite("0912345678", "Lê Văn Tám")
        person = make_staff(TENANT, full_name="Lê Văn Tám", role="officer").id
        agency = agencies.add("department", "province", {"name": "Sở Tư pháp"}, "Lê Văn Tám").code
        agencies.change(agency, {"name": "Sở Tư pháp", "address": "Số 4, Hải Thượng"}, "Lê Văn Tám")
        db.session.commit()
    return {"erase": erase, "access": access, "key": key, "person": person, "agency": agency}


def test_the_console_is_wholly_in_english(reader, full):
    for path in CONSOLE:
        text = reader.check(path.format(**full))
        assert '<main id="noi-dung" tabindex="-1" lang="en">' in text, path


def test_the_vendors_pages_are_wholly_in_english(vendor, full):
    for path in VENDOR:
        text = vendor.check(path)
        assert '<main id="noi-dung" tabindex="-1" lang="en">' in text, path


@pytest.mark.parametrize("path", DOORS)
def test_the_doors_are_wholly_in_english(app, two_provinces, path):
    host = "localhost" if path.startswith("/vendor") else f"{TENANT}.localhost"

    Reader(app.test_client(), host).check(path)


def test_a_refusal_says_in_english_whom_to_ask(app, two_provinces):
    make_staff(TENANT, role="province_admin", full_name="Lê Văn Tám")
    person = make_staff(TENANT, role="officer")

    text = Reader(sign_in(app.test_client(), person), host_of(person)).check("/console/export/")

    assert "Your account may not “Export all data of the province”" in text
    assert 'administrators (<span lang="vi">Lê Văn Tám</span>)' in text


def test_what_an_act_led_to_is_told_in_english(reader, without_tokens):
    text = reader.ask("POST", "/console/trial/", phones="0912345678").get_data(as_text=True)

    assert "1 more phone invited." in text
    assert left_in_vietnamese(text) == []


def test_a_fault_in_a_form_is_told_in_english(reader, without_tokens):
    text = reader.ask("POST", "/console/api-keys/", label="", mode="test", expires="2020-01-01").get_data(
        as_text=True
    )

    assert "Write who uses this key, 1 to 80 characters." in text
    assert "The last day is past." in text
    assert left_in_vietnamese(text) == []


def test_the_same_pages_are_vietnamese_for_everybody_else(reader, full):
    reader.client.delete_cookie("motcua_language", domain=reader.host)

    text = reader.ask("GET", "/console/trial/").get_data(as_text=True)

    assert Page(text).lang == "vi" and "Số điện thoại, mỗi dòng một số" in text
