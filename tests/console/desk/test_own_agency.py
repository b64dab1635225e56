"""An officer of one agency sees and handles nothing of another's, by whichever door."""

import re

import pytest

from motcua.catalogue.models import Agency
from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, requests
from tests.console.conftest import Browser
from tests.factories import make_dossier, make_staff
from tests.signing_in import sign_in

from .conftest import NEW, filled, text

OTHER = "so-tu-phap"


@pytest.fixture
def theirs(two_provinces) -> str:
    """The code of a dossier of another agency."""
    with tenant_scope("binh-thuan"):
        db.session.add(
            Agency(code=OTHER, name="Sở Tư pháp", kind="department", level="province", old_units=[])
        )
        db.session.commit()
        dossier = make_dossier(agency_code=OTHER)
        flags.raise_flag(dossier, "silent", "Đã lâu không có tin")
        requests.ask(dossier, "withdraw", {"reason": "Tôi nộp nhầm thủ tục"}, source="page")
        db.session.commit()
        return dossier.code


@pytest.fixture
def mine(theirs) -> str:
    with tenant_scope("binh-thuan"):
        return make_dossier().code


@pytest.fixture
def bound(app, theirs, without_tokens):
    person = make_staff("binh-thuan", agency_code="ubnd-phuong")
    return Browser(sign_in(app.test_client(), person))


def test_ones_own_agencys_dossier_opens_and_anothers_says_whose_it_is(bound, mine, theirs):
    make_staff("binh-thuan", role="province_admin", full_name="Lê Văn Tám")

    assert bound.get(f"/console/dossiers/{mine}").status_code == 200
    for path in ("", "/receipt", "/forms/01.pdf"):
        refused = bound.get(f"/console/dossiers/{theirs}{path}")
        assert refused.status_code == 403
        assert "do Sở Tư pháp giải quyết" in refused.text and "Lê Văn Tám" in refused.text


@pytest.mark.parametrize("path", ["act", "flags"])
def test_nothing_is_done_to_another_agencys_dossier(bound, theirs, path):
    answer = bound.post(
        f"/console/dossiers/{theirs}/{path}", data={"act": "stop", "reason": "x", "flag": "1"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/console/", "/console/dossiers/?tab=all&agency=", f"/console/dossiers/?tab=all&agency={OTHER}",
     "/console/dossiers/warnings", "/console/requests", "/console/warnings"],
)  # fmt: skip
def test_no_list_shows_it(bound, theirs, path):
    assert theirs not in text(bound.get(path))


@pytest.mark.parametrize("sought", ["0912345678", "060190012345", "Nguyễn Thị Lan", "code"])
def test_no_search_finds_it(bound, mine, theirs, sought):
    answer = bound.post("/console/dossiers/find", data={"q": theirs[-6:] if sought == "code" else sought})

    assert theirs not in answer.get_data(as_text=True)
    assert theirs not in answer.headers.get("Location", "")


def test_a_request_and_a_warning_of_theirs_are_nobodys(bound, theirs):
    with tenant_scope("binh-thuan"):
        request = db.session.scalars(db.select(requests.DossierRequest.id)).one()
        flag = db.session.scalars(
            db.select(flags.DossierFlag.id).where(flags.DossierFlag.kind == "silent")
        ).one()

    answers = [
        bound.post(f"/console/requests/{request}", data={"state": "done", "answer": "Xong"}),
        bound.post(f"/console/dossiers/warnings/{flag}", data={"note": "xem"}),
    ]

    assert [one.status_code for one in answers] == [404, 404]


def test_a_like_dossier_of_theirs_is_told_by_its_agency_alone(bound, theirs):
    warned = bound.post(NEW, data=filled())

    assert warned.status_code == 422
    assert "Hồ sơ ấy do Sở Tư pháp giải quyết" in text(warned) and theirs not in text(warned)


def test_the_register_is_of_ones_own_agency_whatever_is_asked(bound, mine, theirs):
    page = text(bound.get(f"/console/registers?from=2024-11-01&to=2024-11-30&agency={OTHER}"))

    assert "UBND phường Một" in page and "Sở Tư pháp" not in page


def test_a_dossier_handed_on_to_another_agency_leaves_with_a_word(bound, mine):
    seen = re.search(r'name="seen" value="([^"]+)"', text(bound.get(f"/console/dossiers/{mine}")))[1]
    words = {"act": "move", "seen": seen, "to_agency": OTHER, "officer": "Lê Văn An", "step": "Thẩm định"}

    page = bound.follow(f"/console/dossiers/{mine}/act", data=words)

    assert page.status_code == 200 and "sang Sở Tư pháp" in page.get_data(as_text=True)
    assert bound.get(f"/console/dossiers/{mine}").status_code == 403


def test_an_officer_without_an_agency_works_for_the_whole_province(app, theirs, without_tokens):
    everybodys = Browser(sign_in(app.test_client(), make_staff("binh-thuan")))

    assert everybodys.get(f"/console/dossiers/{theirs}").status_code == 200


def test_an_auditor_sees_every_agencys(app, theirs, without_tokens):
    auditor = make_staff("binh-thuan", role="auditor", agency_code="ubnd-phuong")

    assert Browser(sign_in(app.test_client(), auditor)).get(f"/console/dossiers/{theirs}").status_code == 200
