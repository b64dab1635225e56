"""`/vendor/`: who may open it and where, and what each page does, as a browser without a screen sees it."""

import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from motcua.core.database import db, tenant_scope
from motcua.provinces.models import UsageMonth
from motcua.tenancy import features
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp
from tests.factories import APP_ID, make_province, make_staff, make_vendor_staff
from tests.signing_in import sign_in

HOST, PROVINCE = {"Host": "localhost"}, {"Host": "binh-thuan.localhost"}
FORM = {
    "unit": "new-91",
    "slug": "an-giang",
    "host": "an-giang.localhost",
    "name": "Tỉnh An Giang",
    "short_name": "An Giang",
    "admin_name": "Nguyễn Văn An",
    "admin_email": "an@angiang.example",
    "catalogue": "later",
    "primary_color": "#1e6b34",
    "accent_color": "#b8860b",
    "monogram": "AG",
}


class Vendor:
    def __init__(self, client):
        self.client = client

    def get(self, path: str, status: int = 200) -> str:
        return self._seen(self.client.get(path, headers=HOST), status)

    def post(self, path: str, status: int = 200, **form) -> str:
        answer = self.client.post(path, data=form, headers=HOST)
        if answer.status_code == 303 and status == 200:
            answer = self.client.get(answer.headers["Location"], headers=HOST)
        return self._seen(answer, status)

    def _seen(self, answer, status: int) -> str:
        text = unescape(answer.get_data(as_text=True))
        assert answer.status_code == status, text[-800:]
        return text


@pytest.fixture
def vendor(app, two_provinces):
    app.config["WTF_CSRF_ENABLED"] = False
    yield Vendor(sign_in(app.test_client(), make_vendor_staff(full_name="Lê Thị Vân")))
    app.config["WTF_CSRF_ENABLED"] = True


def fresh(slug: str) -> Tenant:
    db.session.rollback()
    return db.session.get(Tenant, slug, populate_existing=True)


def pages(app) -> list[str]:
    return [
        rule.rule.replace("<slug>", "binh-thuan").replace("<month>", "2024-01")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("vendor_")
        and not rule.endpoint.startswith("vendor_door")
        and "GET" in rule.methods
        and not rule.rule.endswith((".xlsx", "/tenants/"))
    ]


def test_every_page_opens_for_the_vendors_admin_and_leads_a_stranger_to_the_door(app, vendor):
    found = pages(app)
    for path in found:
        vendor.get(path)
        stranger = app.test_client().get(path, headers=HOST)
        assert (stranger.status_code, "/vendor/login" in stranger.headers["Location"]) == (302, True), path
    assert len(found) >= 9


def test_the_vendors_pages_are_on_no_provinces_host_not_even_for_its_admin(app, vendor):
    admin = sign_in(app.test_client(), make_staff("binh-thuan", role="province_admin"))
    for path in pages(app):
        assert admin.get(path, headers=PROVINCE).status_code == 404, path


def test_support_sees_provinces_and_changes_nothing(app, two_provinces, vendor):
    helper = Vendor(sign_in(app.test_client(), make_vendor_staff(role="vendor_support")))

    assert "Bình Thuận" in helper.get("/vendor/")
    helper.get("/vendor/usage/")
    for path in ("/vendor/tenants/new", "/vendor/features/", "/vendor/notices/", "/vendor/apps/"):
        helper.get(path, 403)
    for act in ("go-live", "suspend", "resume", "plan", "accounts", "invitations"):
        helper.post(f"/vendor/tenants/binh-thuan/{act}", 403)


def test_one_form_makes_a_province_and_its_first_admins_link(vendor):
    proposed = vendor.get("/vendor/tenants/new?unit=new-91")
    assert 'value="an-giang.localhost"' in proposed and 'value="Tỉnh An Giang"' in proposed

    made = vendor.post("/vendor/tenants/new", **FORM)

    assert re.search(r'value="http://an-giang\.localhost:?\d*/console/password/[\w.-]+"', made)
    assert (fresh("an-giang").status, fresh("an-giang").origin) == ("trial", "console")
    shown = vendor.get("/vendor/tenants/an-giang/")
    assert "Mới tạo" in shown and "Sẵn sàng phục vụ: " in shown and "Nguyễn Văn An" in shown


def test_a_faulty_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it(vendor):
    refused = vendor.post("/vendor/tenants/new", 422, **FORM | {"host": "https://x", "hotline": "gọi tôi"})

    assert (
        'value="https://x"' in refused
        and "Tên miền chưa đúng" in refused
        and "Số điện thoại chỉ gồm" in refused
    )
    assert fresh("an-giang") is None
    taken = vendor.post("/vendor/tenants/new", 409, **FORM | {"host": "da-nang.localhost"})
    assert "đã thuộc tỉnh da-nang" in taken


def test_an_app_and_an_oa_are_added_without_a_folder(vendor):
    vendor.post("/vendor/tenants/new", **FORM)
    refused = vendor.post("/vendor/apps/", app_id="123456789012345", app_secret="", webhook_secret="")
    assert "Ứng dụng mới cần cả khóa bí mật" in refused
    vendor.post(
        "/vendor/apps/", app_id="123456789012345", app_secret="s", webhook_secret="w", calls_per_minute="600"
    )
    given = {
        "key": "main",
        "oa_id": "3880000000000000089",
        "app_id": "123456789012345",
        "name": "DVC An Giang",
    }

    assert "Đã khai DVC An Giang" in vendor.post("/vendor/tenants/an-giang/accounts", **given)

    app = db.session.get(ZaloApp, "123456789012345")
    assert (app.app_secret, app.calls_per_minute) == ("s", 600)
    with tenant_scope("an-giang"):
        assert db.session.scalars(db.select(OfficialAccount.oa_id)).all() == ["3880000000000000089"]
    theirs = given | {"app_id": APP_ID, "oa_id": "388000000000000060"}
    assert "đã thuộc tỉnh binh-thuan" in vendor.post("/vendor/tenants/an-giang/accounts", **theirs)
    assert "tenant.toml" in vendor.post("/vendor/tenants/da-nang/accounts", **given)


def test_going_live_early_needs_a_reason_and_suspending_the_provinces_name(vendor):
    vendor.post("/vendor/tenants/new", **FORM)
    assert "còn thiếu" in vendor.post("/vendor/tenants/an-giang/go-live", reason="")
    vendor.post("/vendor/tenants/an-giang/go-live", reason="Khai trương theo kế hoạch 15/KH-UBND")
    assert fresh("an-giang").status == "live"

    reason = "Tỉnh đề nghị bằng công văn"
    assert "gõ đúng tên" in vendor.post("/vendor/tenants/an-giang/suspend", reason=reason, slug="an-gian")
    vendor.post("/vendor/tenants/an-giang/suspend", reason=reason, slug="an-giang")
    shown = vendor.get("/vendor/tenants/an-giang/")
    assert fresh("an-giang").status == "suspended" and reason in shown and "Lê Thị Vân" in shown
    vendor.post("/vendor/tenants/an-giang/resume")
    assert fresh("an-giang").status == "live"


def test_a_suspended_provinces_pages_say_so_politely_and_its_api_too(app, vendor):
    reason = "Tỉnh đề nghị bằng công văn"
    vendor.post("/vendor/tenants/binh-thuan/suspend", reason=reason, slug="binh-thuan")

    answer = app.test_client().get("/", headers=PROVINCE)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 503 and "đang tạm dừng" in text and "dichvucong.gov.vn" in text
    assert reason not in text
    assert app.test_client().get("/", headers={"Host": "da-nang.localhost"}).status_code == 200


def test_a_plan_is_changed_with_a_number_as_people_type_it(vendor):
    vendor.post("/vendor/tenants/binh-thuan/plan", messages_per_month="50.000", weight="2", reason="Hợp đồng")
    assert fresh("binh-thuan").settings["plan"] == {"weight": 2, "messages_per_month": 50000}

    assert "từ 1 đến 10" in vendor.post("/vendor/tenants/binh-thuan/plan", messages_per_month="", weight="x")


def test_the_invitation_is_sent_again_to_who_lost_it(vendor):
    vendor.post("/vendor/tenants/new", **FORM)
    given = {"email": "AN@angiang.example", "full_name": "Nguyễn Văn An"}

    again = vendor.post("/vendor/tenants/an-giang/invitations", **given)

    assert "/console/password/" in again
    assert "Email chưa đúng" in vendor.post("/vendor/tenants/an-giang/invitations", email="x", full_name="An")


def test_a_feature_is_off_for_one_province_in_menu_page_and_public_page(app, vendor):
    admin = sign_in(app.test_client(), make_staff("binh-thuan", role="province_admin"))
    assert admin.get("/console/feedback/", headers=PROVINCE).status_code == 200
    given = {"feature": "feedback", "tenant": "binh-thuan", "value": "off"}
    assert "Xin ghi lý do" in vendor.post("/vendor/features/", **given, reason="")

    vendor.post("/vendor/features/", **given, reason="Tỉnh dùng hệ thống khác")

    refused = admin.get("/console/feedback/", headers=PROVINCE)
    assert refused.status_code == 403 and "Nhà cung cấp bật được" in refused.get_data(as_text=True)
    assert "Phản ánh hiện trường" not in admin.get("/console/", headers=PROVINCE).get_data(as_text=True)
    client = app.test_client()
    other = [
        client.get(path, headers={"Host": "da-nang.localhost"}).status_code for path in public_feedback(app)
    ]
    assert other and set(other) == {200}
    assert [client.get(path, headers=PROVINCE).status_code for path in public_feedback(app)] == [404] * len(
        other
    )


def public_feedback(app) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint in ("feedback.listed", "feedback.form") and "GET" in rule.methods
    ]


def test_an_exception_wins_over_the_default_and_can_be_taken_back(app):
    make_province("binh-thuan")
    features.choose("lookups", False, "Vân", "Chưa mở bán")
    features.choose("lookups", True, "Vân", "Tỉnh thí điểm", "binh-thuan")
    db.session.commit()
    assert features.is_on("lookups", "binh-thuan") and not features.is_on("lookups", "da-nang")

    features.choose("lookups", None, "Vân", "Hết thí điểm", "binh-thuan")
    db.session.commit()
    assert not features.is_on("lookups", "binh-thuan")
    assert [one.reason for one in features.history()] == ["Hết thí điểm", "Tỉnh thí điểm", "Chưa mở bán"]


def test_the_address_above_the_provinces_leads_to_their_list(vendor):
    answer = vendor.client.get("/vendor/tenants/?q=binh", headers=HOST)

    assert (answer.status_code, answer.location) == (302, "/vendor/?q=binh")


def test_usage_is_taken_away_as_csv_and_excel_and_a_closed_month_stands(vendor):
    text = vendor.get("/vendor/usage/2024-01.csv")
    assert text.startswith("\ufeffTỉnh,Tháng,Tin đã gửi") and "\r\nbinh-thuan,01/2024,0" in text
    answer = vendor.client.get("/vendor/usage/2024-01.xlsx", headers=HOST)
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [row[0].value for row in sheet.iter_rows()] == ["Tỉnh", "binh-thuan", "da-nang"]

    year, month = _this_month().split("-")
    assert "chưa hết" in vendor.post(f"/vendor/usage/{year}-{month}/close", name=f"{month}/{year}")
    assert "giữ nguyên mãi mãi" in vendor.get("/vendor/usage/2024-01/close")
    assert "Chưa chốt" in vendor.post("/vendor/usage/2024-01/close", 422, name="02/2024")
    assert db.session.scalar(db.select(db.func.count()).select_from(UsageMonth)) == 0
    assert "Đã chốt tháng 01/2024 của 2 tỉnh" in vendor.post("/vendor/usage/2024-01/close", name="01/2024")
    assert db.session.scalar(db.select(db.func.count()).select_from(UsageMonth)) == 2
    assert "Đã chốt tháng 01/2024 của 0 tỉnh" in vendor.post("/vendor/usage/2024-01/close", name="01/2024")
    vendor.get("/vendor/usage/?month=2024-13", 422)
    vendor.get("/vendor/usage/?month=13/2024", 422)
    assert "tháng 01/2024" in vendor.get("/vendor/usage/?month=1/2024")
    vendor.get("/vendor/usage/9999-01.csv", 422)


def _this_month() -> str:
    from motcua.provinces.usage import month_of

    return f"{month_of(''):%Y-%m}"


def test_a_notice_reaches_the_named_provinces_admins_until_they_put_it_away(app, vendor):
    given = {"title": "Bảo trì đêm nay", "body": "Từ 22 giờ đến 23 giờ.", "importance": "important"}
    vendor.post("/vendor/notices/", **given, tenants=["binh-thuan"])
    mine, theirs, officer = (
        (sign_in(app.test_client(), make_staff(slug, role=role)), {"Host": f"{slug}.localhost"})
        for slug, role in (
            ("binh-thuan", "province_admin"),
            ("da-nang", "province_admin"),
            ("binh-thuan", "officer"),
        )
    )

    def sees(person) -> bool:
        return "Bảo trì đêm nay" in person[0].get("/console/", headers=person[1]).get_data(as_text=True)

    assert [sees(person) for person in (mine, theirs, officer)] == [True, False, False]
    number = re.search(
        r"/console/readiness/notices/(\d+)/read",
        mine[0].get("/console/", headers=mine[1]).get_data(as_text=True),
    )[1]
    assert theirs[0].post(f"/console/readiness/notices/{number}/read", headers=theirs[1]).status_code == 404
    mine[0].post(f"/console/readiness/notices/{number}/read", headers=mine[1])
    assert not sees(mine)
    second = (sign_in(app.test_client(), make_staff("binh-thuan", role="province_admin")), PROVINCE)
    assert sees(second)
    vendor.post(f"/vendor/notices/{number}/withdraw")
    assert not sees(second)
    assert "Xin ghi tiêu đề" in vendor.post("/vendor/notices/", **given | {"title": ""})


def test_going_into_a_province_leaves_a_line_here_and_a_link_that_opens_there(vendor):
    refused = vendor.post("/vendor/support/", tenant="binh-thuan", reason="xem", hours="2")
    assert "Lý do phải có" in refused

    shown = vendor.post(
        "/vendor/support/", tenant="binh-thuan", reason="Xem lỗi webhook theo yêu cầu", hours="2"
    )

    assert "http://binh-thuan.localhost" in shown and "/console/support/enter/" in shown
    assert "Xem lỗi webhook theo yêu cầu" in vendor.get("/vendor/support/")


def test_a_province_that_is_none_is_not_found(vendor):
    vendor.get("/vendor/tenants/hue/", 404)
    for act in ("go-live", "suspend", "resume", "plan", "invitations"):
        vendor.post(f"/vendor/tenants/hue/{act}", 404, reason="Một lý do đủ dài", slug="hue", weight="1")
    assert fresh("hue") is None


def test_usage_calls_provinces_by_name_and_offers_to_close_only_a_month_that_is_over(vendor):
    running, over = vendor.get("/vendor/usage/"), vendor.get("/vendor/usage/?month=01/2024")

    for page in (running, over):
        assert 'lang="vi">Bình Thuận</a>' in page and 'lang="vi">Đà Nẵng</a>' in page
    assert "Chốt tháng 01/2024" in over and "Chốt tháng" not in running


def test_the_vendor_notes_a_backup_where_the_checklist_misses_it(vendor):
    path = "/vendor/tenants/binh-thuan/"
    assert "Nhà cung cấp sao lưu và ghi lại" in vendor.get(path)

    refused = vendor.post(f"{path}backups", place=" x ")
    noted = vendor.post(f"{path}backups", place="Kho lạnh số 3")

    assert "Xin ghi bản sao lưu nằm ở đâu" in refused and "Nhà cung cấp sao lưu và ghi lại" in refused
    assert "Kho lạnh số 3" in noted and "Nhà cung cấp sao lưu và ghi lại" not in noted
    assert "Kho lạnh" not in vendor.get("/vendor/tenants/da-nang/")
    vendor.post("/vendor/tenants/khong-co/backups", 404, place="kho sao lưu")
