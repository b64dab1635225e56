"""The papers in the console and through the API: who may have them, and what is answered."""

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers.forms.models import FormIssued
from tests.factories import make_api_key, make_dossier, make_staff
from tests.signing_in import sign_in

from .samples import reader, words

HOST = {"Host": "binh-thuan.localhost"}
CODE = "000.00.01.H36-260105-0007"
FORMS = f"/console/dossiers/{CODE}/forms"
PERIOD = "from=2026-01-01&to=2026-01-31"


@pytest.fixture
def dossier(app, two_provinces):
    with tenant_scope("binh-thuan"):
        make_dossier(CODE, received_at="2026-01-05T08:00:00+07:00", due_at=None)


@pytest.fixture
def officer(app, dossier):
    app.config["WTF_CSRF_ENABLED"] = False
    yield sign_in(app.test_client(), make_staff("binh-thuan"))
    app.config["WTF_CSRF_ENABLED"] = True


def issued() -> list[FormIssued]:
    with tenant_scope("binh-thuan"):
        return list(db.session.scalars(db.select(FormIssued).order_by(FormIssued.id)))


def test_an_officer_prints_a_form_and_prints_it_again(officer):
    first = officer.get(f"{FORMS}/01.pdf", headers=HOST)
    again = officer.get(f"{FORMS}/01.pdf", headers=HOST)
    (paper,) = issued()
    same = officer.get(f"{FORMS}/01.pdf?issued={paper.id}", headers=HOST)

    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert first.headers["Cache-Control"] == "no-store"
    assert first.data == again.data == same.data
    assert paper.issued_by == "Phạm Thu Hà"


@pytest.mark.parametrize(
    "path", [f"{FORMS}/08.pdf", f"{FORMS}/03.pdf", f"{FORMS}/07.pdf", f"{FORMS}/01.pdf?issued=99",
             f"{FORMS}/01.pdf?issued=x", f"{FORMS}/01.pdf?issued={'9' * 30}"]
)  # fmt: skip
def test_what_there_is_not_is_not_found_and_records_nothing(officer, path):
    assert officer.get(path, headers=HOST).status_code == 404
    assert issued() == []


def test_the_dossiers_page_offers_its_forms_and_lists_what_was_issued(officer):
    officer.get(f"{FORMS}/06.pdf", headers=HOST)

    page = officer.get(f"/console/dossiers/{CODE}", headers=HOST).get_data(as_text=True)

    assert f'href="{FORMS}/01.pdf"' in page
    assert f'href="{FORMS}/02.pdf"' not in page
    assert f'href="{FORMS}/06.pdf?issued={issued()[0].id}"' in page


def test_the_register_is_chosen_counted_and_taken_out_on_record(officer):
    page = officer.get(f"/console/registers?{PERIOD}&agency=ubnd-phuong", headers=HOST).get_data(as_text=True)
    pdf = officer.get(f"/console/registers.pdf?{PERIOD}&agency=ubnd-phuong", headers=HOST)
    xlsx = officer.get(f"/console/registers.xlsx?{PERIOD}", headers=HOST)

    assert "1 hồ sơ được tiếp nhận" in page
    assert CODE in words(pdf.data)
    assert xlsx.data.startswith(b"PK")
    assert [(one.form, one.agency, one.number) for one in issued()] == [
        ("register", "UBND phường Một, Bình Thuận", None),
        ("register", "UBND tỉnh Bình Thuận", None),
    ]


def test_a_period_that_is_none_is_said_on_the_page_and_a_bare_file_leads_to_it(officer):
    page = officer.get("/console/registers?from=x&to=2026-01-31", headers=HOST)
    bare = officer.get("/console/registers.pdf", headers=HOST)

    assert page.status_code == 200
    assert "Ngày chưa đúng dạng" in page.get_data(as_text=True)
    assert (bare.status_code, bare.headers["Location"]) == (303, "/console/registers")


def test_the_api_gives_the_receipt_as_a_page_and_as_a_file(app, dossier):
    key = make_api_key("binh-thuan", "read_only")
    client, path = app.test_client(), f"/api/v1/dossiers/{CODE}/receipt"

    def ask(accept):
        return client.get(path, headers={"Authorization": f"Bearer {key}", "Accept": accept})

    page, anything, file = ask("text/html"), ask("*/*"), ask("application/pdf")
    assert (page.mimetype, anything.mimetype, file.mimetype) == ("text/html", "text/html", "application/pdf")
    assert "Accept" in file.headers["Vary"]
    assert reader(file.data).metadata.title == "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    assert [one.issued_by for one in issued()] == ["Khóa API test"]


def test_the_api_describes_both(app):
    described = app.test_client().get("/api/v1/openapi.json").json
    content = described["paths"]["/api/v1/dossiers/{code}/receipt"]["get"]["responses"]["200"]["content"]

    assert content.keys() == {"text/html", "application/pdf"}


def test_another_provinces_paper_is_not_found(app, dossier):
    with tenant_scope("da-nang"):
        make_dossier(CODE.replace("0007", "0008"), received_at="2026-01-05T08:00:00+07:00", due_at=None)
    key = make_api_key("binh-thuan")

    answer = app.test_client().get(
        f"/api/v1/dossiers/{CODE.replace('0007', '0008')}/receipt",
        headers={"Authorization": f"Bearer {key}", "Accept": "application/pdf"},
    )

    assert (answer.status_code, issued()) == (404, [])
