"""The catalogue in the console: looked through, changed, switched, with its history."""

from html import unescape

import pytest

from motcua.catalogue import lookup
from motcua.catalogue.models import Agency
from motcua.core.database import db, tenant_scope
from tests.catalogue.sheets import TITLES, applied, row, xlsx

MARRIAGE = "1.000894"
BASE = "/console/catalogue/"


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def own_procedures(two_provinces):
    """Sixty procedures of Bình Thuận's own beside the marriage one."""
    with tenant_scope("binh-thuan"):
        rows = [row(f"9.{n:06d}", name=f"Hỗ trợ ngư dân số {n}", fee="50.000 đồng") for n in range(60)]
        applied(xlsx([TITLES, *rows, [MARRIAGE, "", "", "", "5 ngày làm việc"]]))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 61),
        ("?q=dang+ky+ket+hon", 1),
        ("?q=hôn+kết", 1),
        ("?q=1.000894.000.00.00.H11", 1),
        ("?q=9.00000", 10),
        ("?q=%25", 61),
        ("?field=Thủy+sản", 60),
        ("?state=off", 0),
        ("?kind=overridden", 1),
        ("?kind=own&q=số+59", 1),
    ],
)
def test_the_list_is_searched_and_filtered(admin, own_procedures, query, count):
    page = text(admin.get(BASE + query))

    assert f"{count} thủ tục." in page


def test_a_long_list_comes_in_pages(admin, own_procedures):
    first, second, beyond = (text(admin.get(f"{BASE}?page={n}")) for n in (1, 2, 99))

    assert "Trang 1 / 2" in first and "9.000049" not in first
    assert "Trang 2 / 2" in second and "9.000059" in second
    assert "Trang 2 / 2" in beyond


def test_the_list_asks_the_database_as_often_for_sixty_rows_as_for_one(app, admin, own_procedures):
    statements = []
    db.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    admin.get(BASE + "?q=ket+hon")
    few = len(statements)
    statements.clear()

    admin.get(BASE)

    assert len(statements) == few


def test_a_procedures_page_shows_the_override_beside_the_national_value(admin):
    admin.post(BASE + MARRIAGE, data={"fee": "20000", "time": "3 ngày làm việc", "reason": "QĐ 12/2026"})

    page = text(admin.get(BASE + MARRIAGE))

    assert "20.000 đồng" in page and "Miễn phí" in page and "3 ngày làm việc" in page
    assert "Trang quản trị, Phạm Thu Hà" in page
    assert "Lý do: QĐ 12/2026" in page
    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure(MARRIAGE).facts.describe_fee_for("online") == "20.000 đồng"


def test_emptying_a_field_brings_the_national_value_back(admin):
    admin.post(BASE + MARRIAGE, data={"fee": "20000"})

    admin.post(BASE + MARRIAGE, data={"fee": ""})

    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure(MARRIAGE).overrides == {}


def test_wrong_values_are_all_named_and_nothing_is_saved(admin):
    answer = admin.post(BASE + MARRIAGE, data={"fee": "-5", "time.online": "năm hôm", "note": "Đúng"})
    page = unescape(answer.get_data(as_text=True))

    assert answer.status_code == 422
    assert "Mức phí là số âm." in page and "Không hiểu thời hạn này." in page
    assert "năm hôm" in page and "Đúng" in page
    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure(MARRIAGE).overrides == {}


def test_switching_off_needs_a_reason_and_hides_it_from_citizens(admin):
    refused = admin.post(BASE + MARRIAGE + "/switch", data={"enabled": "0", "reason": " "})
    admin.post(BASE + MARRIAGE + "/switch", data={"enabled": "0", "reason": "Chuyển về xã"})

    assert refused.status_code == 422
    assert "Lý do: Chuyển về xã" in text(admin.get(BASE + MARRIAGE))
    with tenant_scope("binh-thuan"):
        assert lookup.find_procedure(MARRIAGE) is None


def test_an_officer_sees_and_cannot_change(officer):
    assert "Đăng ký kết hôn".lower() in text(officer.get(BASE + MARRIAGE)).lower()
    assert officer.post(BASE + MARRIAGE, data={"fee": "1000"}).status_code == 403
    assert officer.post(BASE + MARRIAGE + "/switch", data={"enabled": "0", "reason": "x"}).status_code == 403


def test_a_script_in_a_note_is_shown_as_text(admin):
    admin.post(BASE + MARRIAGE, data={"note": "<script>alert(1)</script>"})

    page = admin.get(BASE + MARRIAGE).get_data(as_text=True)

    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


@pytest.mark.parametrize("code", ["9.999999", "abc", "1.000894.H11.x y", "000.00.01.H17-241126-0002"])
def test_an_unknown_procedure_is_not_found(admin, code):
    assert admin.get(BASE + code).status_code == 404
    assert admin.post(BASE + code, data={"fee": ""}).status_code == 404


def test_one_provinces_override_is_not_the_others(admin):
    admin.post(BASE + MARRIAGE, data={"note": "Của Bình Thuận"})

    with tenant_scope("da-nang"):
        assert lookup.find_procedure(MARRIAGE).note is None


def test_a_form_without_its_token_changes_nothing(app, admin):
    app.config["WTF_CSRF_ENABLED"] = True

    answer = admin.post(BASE + MARRIAGE, data={"note": "x"})

    assert answer.status_code == 400


def test_the_agencies_stand_in_their_tree_with_what_they_carry_out(admin):
    with tenant_scope("binh-thuan"):
        db.session.add(
            Agency(
                code="to-1",
                name="Tổ Một",
                kind="other",
                level="commune",
                parent_code="ubnd-phuong",
                old_units=[],
            )
        )
        db.session.commit()
    admin.post(BASE + MARRIAGE, data={"agency": "ubnd-phuong"})

    page = text(admin.get(BASE + "agencies"))

    assert '<td class="depth-0">UBND phường Một, Bình Thuận</td>' in page
    assert '<td class="depth-1">Tổ Một</td>' in page
    assert '<td data-label="Thủ tục đang bật">1</td>' in page
