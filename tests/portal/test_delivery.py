"""Over the wire: compressed where it is safe, kept where nothing is anybody's own."""

import gzip
import re

import pytest

from motcua import page_delivery
from motcua.core.database import tenant_scope
from tests.factories import make_dossier

HOST = {"Host": "binh-thuan.localhost"}
SMALL = HOST | {"Accept-Encoding": "gzip"}


@pytest.fixture
def visitor(app, two_provinces):
    return app.test_client()


def test_pages_are_compressed_for_whom_can_read_that(visitor):
    plain, small = visitor.get("/theo-doi", headers=HOST), visitor.get("/theo-doi", headers=SMALL)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert "Accept-Encoding" in small.headers["Vary"]


def test_a_secret_beside_the_askers_own_words_is_not_compressed(visitor):
    """The front page holds a CSRF token: with words in its address its length must not tell about it."""
    assert visitor.get("/", headers=SMALL).headers.get("Content-Encoding") == "gzip"
    assert "Content-Encoding" not in visitor.get("/?x=csrf_token", headers=SMALL).headers


def test_a_page_that_is_the_same_for_all_is_kept_and_asked_for_again_by_its_tag(visitor):
    first = visitor.get("/thu-tuc/1.000894", headers=HOST)
    again = visitor.get("/thu-tuc/1.000894", headers=HOST | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Cookie" in first.headers["Vary"]
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_of_another_language_or_province_has_another_tag(visitor):
    tags = {
        visitor.get("/kenh-chinh-thuc", headers=HOST).headers["ETag"],
        visitor.get("/kenh-chinh-thuc", headers={"Host": "da-nang.localhost"}).headers["ETag"],
    }
    visitor.get("/theo-doi?lang=en", headers=HOST)
    tags.add(visitor.get("/kenh-chinh-thuc", headers=HOST).headers["ETag"])

    assert len(tags) == 3


@pytest.mark.parametrize("path", ["/", "/phan-anh/gui", "/console/login", "/thu-tuc/9.999999", "/khong-co"])
def test_what_holds_a_token_or_is_not_there_is_never_kept(visitor, path):
    answer = visitor.get(path, headers=HOST)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_dossiers_page_is_never_kept(visitor):
    with tenant_scope("binh-thuan"):
        token = make_dossier().token

    assert visitor.get(f"/t/{token}", headers=HOST).headers["Cache-Control"] == "no-store"


def test_kept_pages_exist_and_none_sets_a_cookie(app, visitor):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert page_delivery.KEPT_S.keys() <= endpoints
    for path in (
        "/thu-tuc/",
        "/co-quan",
        "/theo-doi",
        "/kenh-chinh-thuc",
        "/thong-bao",
        "/tra-cuu/",
        "/phan-anh/",
    ):
        answer = visitor.get(path, headers=HOST)
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Cache-Control"].startswith("public"), path


def test_the_style_sheet_is_kept_for_ever_and_small(visitor):
    page = visitor.get("/theo-doi", headers=HOST).get_data(as_text=True)

    sheet = visitor.get(re.search(r'href="(/assets/[^"]+/public\.css)"', page)[1], headers=SMALL)

    assert "immutable" in sheet.headers["Cache-Control"]
    assert gzip.decompress(sheet.data).startswith(b":root")
    assert len(sheet.data) < 5_000


def test_the_provinces_colours_pass_the_pages_own_policy_without_a_nonce(visitor):
    answer = visitor.get("/theo-doi", headers=HOST)

    assert "'sha256-" in answer.headers["Content-Security-Policy"]
    assert "nonce" not in answer.get_data(as_text=True)
