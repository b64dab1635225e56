"""What citizens read on a province's own site: its procedures, its offices, and nothing of another province."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from motcua.catalogue.models import Agency, NationalProcedure, TenantProcedure
from motcua.conversation import missed
from motcua.core.database import db, tenant_scope
from motcua.portal import searching
from motcua.tenancy.models import OfficialAccount, Tenant
from tests.factories import make_communes

HOST, THEIRS = {"Host": "binh-thuan.localhost"}, {"Host": "da-nang.localhost"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def visitor(app, two_provinces):
    return app.test_client()


def read(visitor, path: str, status: int = 200, headers=HOST) -> str:
    answer = visitor.get(path, headers=headers)
    assert answer.status_code == status, answer.status_code
    return answer.get_data(as_text=True)


def add(slug: str, *rows) -> None:
    with tenant_scope(slug):
        db.session.add_all(rows)
        db.session.commit()


def test_the_front_page_leads_to_search_dossiers_procedures_and_the_chat(visitor):
    page = read(visitor, "/")

    for there in (
        'action="/tim"',
        'name="digits"',
        "/thu-tuc/1.000894",
        "zalo.me/388000000000000060",
        "/theo-doi",
        "/kenh-chinh-thuc",
    ):
        assert there in page


def test_words_without_accents_find_the_procedure_and_its_page_says_what_to_bring(visitor):
    found = read(visitor, "/tim?q=dang+ky+ket+hon")
    page = read(visitor, "/thu-tuc/1.000894")

    assert 'href="/thu-tuc/1.000894"' in found
    for there in ("Giấy tờ cần chuẩn bị", "Thời hạn", "Miễn phí", "Căn cứ pháp lý", "Nơi nộp", "20/07/2026"):
        assert there in page
    assert "1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)" in page


def test_a_procedure_under_the_provinces_own_form_of_its_code_is_the_same_page(visitor):
    answer = visitor.get("/thu-tuc/1.000894.000.00.00.H11", headers=HOST)

    assert (answer.status_code, answer.headers["Location"]) == (301, "/thu-tuc/1.000894")


def test_what_a_province_says_over_the_national_facts_stands_on_its_page_only(visitor):
    with tenant_scope("da-nang"):
        row = db.session.query(TenantProcedure).filter_by(code="1.000894").one()
        row.overrides = {"fee": "30.000 đồng", "desk": "Quầy 7", "note": "Chỉ nhận buổi sáng."}
        db.session.commit()

    theirs, ours = read(visitor, "/thu-tuc/1.000894", headers=THEIRS), read(visitor, "/thu-tuc/1.000894")

    for word in ("30.000 đồng", "Quầy 7", "Chỉ nhận buổi sáng."):
        assert word in theirs and word not in ours


def test_a_procedure_and_an_office_of_another_province_are_not_here(visitor):
    add(
        "da-nang",
        TenantProcedure(code="1.001193", is_enabled=True, overrides={}),
        Agency(code="so-rieng", name="Sở Riêng", kind="department", level="province", old_units=[]),
    )

    assert "đăng ký khai sinh" in read(visitor, "/thu-tuc/1.001193", headers=THEIRS)
    assert "không nộp ở các cơ quan của tỉnh" in read(visitor, "/thu-tuc/1.001193", 404)
    assert "Sở Riêng" in read(visitor, "/co-quan/so-rieng", headers=THEIRS)
    assert "Sở Riêng" not in read(visitor, "/co-quan/so-rieng", 404)
    assert "Sở Riêng" not in read(visitor, "/co-quan?q=so+rieng")


@pytest.mark.parametrize("code", ["9.999999", "x", "1.000894x", "..", "1.0008941", "%00", "1.000894'--"])
def test_an_unknown_code_says_so_and_offers_the_search(visitor, code):
    page = read(visitor, f"/thu-tuc/{code}", 404)

    assert "không có" in page.lower()


def test_a_withdrawn_procedure_is_gone_and_says_since_when(visitor):
    row = db.session.get(NationalProcedure, "1.000894")
    row.withdrawn_on = date(2026, 11, 1)
    db.session.commit()
    try:
        page = read(visitor, "/thu-tuc/1.000894", 410)
        fields = read(visitor, "/thu-tuc/")
    finally:
        row.withdrawn_on = None
        db.session.commit()

    assert "01/11/2026" in page and "không còn nữa" in page
    assert "Hộ tịch" not in fields


def test_procedures_are_leafed_through_by_field(visitor):
    assert "Hộ tịch" in read(visitor, "/thu-tuc/")
    assert "/thu-tuc/1.000894" in read(visitor, "/thu-tuc/?linh-vuc=H%E1%BB%99+t%E1%BB%8Bch&trang=99")
    assert "Xin chọn trong danh sách" in read(visitor, "/thu-tuc/?linh-vuc=khong+co", 404)


@pytest.mark.parametrize(
    "path", ["/tim?q={}", "/co-quan?q={}", "/thu-tuc/?linh-vuc={}", "/thu-tuc/{}", "/thong-bao?number={}"]
)
def test_what_is_asked_comes_back_as_text_only(visitor, path):
    answer = visitor.get(path.format(SCRIPT.replace("/", "%2F")), headers=HOST)

    assert SCRIPT not in answer.get_data(as_text=True)
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "line", ["", " ", "\x00", "ạ" * 5000, "%", "'; drop table", "😀", "#menu", "-" * 300]
)
def test_odd_lines_in_the_search_box_are_answered(visitor, line):
    answer = visitor.get("/tim", query_string={"q": line}, headers=HOST)

    assert answer.status_code in (200, 404)


def test_a_dossier_code_in_the_search_box_is_led_to_the_look_up(visitor):
    assert "Đây là mã hồ sơ?" in read(visitor, "/tim?q=000.00.01.H11-241126-0007")


def test_what_nobody_could_answer_reaches_the_desks_list(visitor):
    read(visitor, "/tim?q=zzz+qqq", 404)

    with tenant_scope("binh-thuan"):
        assert [one.example for one in missed.listed()] == ["zzz qqq"]
    with tenant_scope("da-nang"):
        assert missed.listed() == []


def test_an_address_that_searches_without_end_is_asked_to_wait(visitor, monkeypatch):
    monkeypatch.setattr(searching, "PER_MINUTE", 3.0)
    answers = [visitor.get("/tim?q=ket+hon", headers=HOST) for _ in range(8)]

    refused = [one for one in answers if one.status_code == 429]
    assert refused and int(refused[0].headers["Retry-After"]) > 0
    assert "Xin đợi một lát" in refused[0].get_data(as_text=True)
    assert visitor.get("/tim?q=ket+hon", headers=THEIRS).status_code == 200


def test_an_offices_page_says_when_it_is_open_and_what_is_filed_there(visitor):
    with tenant_scope("binh-thuan"):
        make_communes()
        db.session.query(TenantProcedure).filter_by(code="1.000894").one().agency = "commune"
        db.session.commit()

    with time_machine.travel(datetime(2026, 11, 25, 3, tzinfo=UTC), tick=False):  # Wednesday 10:00
        page = read(visitor, "/co-quan/ubnd-mui-ne")
        english = read(visitor, "/co-quan/ubnd-mui-ne?lang=en")
    with time_machine.travel(datetime(2026, 11, 25, 14, tzinfo=UTC), tick=False):
        closed = read(visitor, "/co-quan/ubnd-mui-ne?lang=vi")

    assert "Đang mở cửa, đến 11:30" in page and "Phường Hàm Tiến" in page and "/thu-tuc/1.000894" in page
    assert "Open now, until 11:30" in english and "Mon-Fri" in english.replace("Mon–Fri", "Mon-Fri")
    assert "Đang đóng cửa" in closed


def test_offices_are_found_by_an_old_name(visitor):
    with tenant_scope("binh-thuan"):
        make_communes()
        db.session.commit()

    page = read(visitor, "/co-quan?q=ham+tien")

    assert "UBND phường Mũi Né" in page and "Phan Thiết" not in page


def test_a_province_without_a_zalo_account_says_so_instead_of_a_dead_button(visitor):
    with tenant_scope("binh-thuan"):
        db.session.execute(db.delete(OfficialAccount))
        db.session.commit()

    for path in ("/", "/theo-doi", "/kenh-chinh-thuc", "/thu-tuc/1.000894"):
        assert "zalo.me" not in read(visitor, path)
    assert "đang chuẩn bị mở kênh Zalo" in read(visitor, "/")


def test_a_suspended_province_says_where_to_go_and_shows_nothing(visitor):
    with tenant_scope("binh-thuan"):
        db.session.get(Tenant, "binh-thuan").status = "suspended"
        db.session.commit()

    for path in ("/", "/thu-tuc/1.000894", "/t/AAAAAAAAAAAA", "/tim?q=ket+hon"):
        page = read(visitor, path, 503)
        assert "tạm dừng" in page and "<nav" not in page


def test_a_province_on_trial_says_that_it_is_and_asks_not_to_be_listed(visitor):
    with tenant_scope("binh-thuan"):
        db.session.get(Tenant, "binh-thuan").status = "trial"
        db.session.commit()

    page = read(visitor, "/")

    assert "Trang đang chạy thử" in page and 'content="noindex"' in page
    assert "Trang đang chạy thử" not in read(visitor, "/", headers=THEIRS)


def test_the_official_channel_names_account_and_host(visitor):
    page = read(visitor, "/kenh-chinh-thuc")

    assert "388000000000000060" in page and "binh-thuan.localhost" in page
    assert "không bao giờ hỏi mật khẩu" in page
