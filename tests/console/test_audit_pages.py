"""`/console/audit`: every change by staff is there, and the log can be read, checked and taken away."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from motcua import audit
from motcua.audit import chain, verifying
from motcua.audit.models import AuditEntry
from motcua.audit.requests import SAFE
from motcua.console import audit_words
from motcua.core.database import db, tenant_scope
from motcua.open_doors import PUBLIC, TENANTLESS
from tests.console.conftest import HOST
from tests.factories import make_dossier

PAGE = "/console/audit/"
TENANT = "binh-thuan"


def text(answer) -> str:
    return answer.get_data(as_text=True)


def entries(*actions: str) -> list[AuditEntry]:
    with tenant_scope(TENANT):
        query = db.select(AuditEntry).order_by(AuditEntry.number)
        return db.session.scalars(query.where(AuditEntry.action.in_(actions)) if actions else query).all()


def changing_rules(app) -> list:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console/")
        and rule.endpoint not in PUBLIC | TENANTLESS  # nobody is signed in there: the room itself records
        and rule.methods - SAFE
    ]


def sample_path(rule) -> str:
    with_values = {
        name: 7 if "Int" in type(converter).__name__ else f"x-{name}"
        for name, converter in rule._converters.items()
    }
    return rule.build(with_values)[1]


def test_every_successful_change_through_the_console_leaves_an_entry(app, admin, monkeypatch):
    rules = changing_rules(app)
    for rule in rules:
        view = app.view_functions[rule.endpoint]

        def done(**ids):
            return "done"

        done.permission = view.permission
        monkeypatch.setitem(app.view_functions, rule.endpoint, done)

    for rule in rules:
        assert admin.post(sample_path(rule)).status_code == 200, rule

    found = {one.action: one for one in entries()}
    assert len(rules) >= 60
    assert found.keys() == {rule.endpoint for rule in rules}
    assert {one.actor_name for one in found.values()} == {"Phạm Thu Hà"}
    for rule in rules:
        assert all(name in found[rule.endpoint].subject for name in rule.arguments), rule
    assert verdict().broken is None


def verdict() -> chain.Verdict:
    with tenant_scope(TENANT):
        return verifying.verify()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_a_change_that_was_refused_leaves_none(app, admin, monkeypatch, status):
    def refused():
        return "no", status

    refused.permission = "status_map.edit"
    monkeypatch.setitem(app.view_functions, "statuses.save", refused)

    admin.post("/console/statuses/")

    assert entries() == []


def test_what_a_view_commits_is_in_the_log_even_if_the_answer_is_lost(app, admin, monkeypatch):
    def fails_afterwards():
        db.session.execute(sql("UPDATE agency SET name = 'Sở mới'"))
        db.session.commit()
        return "lost", 500

    fails_afterwards.permission = "status_map.edit"
    monkeypatch.setitem(app.view_functions, "statuses.save", fails_afterwards)

    admin.post("/console/statuses/", data={"local_code": "x", "csrf_token": "secret"})

    (found,) = entries()
    assert (found.action, found.detail) == ("statuses.save", {"fields": ["local_code"]})


def test_a_view_that_says_more_is_not_said_again(app, admin, monkeypatch):
    def says_more():
        audit.record("status.map", "Bước 17b", {"national": [4, 9]})
        db.session.commit()
        return "done"

    says_more.permission = "status_map.edit"
    monkeypatch.setitem(app.view_functions, "statuses.save", says_more)

    admin.post("/console/statuses/")

    assert [one.action for one in entries()] == ["status.map"]


def test_reading_pages_leaves_no_entry_but_a_dossiers_persons_do_once(app, admin):
    with tenant_scope(TENANT):
        code = make_dossier().code
        db.session.commit()
    admin.get("/console/")
    for _ in range(3):
        assert admin.get(f"/console/dossiers/{code}").status_code == 200

    assert [(one.action, one.subject) for one in entries()] == [("dossier.read", code)]


def test_who_acted_does_not_outlive_the_request(app, admin):
    admin.get(PAGE + "verify")

    assert audit.actor() == audit.SYSTEM


@pytest.fixture
def history(two_provinces):
    with tenant_scope(TENANT), audit.acting_as(audit.Actor("staff", "9", "Lê Văn Bình")):
        audit.record("agency.change", "agency so-xay-dung", {"name": ["Sở <b>cũ</b>", "Sở mới"]})
        db.session.commit()
        audit.record("staff.invite", "staff 12", {"note": "=1+1"})
        db.session.commit()


def test_the_page_shows_before_and_after_escaped(history, admin):
    page = text(admin.get(PAGE))

    assert "<del>Sở &lt;b&gt;cũ&lt;/b&gt;</del> → <ins>Sở mới</ins>" in page
    assert "Lê Văn Bình" in page and "Sửa cơ quan" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("person=lê", {"agency so-xay-dung", "staff 12"}),
        ("person=%25", set()),
        ("action=staff.", {"staff 12"}),
        ("subject=XAY", {"agency so-xay-dung"}),
        ("from=2000-01-01&to=2000-01-02", set()),
        ("from=nonsense&before=nonsense", {"agency so-xay-dung", "staff 12"}),
        ("before=2", {"agency so-xay-dung"}),
    ],
)
def test_the_log_is_narrowed_down(history, admin, query, shown):
    page = text(admin.get(f"{PAGE}?{query}"))

    assert {one for one in ("agency so-xay-dung", "staff 12") if f"<td>{one}</td>" in page} == shown


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("data request 3", "yêu cầu số 3"), ("number 12", "số 12"),
        ("code 000.00.01.H11-241126-0007", "mã 000.00.01.H11-241126-0007"),
        ("000.00.01.H11-261126-0001", "000.00.01.H11-261126-0001"), ("", ""), ("number", "number"),
    ],
)  # fmt: skip
def test_a_subject_is_named_in_vietnamese(subject, shown):
    assert audit_words.of_subject(subject) == shown


def test_the_button_says_from_when_to_when_it_is_whole_and_is_an_entry_itself(history, admin):
    page = text(admin.client.get(PAGE + "verify", headers=HOST, follow_redirects=True))

    assert "Nguyên vẹn từ mục 1" in page and "đến mục 2" in page
    assert entries("audit.verify")[0].detail == {"entries": 2}


def test_the_button_names_the_first_broken_entry(history, admin, owner_engine):
    with owner_engine.begin() as connection:
        connection.execute(sql("SELECT set_config('motcua.tenant_id', :id, true)"), {"id": TENANT})
        connection.execute(sql("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(sql("UPDATE audit_entry SET actor_name = 'Ai đó' WHERE number = 2"))
        connection.execute(sql("ALTER TABLE audit_entry ENABLE TRIGGER USER"))

    page = text(admin.client.get(PAGE + "verify", headers=HOST, follow_redirects=True))

    assert "mục số 2 nội dung khác lúc được ghi" in page


def test_the_exported_lines_are_enough_to_check_the_chain_elsewhere(history, admin):
    lines = text(admin.get(PAGE + "export.jsonl")).splitlines()

    told = [json.loads(one) for one in lines]
    assert [one["action"] for one in told] == ["agency.change", "staff.invite", "audit.export"]
    assert chain.check(told).broken is None
    assert chain.check([told[0], told[1] | {"subject": "staff 13"}]).broken.number == 2


def test_the_exported_table_runs_no_formula(history, admin):
    rows = list(csv.DictReader(io.StringIO(text(admin.get(PAGE + "export.csv")).removeprefix("\ufeff"))))

    assert [one["number"] for one in rows] == ["1", "2", "3"]
    assert not [cell for one in rows for cell in one.values() if cell.startswith(("=", "+", "-", "@"))]


def test_every_action_that_the_code_records_has_its_words():
    sources = [file.read_text() for file in (Path(audit.__file__).parents[1]).rglob("*.py")]
    said = {
        name
        for one in sources
        for name in re.findall(r'(?:record|note_access|note)\(\s*"([a-z_]+[.][a-z_.]+)"', one)
    }

    assert len(said) > 10
    assert said - audit_words.ACTIONS.keys() == set()


def test_nothing_of_another_provinces_log_is_seen(history, admin):
    with tenant_scope("da-nang"):
        audit.record("agency.change", "RIÊNG CỦA ĐÀ NẴNG")
        db.session.commit()

    for path in (PAGE, PAGE + "export.jsonl", PAGE + "export.csv"):
        assert "RIÊNG" not in text(admin.get(path))


def test_who_lacks_the_permission_is_refused(history, officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.get(PAGE + "verify").status_code == 403
