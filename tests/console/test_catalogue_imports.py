"""A province's list in the console: uploaded, mapped, checked, put right, applied, undone."""

import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook

from motcua.catalogue import lookup
from motcua.catalogue.importing import checking
from motcua.core.database import tenant_scope
from tests.catalogue.sheets import TITLES, row, xlsx

BASE = "/console/catalogue/imports/"


def upload(browser, data: bytes, name: str = "Danh mục 2026.xlsx") -> str:
    """The address of the import's own page."""
    answer = browser.post(BASE, data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 303
    return answer.headers["Location"].removesuffix("/mapping")


def check(browser, page: str, **form) -> str:
    """Send the columns as the page proposes them and do the worker's work; returns the page afterwards."""
    proposed = text(browser.get(page + "/mapping"))
    columns = dict(re.findall(r'name="(column-\d+)".*?<option value="([^"]+)" selected', proposed, re.DOTALL))
    header = re.search(r'name="header" value="(\d+)"', proposed)[1]
    sheet = re.search(r'name="sheet" value="([^"]+)"', proposed)[1]
    answer = browser.post(page + "/mapping", data={"sheet": sheet, "header": header} | columns | form)
    assert answer.status_code == 303
    with tenant_scope("binh-thuan"):
        checking.check(number(page))
    return text(browser.get(page))


def number(page: str) -> int:
    return int(page.rpartition("/")[2])


def text(answer) -> str:
    assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
    return unescape(answer.get_data(as_text=True))


GOOD = [row("9.000001", fee="50.000 đồng"), row("9.000002", name="Hỗ trợ <b>ngư dân</b>")]


def test_a_good_list_goes_all_the_way_and_back(admin):
    page = upload(admin, xlsx([TITLES, *GOOD]))
    ready = check(admin, page)
    admin.post(page + "/apply")
    applied = text(admin.get(page))
    with tenant_scope("binh-thuan"):
        seen = lookup.find_procedure("9.000001")
    admin.post(page + "/undo")
    undone = text(admin.get(page))

    assert "Chờ áp dụng" in ready and "9.000001" in ready and "50.000 đồng" in ready
    assert "<b>ngư dân" not in admin.get(page).get_data(as_text=True)
    assert "Đã áp dụng" in applied and "Hoàn tác lần nhập này" in applied
    assert seen.facts.describe_fee_for("counter") == "50.000 đồng"
    assert "trả lại 2 thủ tục" in undone
    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure("9.000001") is None


def test_faults_stand_in_the_sheets_own_cells_with_row_and_column(admin):
    page = upload(admin, xlsx([["DANH MỤC"], TITLES, GOOD[0], row("9.000002", time="0 ngày", fee="-5")]))

    shown = check(admin, page)

    assert "2 lỗi" in shown and "Danh mục chưa thay đổi gì" in shown
    assert re.search(
        r'<th scope="row">4</th>.*Thời hạn phải lớn hơn 0\..*Mức phí là số âm\.', shown, re.DOTALL
    )
    assert '<th scope="row">3</th>' not in shown
    assert '<th scope="row">3</th>' in text(admin.get(page + "?rows=all"))
    assert "còn lỗi" in text(admin.follow(page + "/apply"))


def test_the_marked_copy_is_an_excel_file_that_opens(admin):
    page = upload(admin, xlsx([TITLES, row("9.000002", time="0 ngày")]))
    check(admin, page)

    answer = admin.get(page + "/marked.xlsx")

    book = load_workbook(io.BytesIO(answer.data))
    assert "danh-dau.xlsx" in answer.headers["Content-Disposition"]
    assert book.active["E2"].comment.text.startswith("Thời hạn phải lớn hơn 0.")


def test_progress_is_told_while_checking(admin):
    page = upload(admin, xlsx([TITLES, *GOOD]))
    admin.post(
        page + "/mapping",
        data={
            "sheet": "Danh mục",
            "header": "1",
            "column-0": "code",
            "column-1": "name",
            "column-2": "field",
        },
    )

    waiting, part = text(admin.get(page)), text(admin.get(page + "/progress"))

    assert "<progress" in waiting and "htmx.js" in waiting
    assert "Đang đọc tệp" in part and f'hx-get="{page}/progress"' in part and "<html" not in part


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "Chưa chọn tệp"), (b"PK damaged", "bị hỏng")],
    ids=["nothing", "damaged"],
)
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_kept(admin, data, sentence):
    answer = admin.client.post(
        BASE,
        data={"file": (io.BytesIO(data), "a.xlsx")},
        headers={"Host": "binh-thuan.localhost"},
        follow_redirects=True,
    )

    assert sentence in text(answer)
    assert "Chưa có lần nhập nào" in text(admin.get(BASE))


def test_a_list_without_a_code_column_is_sent_back(admin):
    page = upload(admin, xlsx([TITLES, *GOOD]))

    answer = admin.follow(page + "/mapping", data={"sheet": "Danh mục", "header": "1", "column-1": "name"})

    assert "Chưa chọn cột nào là Mã thủ tục" in text(answer)


def test_an_officer_sees_imports_and_starts_none(officer, admin):
    page = upload(admin, xlsx([TITLES, *GOOD]))
    check(admin, page)

    assert "Danh mục 2026.xlsx" in text(officer.get(BASE))
    assert "9.000001" in text(officer.get(page))
    for path in ("/apply", "/undo", "/discard", "/mapping"):
        assert officer.post(page + path).status_code == 403
    assert officer.post(BASE, data={"file": (io.BytesIO(b"x"), "a.csv")}).status_code == 403


def test_throwing_a_file_away_leaves_the_catalogue_alone(admin):
    page = upload(admin, xlsx([TITLES, *GOOD]))

    admin.post(page + "/discard")

    assert admin.get(page).status_code == 404


@pytest.mark.parametrize(
    "path", ["0", "99999", "99999/mapping", "99999/progress", "99999/marked.xlsx", str(2**70)]
)
def test_an_unknown_import_is_not_found(admin, path):
    assert admin.get(BASE + path).status_code == 404
