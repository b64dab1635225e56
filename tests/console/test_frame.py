"""The frame around every console page: whose it is, how it looks, in which language."""

import re
from dataclasses import replace

import pytest
from flask import url_for

from motcua.alerts import watching
from motcua.alerts.models import Alert
from motcua.console import navigation
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import Tenant
from tests.factories import make_dossier
from tests.opened_page import Page

from .conftest import HOST, _signed_in


@pytest.fixture
def admin(app, two_provinces, without_tokens):
    return _signed_in(app, "province_admin")


def page_of(browser, path: str = "/console/", **options) -> str:
    return browser.get(path, **options).get_data(as_text=True)


def prefer(browser, **choice):
    return browser.post("/preferences", data=choice)


def test_the_ground_is_remembered_by_the_server(admin):
    assert 'data-theme="auto"' in page_of(admin)

    answer = prefer(admin, theme="dark", next="/console/statuses/?code=1")

    assert (answer.status_code, answer.location) == (303, "/console/statuses/?code=1")
    assert 'data-theme="dark" data-bs-theme="dark"' in page_of(admin)


@pytest.mark.parametrize(
    "target", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "x", ""]
)
def test_a_choice_leads_nowhere_but_back(admin, target):
    assert prefer(admin, theme="light", next=target).location == "/"


def test_what_is_no_choice_is_not_kept(admin):
    answer = prefer(admin, theme='"><script>', language="fr", next="/console/")

    assert "Set-Cookie" not in answer.headers or "motcua_" not in answer.headers["Set-Cookie"]


def test_a_choice_needs_the_form_it_came_with(app, two_provinces):
    answer = app.test_client().post("/preferences", data={"theme": "dark"}, headers=HOST)

    assert answer.status_code == 400


def test_english_is_for_the_frame_and_the_pages_that_have_it(admin):
    prefer(admin, language="en", next="/console/")

    home, statuses = page_of(admin), page_of(admin, "/console/statuses/")

    assert Page(home).lang == "en" and Page(statuses).lang == "en"
    assert "Today's dossiers" in home and "Sign out" in statuses
    assert re.search(r'<main [^>]*lang="en"', home)
    assert re.search(r'<main [^>]*lang="en"', statuses)


def test_every_word_of_the_menu_and_of_the_home_page_has_its_english(admin, app):
    make_dossier_of_binh_thuan()
    prefer(admin, language="en", next="/console/")

    home = page_of(admin)

    menu = home[home.index("<nav") : home.index("</nav>")]
    assert 'lang="vi"' not in menu
    for group in navigation.GROUPS:
        assert group.label not in menu


def make_dossier_of_binh_thuan():
    with tenant_scope("binh-thuan"):
        make_dossier()
        db.session.commit()


def test_a_page_says_where_in_the_menu_it_stands(admin):
    make_dossier_of_binh_thuan()

    listed = page_of(admin, "/console/dossiers/")

    assert listed.count('aria-current="page"') >= 1
    assert '<li class="breadcrumb-item">Hồ sơ</li>' in listed


def test_pages_inside_others_exist(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert endpoints >= navigation.INSIDE.keys() | set(navigation.INSIDE.values()) | navigation.ICONS.keys()


def test_a_province_on_trial_says_so(admin, app):
    assert "Chạy thử" not in page_of(admin)

    db.session.get(Tenant, "binh-thuan").status = "trial"
    db.session.commit()

    assert "Chạy thử" in page_of(admin)


@pytest.mark.parametrize("path", ["/console/nowhere", "/nowhere", "/vendor/"])
def test_also_a_page_that_is_not_there_wears_the_provinces_colours(app, two_provinces, path):
    page = page_of(app.test_client(), path, headers=HOST)

    assert "Tỉnh Bình Thuận" in page and "Mã lỗi: 404" in page


def test_a_page_that_is_not_there_is_nobodys_on_a_host_that_is_nobodys(app, two_provinces):
    answer = app.test_client().get("/console/nowhere", headers={"Host": "elsewhere.example"})

    assert answer.status_code == 404 and "Bình Thuận" not in answer.get_data(as_text=True)


def test_a_choice_of_language_is_offered_before_signing_in(app, two_provinces, without_tokens):
    visitor = app.test_client()

    visitor.post("/preferences", data={"language": "en", "next": "/console/login"}, headers=HOST)

    assert "Forgot password" in visitor.get("/console/login", headers=HOST).get_data(as_text=True)


def test_the_provinces_emblem_stands_at_its_door_in_place_of_its_letters(
    app, two_provinces, tmp_path, monkeypatch
):
    folder = tmp_path / "tenants" / "binh-thuan"
    folder.mkdir(parents=True)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], home=tmp_path))
    visitor = app.test_client()
    letters = page_of(visitor, "/console/login", headers=HOST)

    (folder / "emblem.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with_emblem = page_of(visitor, "/console/login", headers=HOST)
    (folder / "emblem.svg").write_text("<svg>" + " " * 40_000 + "</svg>")
    too_large = page_of(visitor, "/console/login", headers=HOST)

    assert 'class="monogram"' in letters and 'class="emblem"' not in letters
    assert 'class="emblem" src="data:image/svg+xml;base64,' in with_emblem
    assert 'class="monogram"' in too_large


@pytest.mark.parametrize(("kind", "page"), navigation.ALERT_PAGES.items())
def test_an_alert_leads_to_the_page_that_mends_it(app, admin, monkeypatch, kind, page):
    alert = watching.Shown(Alert(kind=kind, subject="main"), "Có việc cần làm.")
    monkeypatch.setattr(watching, "shown", lambda: [alert])
    with app.test_request_context("/", headers=HOST):
        address = url_for(page)

    here, there = page_of(admin, "/console/"), page_of(admin, address)

    assert f'<a class="alert-link" href="{address}">' in here
    assert "Có việc cần làm." in there and "alert-link" not in there


def test_whatever_is_watched_has_its_page_or_none_on_purpose():
    watched = {kind for one in watching._watches for kind in one.kinds}

    assert watched - navigation.ALERT_PAGES.keys() == {"webhook_disabled"}  # mended in the other system
