"""The page behind the QR, as a phone's browser gets it."""

import re
from pathlib import Path

import pytest

from motcua.core.database import db
from motcua.dossiers import codes
from tests.factories import make_dossier

HOST = {"Host": "binh-thuan.localhost"}


@pytest.fixture
def dossier(province):
    return make_dossier(department="Phòng Tư pháp", officer={"name": "Võ Minh Khang", "title": "Chuyên viên"})


@pytest.fixture
def visit(app, dossier):
    client = app.test_client()

    def get(path: str = f"/t/{dossier.token}"):
        return client.get(path, headers=HOST)

    get.client = client
    return get


def prove(client, dossier, digits: str):
    page = client.get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"csrf_token": token, "digits": digits}
    client.post(f"/t/{dossier.token}/proof", data=form, headers=HOST)
    return client.get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)


def test_the_paper_opens_status_date_and_agency_only(visit, dossier):
    page = visit().get_data(as_text=True)

    for words in ("Được tiếp nhận", "28/11/2024", "UBND phường Một", codes.spaced(dossier.token)):
        assert words in page
    for secret in ("Khang", "Phòng Tư pháp", "Nguyễn Thị Lan", "0912345678", "060190012345"):
        assert secret not in page


def test_the_page_leads_into_the_provinces_own_chat(visit):
    assert 'href="https://zalo.me/388000000000000060"' in visit().get_data(as_text=True)


def test_the_right_digits_show_who_holds_the_dossier(visit, dossier):
    page = prove(visit.client, dossier, "5678")

    assert "Võ Minh Khang" in page and "Phòng Tư pháp" in page
    assert "Nguyễn Thị Lan" not in page


def test_the_proof_stays_in_this_browser_only(app, visit, dossier):
    prove(visit.client, dossier, "5678")

    other = app.test_client().get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)

    assert "Khang" not in other


def test_five_wrong_tries_cool_down_even_for_the_right_digits(visit, dossier):
    for _ in range(5):
        assert "Không tìm thấy hồ sơ khớp" in prove(visit.client, dossier, "0000")

    page = prove(visit.client, dossier, "5678")

    assert "Đã nhập sai 5 lần" in page and "Khang" not in page


@pytest.mark.parametrize(
    "digits", ["", "abcd", "56789", "٥٦٧٨", "5" * 5000, "' OR 1=1 --"], ids=lambda text: text[:8] or "empty"
)
def test_what_is_not_four_digits_is_just_wrong(visit, dossier, digits):
    assert "Không tìm thấy hồ sơ khớp" in prove(visit.client, dossier, digits)


def test_the_form_needs_its_token(visit, dossier):
    answer = visit.client.post(f"/t/{dossier.token}/proof", data={"digits": "5678"}, headers=HOST)

    assert answer.status_code == 400
    assert "tải lại trang" in answer.get_data(as_text=True)


def test_the_token_may_be_typed_badly(visit, dossier):
    assert visit(f"/t/{codes.spaced(dossier.token).lower()}").status_code == 200


@pytest.mark.parametrize("token", ["AAAAAAAAAAAA", "x", "ÂÂÂÂÂÂÂÂÂÂÂÂ", "..%2f..%2fetc"])
def test_an_unknown_token_is_not_found_and_says_what_to_do(visit, token):
    answer = visit(f"/t/{token}")

    assert answer.status_code == 404


def test_the_page_is_closed_to_search_engines_caches_and_foreign_code(visit):
    answer = visit()

    assert "noindex" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_names_from_the_source_system_are_escaped(app, province):
    dossier = make_dossier(agency_name="<script>alert(1)</script>", agency_code=...)

    page = app.test_client().get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    db.session.rollback()


def test_the_page_is_small_enough_for_a_slow_line(app, visit):
    style = Path(app.static_folder) / "public.css"

    assert len(visit().data) + style.stat().st_size < 30_000
