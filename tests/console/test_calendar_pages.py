"""`/console/calendar/`: what stands there, what a change would do, and who may do it."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from motcua.catalogue.models import Agency
from motcua.core.database import db, tenant_scope
from motcua.dossiers import jobs
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message
from motcua.tenancy.models import Tenant
from tests.dossiers.test_promising import due, takes, without_date
from tests.factories import make_citizen

PREVIEW = "/console/calendar/preview?act=set&date=2026-11-20&kind=closed&reason=b%C3%A3o+s%E1%BB%91+12"


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(datetime(2026, 11, 18, 6, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def dossier(two_provinces):
    with tenant_scope("binh-thuan"):
        takes("3 ngày làm việc")
        make_citizen(phone="84912345678")
        return without_date()


def hidden(page: str) -> dict[str, str]:
    """The form's hidden fields."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_year_says_which_days_differ_and_why(officer):
    page = text_of(officer.get("/console/calendar/?year=2026"))

    for words in (
        "24/11/2026",
        "Ngày Văn hóa Việt Nam",
        "22/08/2026",
        "Hoán đổi quốc gia",
        "T2-T6 07:00-11:30 13:30-17:00",
    ):
        assert words in page
    assert "Đặt một ngày" not in page


@pytest.mark.parametrize("year", ["2027", "1", "99999", "abc"])
def test_any_year_is_answered(officer, year):
    assert officer.get(f"/console/calendar/?year={year}").status_code == 200


def test_hours_of_agencies_and_days_of_the_folder_stand_with_their_source(admin):
    with tenant_scope("binh-thuan"):
        agency = db.session.scalar(db.select(Agency))
        agency.office_hours = "T2-T6 07:30-11:30"
        tenant = db.session.get(Tenant, "binh-thuan")
        tenant.settings = tenant.settings | {
            "extra_open_days": [{"date": "2026-11-21", "reason": "nhận thêm", "counts": False}]
        }
        db.session.commit()

    page = text_of(admin.get("/console/calendar/"))

    for words in ("UBND phường Một", "T2-T6 07:30-11:30", "nhận thêm", "Chỉ tiếp nhận", "Thư mục của tỉnh"):
        assert words in page


def test_a_day_is_previewed_applied_told_and_taken_back(admin, dossier):
    preview = text_of(admin.get(PREVIEW))
    assert "1 hồ sơ đổi ngày hẹn" in preview and dossier.code in preview
    assert "10:00 thứ Hai, 23/11/2026" in preview and "10:00 thứ Tư, 25/11/2026" in preview
    assert "Cơ quan nghỉ ngày 20/11/2026 (bão số 12)" in preview

    page = text_of(admin.follow("/console/calendar/changes", data=hidden(preview)))
    assert "Đã lưu lịch" in page and "Đang tính lại ngày hẹn" in page
    part = text_of(admin.get("/console/calendar/progress"))
    assert "Còn 1 hồ sơ" in part and 'hx-get="/console/calendar/progress"' in part
    jobs.recalculate("binh-thuan")
    assert admin.get("/console/calendar/progress").headers["HX-Refresh"] == "true"

    with tenant_scope("binh-thuan"):
        assert due(db.session.scalar(db.select(Dossier))) == "25/11 10:00"
        said = db.session.scalar(db.select(Message.content).order_by(Message.id.desc()))
        assert "Cơ quan nghỉ ngày 20/11/2026 (bão số 12)" in str(said)
    page = text_of(admin.get("/console/calendar/"))
    assert "1 hồ sơ đổi ngày hẹn" in page and "Đang tính lại" not in page
    undo = re.search(r'href="(/console/calendar/preview\?act=remove[^"]*)"', page)[1].replace("&amp;", "&")

    preview = text_of(admin.get(undo))
    assert "1 sớm hơn" in preview
    admin.follow("/console/calendar/changes", data=hidden(preview))
    jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        assert due(db.session.scalar(db.select(Dossier))) == "23/11 10:00"


def test_a_change_of_the_folder_is_pointed_at_and_confirmed(admin, dossier):
    with tenant_scope("binh-thuan"):
        tenant = db.session.get(Tenant, "binh-thuan")
        tenant.settings = tenant.settings | {"closed_days": [{"date": "2026-11-20", "reason": "lũ"}]}
        db.session.commit()
    page = text_of(admin.get("/console/calendar/"))
    assert "Lịch đã đổi ngoài trang này" in page
    link = re.search(r'href="(/console/calendar/preview\?act=recalculate[^"]*)"', page)[1].replace(
        "&amp;", "&"
    )

    admin.follow("/console/calendar/changes", data=hidden(text_of(admin.get(link))))
    jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        assert due(db.session.scalar(db.select(Dossier))) == "25/11 10:00"
    assert "Lịch đã đổi ngoài" not in text_of(admin.get("/console/calendar/"))


def test_a_preview_overtaken_by_another_change_is_not_applied(admin, dossier):
    first, second = text_of(admin.get(PREVIEW)), text_of(admin.get(PREVIEW.replace("11-20", "11-23")))
    admin.follow("/console/calendar/changes", data=hidden(second))

    page = text_of(admin.follow("/console/calendar/changes", data=hidden(first)))

    assert "Lịch vừa được người khác thay đổi" in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "act=set",
        "act=set&date=2026-11-20&kind=closed",
        "act=set&date=2026-11-20&kind=closed&reason=x",
        "act=set&date=2026-13-20&kind=closed&reason=storm",
        "act=set&date=0001-01-01&kind=closed&reason=storm",
        "act=set&date=2026-11-20&reason=storm",
        "act=set&date=2026-11-20&kind=half&reason=storm",
        "act=remove&date=2026-11-20&reason=storm",
        "act=destroy&reason=storm",
    ],
)
def test_a_wrong_wish_is_refused_with_a_remedy_and_the_page_stays(admin, query):
    answer = admin.get(f"/console/calendar/preview?{query}")

    assert answer.status_code == 422
    assert "Xin" in text_of(answer) and "Đặt một ngày" in text_of(answer)


def test_words_are_escaped(admin):
    page = text_of(
        admin.get("/console/calendar/preview?act=set&date=2026-11-20&kind=closed&reason=<script>1</script>")
    )

    assert "<script>1" not in page


def test_an_officer_sees_and_changes_nothing(officer):
    assert officer.get("/console/calendar/").status_code == 200
    assert officer.get(PREVIEW).status_code == 403
    assert (
        officer.post("/console/calendar/changes", data={"act": "recalculate", "reason": "xyz"}).status_code
        == 403
    )


def test_a_day_may_be_typed_as_it_is_written_in_vietnam(admin):
    path = "/console/calendar/preview?act=set&kind=closed&reason=b%C3%A3o&date="

    assert "Thứ Sáu, 20/11/2026" in text_of(admin.get(path + "20%2F11%2F2026"))
    refused = admin.get(path + "31%2F02%2F2026")
    assert refused.status_code == 422
    assert "Xin ghi ngày/tháng/năm, như 31/12/2026." in text_of(refused)
