"""`/console/agencies`: what the console says of an agency wins over the folder, and is remembered."""

from datetime import timedelta

import pytest

from motcua.applying import apply_tenant
from motcua.audit.models import AuditEntry
from motcua.catalogue import agencies
from motcua.catalogue.models import Agency
from motcua.core.database import db, tenant_scope
from motcua.services.directory import matching
from motcua.tenancy import current
from tests.factories import TENANTS

PAGE = "/console/agencies/"
TENANT = "binh-thuan"
CODE = "ubnd-phuong"
FORM = {"name": "UBND phường Một", "desk_name": "", "address": "12 Trần Phú", "phone": "0252 3821 234",
        "office_hours": "", "departments": "Tư pháp – Hộ tịch\n\n Địa chính "}  # fmt: skip


def text(answer) -> str:
    return answer.get_data(as_text=True)


def agency(code: str = CODE) -> Agency:
    with tenant_scope(TENANT):
        return db.session.scalars(db.select(Agency).where(Agency.code == code)).one()


def test_a_change_is_seen_by_citizens_and_stands_in_the_history_and_the_log(admin):
    page = text(admin.follow(PAGE + CODE, data=FORM))

    assert "Đã lưu. Người dân thấy ngay." in page
    assert "<ins>12 Trần Phú</ins>" in page and "Phạm Thu Hà" in page
    assert agency().departments == ["Tư pháp – Hộ tịch", "Địa chính"]
    with tenant_scope(TENANT):
        found = db.session.scalars(db.select(AuditEntry)).one()
    assert (found.action, found.detail["address"]) == ("agency.change", [None, "12 Trần Phú"])


def test_the_same_again_changes_nothing(admin):
    admin.post(PAGE + CODE, data=FORM)

    assert "Không có gì thay đổi" in text(admin.follow(PAGE + CODE, data=FORM))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "Xin ghi tên cơ quan"),
        ({"phone": "gọi tôi"}, "Số điện thoại chưa đúng dạng"),
        ({"office_hours": "cả tuần"}, "chưa đúng dạng"),
        ({"address": "x" * 301}, "Dài quá 300"),
        ({"departments": "a\n" * 41}, "Nhiều hơn 40"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_kept(admin, given, sentence):
    answer = admin.post(PAGE + CODE, data=FORM | given | {"desk_name": "<i>Quầy</i>"})

    assert answer.status_code == 422
    assert sentence in text(answer) and "<i>" not in text(answer)
    assert agency().address is None


def test_changed_hours_lead_to_the_calendar(admin):
    page = text(admin.follow(PAGE + CODE, data=FORM | {"office_hours": "T2-T6 08:00-12:00"}))

    assert "xin mở Lịch làm việc" in page and "T2-T6 08:00-12:00" in page


def test_an_agency_is_added_closed_and_opened_again(admin):
    page = text(
        admin.follow(
            PAGE + "new", data=FORM | {"name": "Ban Dân tộc", "kind": "department", "level": "province"}
        )
    )
    assert "Đã thêm Ban Dân tộc" in page
    with tenant_scope(TENANT):
        tomorrow = current.today() + timedelta(days=1)
    admin.post(f"{PAGE}ban-dan-toc/close", data={"last_day": tomorrow.isoformat(), "reason": "Sáp nhập"})

    with tenant_scope(TENANT):
        on = [
            {one.code for one in matching.agencies_on(day)}
            for day in (tomorrow, tomorrow + timedelta(days=1))
        ]
    assert ["ban-dan-toc" in codes for codes in on] == [True, False]
    assert "Sáp nhập" in text(admin.get(f"{PAGE}ban-dan-toc"))
    admin.post(f"{PAGE}ban-dan-toc/reopen")
    assert agency("ban-dan-toc").valid_to is None


def test_two_agencies_of_one_name_are_refused(admin):
    form = FORM | {"name": "Ban Dân tộc", "kind": "department", "level": "province"}
    admin.post(PAGE + "new", data=form)

    assert admin.post(PAGE + "new", data=form | {"name": "Ban dân tộc"}).status_code == 422


def test_the_folder_applied_again_leaves_what_the_console_said(app, national):
    apply_tenant(TENANTS / "da-nang")
    with tenant_scope("da-nang"):
        first = agencies.all_agencies()[0].code
        agencies.change(first, FORM | {"name": "Tên do tỉnh sửa"}, "Hà")
        agencies.add("other", "province", FORM | {"name": "Cơ quan chỉ có ở trang quản trị"}, "Hà")
        before = len(agencies.all_agencies())
        tenant = current.tenant()
        tenant.settings_digest = ""  # as if the folder had changed
        db.session.commit()

    apply_tenant(TENANTS / "da-nang")

    with tenant_scope("da-nang"):
        assert agencies.find(first).name == "Tên do tỉnh sửa"
        assert agencies.find(first).address == "12 Trần Phú"
        assert len(agencies.all_agencies()) == before


@pytest.mark.parametrize("act", ["", "/close", "/reopen"])
def test_anothers_agency_is_not_found(admin, act):
    with tenant_scope("da-nang"):
        agencies.add("other", "province", FORM | {"name": "Riêng của Đà Nẵng"}, "Hà")
        db.session.commit()
    path = f"{PAGE}rieng-cua-da-nang"

    assert admin.get(path).status_code == 404
    assert admin.post(path + act, data=FORM | {"last_day": "2026-12-01"}).status_code == 404


def test_an_officer_may_not_change_agencies(officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE + CODE, data=FORM).status_code == 403
