"""The console's pages of extra services: switch, set, load, correct, try, publish, roll back."""

import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from motcua.core.database import db, tenant_scope
from motcua.services import data, switching
from tests.installing import LINES, load, put_in_folder, switch_on

DATA = "/console/services/buses/data/"


def upload(browser, content: str = LINES, **form: str) -> str:
    """The page that loading leads to."""
    file = (io.BytesIO(content.encode()), "Giờ xe.csv")
    return browser.follow(DATA, data={"file": file, "is_official": "1"} | form).get_data(as_text=True)


def number_in(page: str) -> str:
    return re.search(r"/data/(\d+)/file", page)[1]


def test_an_admin_opens_a_service_and_the_page_says_what_holds(buses, admin):
    put_in_folder("binh-thuan", services=[], service_settings={"buses": {"operator": "Thành Bưởi"}})

    page = admin.follow(
        "/console/services/buses",
        data={"switch": "on", "setting-operator": "Phương Trang", "setting-api_key": "rất bí mật"},
    ).get_data(as_text=True)

    assert "Giờ xe buýt đang mở cho người dân" in page
    assert "Phương Trang" in page
    assert "Thư mục của tỉnh ghi: Thành Bưởi" in page
    assert "Đã có giá trị, không hiện lại" in page
    assert "rất bí mật" not in page
    with tenant_scope("binh-thuan"):
        assert switching.settings_of("buses")["api_key"] == "rất bí mật"


def test_a_switch_that_is_none_is_refused(buses, admin):
    answer = admin.post("/console/services/buses", data={"switch": "maybe"})

    assert answer.status_code == 422
    assert "Xin chọn mở, đóng" in answer.get_data(as_text=True)


def test_a_file_goes_from_draft_through_a_trial_to_the_citizens_and_back(buses, admin):
    page = upload(admin, document="Thông báo 12", as_of="2026-01-15")
    number = number_in(page)
    assert "Bản nháp" in page
    assert "05:30" in page
    tried = admin.post(f"{DATA}{number}/try", data={"stop": "Chợ Đầm"}).get_data(as_text=True)
    assert "Tuyến 4" in tried
    assert data_in_force() == []

    published = admin.follow(f"{DATA}{number}/publish").get_data(as_text=True)
    assert "Đã công bố" in published
    assert data_in_force() == [int(number)]
    listed = admin.get("/console/services/").get_data(as_text=True)
    assert "15/01/2026" in listed

    asked = admin.get(f"{DATA}{number}/roll-back").get_data(as_text=True)
    assert "Sau khi thu lại: Người dân không còn câu trả lời" in asked
    back = admin.follow(f"{DATA}{number}/roll-back").get_data(as_text=True)
    assert "Đã thu lại. Người dân không còn câu trả lời" in back
    assert data_in_force() == []

    assert "Công bố lại" in back
    admin.follow(f"{DATA}{number}/publish")
    assert data_in_force() == [int(number)]


def test_a_version_that_a_newer_one_took_over_from_says_so_and_comes_back_with_it(buses, admin):
    older = load(buses)
    newer = load(buses, LINES.replace("12.000", "13.000"), as_of=date(2026, 1, 1))

    page = admin.get(f"{DATA}{older.id}").get_data(as_text=True)
    listed = admin.get(DATA).get_data(as_text=True)
    asked = admin.get(f"{DATA}{newer.id}/roll-back").get_data(as_text=True)

    for text in (page, listed):
        assert f"Đã thay bằng bản {newer.id} lúc" in text
        assert "hu lại" not in text.partition("<main")[2].split("Thu lại…")[0]
    assert f"Người dân được trả lời theo bản {older.id}." in asked


def test_a_draft_is_shown_and_tried_in_the_words_that_citizens_see(buses, admin):
    draft = load(
        buses, publish=False, document="Thông báo 12", is_official=False, next_update_on=date(2026, 12, 1)
    )

    page = admin.get(f"{DATA}{draft.id}").get_data(as_text=True)
    tried = admin.post(f"{DATA}{draft.id}/try", data={"stop": "Chợ Đầm"}).get_data(as_text=True)

    assert "12.000 đồng" in page
    assert "01/12/2026" in page
    assert "tham khảo, không chính thức" in page
    assert f"motcua service publish buses {draft.id}" in page
    assert "Nguồn: Thông báo 12" in tried
    assert "Giờ có thể đổi ngày lễ." in tried


def test_what_a_draft_lacks_is_warned_of_and_it_can_be_published_all_the_same(buses, admin):
    number = number_in(page := upload(admin))
    assert "Chưa ghi văn bản" in page
    assert "Chưa ghi ngày có hiệu lực" in page

    assert "Đã công bố" in admin.follow(f"{DATA}{number}/publish").get_data(as_text=True)

    told = upload(admin, LINES, document="Thông báo 12", valid_from="2026-01-01")
    assert "Chưa ghi" not in told


def test_a_picture_is_told_to_be_no_table(buses, admin):
    file = (io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(64)), "bang.xlsx")

    answer = admin.follow(DATA, data={"file": file}).get_data(as_text=True)

    assert "Tệp này là ảnh, không phải bảng. Xin tải lên tệp Excel (.xlsx) hoặc CSV." in answer


def data_in_force() -> list[int]:
    from motcua.tenancy import current

    with tenant_scope("binh-thuan"):
        return [version.id for version, _ in data.in_force("buses", current.today())]


def test_a_wrong_file_is_shown_with_its_faults_in_place_and_given_back_marked(buses, admin):
    page = upload(admin, LINES + "9;;25h99;x\n")

    assert "3 lỗi, chưa nạp gì" in page
    assert "25h99" in page
    marked = admin.get(f"{DATA}{number_in(page)}/marked.xlsx")
    sheet = load_workbook(io.BytesIO(marked.data)).active
    assert sheet.cell(5, 3).value == "25h99"
    assert "Xin ghi giờ:phút" in sheet.cell(5, 3).comment.text
    assert sheet.cell(4, 3).comment is None
    assert data_in_force() == []


def test_the_file_can_be_had_back_as_it_came(buses, admin):
    number = number_in(upload(admin))

    answer = admin.get(f"{DATA}{number}/file")

    assert answer.data == LINES.encode()
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "form"),
    [(b"%PDF-1.7", {}), (b"", {}), (LINES.encode(), {"valid_from": "hôm nay"}),
     (LINES.encode(), {"valid_from": "2026-02-02", "valid_to": "2026-01-01"})],
    ids=["pdf", "empty", "no date", "turned dates"],
)  # fmt: skip
def test_what_cannot_be_taken_is_told_and_nothing_is_kept(buses, admin, content, form):
    answer = admin.follow(DATA, data={"file": (io.BytesIO(content), "x.csv")} | form)

    assert "Xin" in re.search(r'<div class="alert alert-danger".*?</div>', answer.get_data(as_text=True))[0]
    with tenant_scope("binh-thuan"):
        assert data.versions(buses) == []


def test_a_draft_can_be_dropped_and_what_was_seen_stays(buses, admin):
    draft, seen = number_in(upload(admin)), load(buses).id

    dropped = admin.follow(f"{DATA}{draft}/discard").get_data(as_text=True)
    kept = admin.follow(f"{DATA}{seen}/discard").get_data(as_text=True)

    assert "Đã bỏ." in dropped
    assert "giữ làm lịch sử" in kept
    assert data_in_force() == [seen]


def test_stale_data_are_warned_of(buses, admin):
    switch_on("buses")
    load(buses, as_of=date(2025, 1, 1))

    for path in ("/console/services/", "/console/services/buses", DATA):
        assert "đã quá ngày cần cập nhật" in admin.get(path).get_data(as_text=True)


def test_a_broken_package_is_shown_to_those_who_can_have_it_mended(installed, admin):
    installed.add("broken_package", "import nothing_of_this_name", {"broken": "broken_package:Broken"})

    page = admin.get("/console/services/").get_data(as_text=True)

    assert "broken_package 1.0" in page
    assert "Không nạp được gói" in page


def test_an_officer_looks_and_changes_nothing(buses, officer):
    version = load(buses, publish=False)

    page = officer.get("/console/services/buses").get_data(as_text=True)

    assert "Lượt hỏi" in page
    assert "<form method" not in page.split("</header>")[1]
    for path in (
        "/console/services/buses",
        DATA,
        f"{DATA}{version.id}/publish",
        f"{DATA}{version.id}/discard",
    ):
        assert officer.post(path).status_code == 403


def test_another_provinces_version_is_not_found(buses, admin):
    theirs = load(buses, slug="da-nang")

    for path in ("", "/file", "/marked.xlsx"):
        assert admin.get(f"{DATA}{theirs.id}{path}").status_code == 404
        assert admin.get(f"{DATA}{theirs.id + 999}{path}").status_code == 404
    for act in ("publish", "roll-back", "discard", "try"):
        assert admin.post(f"{DATA}{theirs.id}/{act}").status_code == 404
    with tenant_scope("da-nang"):
        assert data.find(buses, theirs.id).state == "published"
        db.session.rollback()


def test_a_service_without_data_has_no_data_page(plates, admin):
    assert admin.get("/console/services/plates/data/").status_code == 404
    assert admin.get("/console/services/plates").status_code == 200
