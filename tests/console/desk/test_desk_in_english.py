"""The desk's pages, visits, complaints and messages in doubt, all in English for whoever chose it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import g

from motcua.complaints import handling
from motcua.conversation import handover
from motcua.conversation.models import Handover
from motcua.core.database import db, tenant_scope
from motcua.dossiers import explaining, flags, intake, promising, requests
from motcua.dossiers.schemas import EventIn
from motcua.feedback import routing
from motcua.messaging import pauses
from tests.console.conftest import Browser
from tests.console.test_deliveries import owe
from tests.factories import (
    event_body,
    make_citizen,
    make_communes,
    make_desk,
    make_dossier,
    make_staff,
    make_visit,
)
from tests.feedback.conftest import reported
from tests.opened_page import VIETNAMESE, left_in_vietnamese
from tests.signing_in import host_of, sign_in

from .conftest import text

THURSDAY = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam
CODE = "000.00.01.H11-261126-0001"
PAGES = (
    "/console/dossiers/",
    "/console/dossiers/?tab=silent",
    "/console/dossiers/?tab=waiting&officer=nobody",
    f"/console/dossiers/{CODE}",
    f"/console/dossiers/{CODE}?done=taken_accept",
    "/console/dossiers/{finished}",
    "/console/dossiers/warnings",
    "/console/dossiers/warnings?kind=recalled",
    "/console/dossiers/new",
    "/console/dossiers/new?q=ket hon",
    "/console/dossiers/new?q=zzzzz",
    "/console/dossiers/new?procedure=1.000894&agency=ubnd-phuong",
    "/console/registers",
    "/console/registers?from=2026-11-01&to=2026-11-30",
    "/console/registers?from=2020-01-01&to=2020-01-31",
    "/console/requests",
    "/console/conversations/",
    "/console/conversations/{talk}",
    "/console/statuses/",
    "/console/deliveries/",
    "/console/deliveries/?state=queued&lane=broadcast",
    "/console/deliveries/{message}",
    "/console/pauses/",
    "/console/complaints/",
    "/console/complaints/{complaint}",
    "/console/visits/",
    "/console/visits/?day=2026-11-30",
    "/console/visits/?desk=999",
    "/console/visits/week",
    "/console/visits/desks/",
    "/console/visits/desks/new",
    "/console/visits/desks/{desk}",
    "/console/feedback/",
    "/console/feedback/?state=low",
    "/console/feedback/routes",
    "/console/feedback/{report}",
)
TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
OURS = (
    "console/desk/*.html", "console/visits/*.html", "console/dossier.html", "console/registers.html",
    "console/_forms.html", "console/_records.html", "console/requests.html", "console/conversation*.html",
    "console/statuses.html", "console/deliver*.html", "console/pauses.html", "console/complaint*.html",
    "feedback/desk.html", "feedback/routes.html", "feedback/one.html", "feedback/merging.html",
)  # fmt: skip
ON_PAPER = {"console/visits/sheet.html"}  # for the wall of the office
NOTE = re.compile(r"\{#.*?#\}", re.DOTALL)
SAID = re.compile(r"""\bt\(\s*(?:"[^"]*"|'[^']*')|\{\{ (?:said|told)\(.*?\}\}""")


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(THURSDAY, tick=True):
        yield


@pytest.fixture
def reader(app, two_provinces, without_tokens):
    person = make_staff("binh-thuan", role="province_admin", full_name="Lê Văn Tám")
    client = sign_in(app.test_client(), person)
    client.set_cookie("motcua_language", "en", domain=host_of(person))
    return Browser(client)


@pytest.fixture
def full(two_provinces) -> dict:
    """Something in every list; what pages are named after."""
    with tenant_scope("binh-thuan"):
        make_communes()
        lan = make_citizen(phone="84912345678")
        talk = Handover(citizen_id=lan.id)
        db.session.add(talk)
        db.session.flush()
        handover.hear(lan, "k", "Cho tôi hỏi lệ phí đăng ký kết hôn")
        complaint = handling.file(lan, "regulation", "Cán bộ quầy 3 bắt tôi đi lại bốn lần", None)
        desk = make_desk()
        make_visit(desk, "2026-11-26T14:00")
        db.session.commit()
        numbers = {"talk": talk.id, "complaint": complaint.id, "desk": desk.id}
        routing.keep("", "", "ubnd-phuong", 1)
        numbers["report"], numbers["other"] = reported(lan).id, reported(lan).id
        pauses.pause("Tin sai ngày hẹn", "Lê Văn Tám")
        dossier = make_dossier(
            CODE, status=4, received_at="2026-11-20T08:00:00+07:00", due_at="2026-11-26T09:00:00+07:00"
        )
        flags.raise_flag(dossier, "recalled", "Kết quả ghi sai năm sinh")
        flags.raise_flag(dossier, "unknown_local_code", "BƯỚC-17")
        requests.ask(dossier, "withdraw", {"reason": "Tôi nộp nhầm thủ tục"}, source="page")
        numbers["finished"] = finished()
        [numbers["message"]] = owe(to=lan)
    return numbers


def finished() -> str:
    """A dossier that went through papers, a fee, an apology and its result, not in the usual order."""
    code = make_dossier(
        status=2, received_at="2026-11-02T08:00:00+07:00", due_at="2026-11-09T10:00:00+07:00"
    ).code
    supplement = {"reason": "Bản sao mờ", "items": [{"name": "Giấy khai sinh", "originals": 1, "copies": 1}]}
    steps = (
        (5, {"supplement": supplement}),
        (4, {"apology": {"reason": "Chờ xác minh", "new_due_at": "2026-12-10T10:00:00+07:00"}}),
        (6, {"fee": {"amount_vnd": 1_500_000}}),
        (
            4,
            {"fee_paid": {"amount_vnd": 1_500_000, "paid_at": "2026-11-10T11:00:00+07:00", "method": "cash"}},
        ),
        (9, {"result": {"items": [{"name": "Giấy chứng nhận"}]}}),
        (10, {"handover": {"way": "post", "post_code": "EM123"}}),
        (2, {}),
    )
    for hour, (status, more) in enumerate(steps, 8):
        body = event_body(status, occurred_at=f"2026-11-10T{hour:02}:00:00+07:00", **more)
        intake.add_event(code, EventIn().load(body))
        db.session.commit()
    return code


def main_of(page: str) -> str:
    return page[page.index("<main ") : page.index("</main>")]


def test_every_page_of_the_desk_is_wholly_in_english(reader, full):
    left = {}
    for path in PAGES:
        page = text(reader.get(path.format(**full)))
        main = main_of(page)
        title = page[page.index("<title>") : page.index("</title>")]
        assert main.startswith('<main id="noi-dung" tabindex="-1" lang="en">'), path
        if unmarked := left_in_vietnamese(title + "</title>" + main):
            left[path] = unmarked

    assert left == {}


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("dossiers/find", {"q": "0912000111"}, "No dossier has this phone number."),
        ("dossiers/find", {"q": "9999999"}, "No dossier has"),
        ("dossiers/new", {"procedure": "1.000894", "submission": "x"}, "Not saved."),
        (f"dossiers/{CODE}/act", {"act": "stop", "seen": "0.0"}, "The dossier changed while you were at it"),
        (f"dossiers/{CODE}/flags", {"flag": "{flag}"}, "Please say what came of the review"),
        ("dossiers/warnings/{flag}", {}, "Recorded as reviewed: Taken back to be processed again."),
        ("statuses/", {"local_code": "X-1", "national": "5"}, "“X-1” is mapped to “More papers asked for”."),
        ("statuses/", {"local_code": "", "national": "5"}, "A code has 1 to 80 visible characters."),
        ("pauses/resume", {"what": "broadcasts"}, "It is not paused any more."),
        ("visits/desks/{desk}", {"name": "Quầy 2", "agency_code": "ubnd-phuong", "slot_minutes": "x"},
         "Please enter a whole number from"),
        ("visits/desks/{desk}/closures", {"day": "2026-11-26", "reason": "Sửa nhà"}, "1 person has booked that day"),
        ("visits/desks/{desk}/closures",
         {"day": "26/11/2026", "reason": "Sửa nhà", "name": "Quầy một cửa phường Một"},
         "The desk is closed on 26/11/2026. People told and asked to choose another time: 1."),
        ("feedback/routes", {"agency": "nobody"}, "There is no such agency."),
        ("complaints/{complaint}", {"action": "answer", "words": "ngắn"}, "The text needs"),
        ("complaints/{complaint}", {"action": "refuse", "words": "Không thuộc tỉnh."}, "cannot be opened again"),
        ("feedback/{report}/merge", {"into": "{other}"}, "Joined reports cannot be parted again."),
        ("feedback/{report}/merge", {"into": "0"}, "There is no report with this number."),
        ("deliveries/{message}/received", {"reason": ""}, "Please give a reason of at most"),
    ],
)  # fmt: skip
def test_what_an_act_led_to_is_told_in_english(reader, full, path, form, told):
    with tenant_scope("binh-thuan"):
        numbers = full | {"flag": flags.listed("recalled")[0][0].id}
    form = {name: value.format(**numbers) for name, value in form.items()}

    page = text(reader.follow(f"/console/{path.format(**numbers)}", data=form))

    assert told in re.sub(r"<[^>]+>", "", main_of(page))
    assert left_in_vietnamese(main_of(page)) == []


def test_a_due_date_is_worked_out_in_english(app, two_provinces):
    evening = datetime(2026, 11, 26, 13, tzinfo=UTC)  # 20:00 in Vietnam

    with tenant_scope("binh-thuan"), app.test_request_context():
        g.language = "en"
        found = explaining.explain((3, "working_day"), evening, promising.offices().of(None))

    assert found.lines[0] == "3 working days from 20:00 Thursday, 26/11/2026"
    assert len(found.lines) > 1 and not VIETNAMESE.search(" ".join(found.lines))


def test_what_is_said_while_an_officer_types_is_in_english(reader, full):
    answer = reader.get("/console/dossiers/new/due?procedure=1.000894&agency=ubnd-phuong").get_json()

    assert answer["lines"] and not VIETNAMESE.search(" ".join([answer["code_help"], *answer["lines"]]))


def test_a_known_phone_is_told_in_english(reader, full):
    hint = reader.post("/console/dossiers/new/phone", json={"phone": "0912345678"}).get_json()["hint"]

    assert hint.startswith("Dossiers with this number: ") and "in progress" in hint


@pytest.mark.parametrize(
    "path", sorted({one for pattern in OURS for one in TEMPLATES.glob(pattern)}), ids=lambda path: path.stem
)
def test_no_sentence_of_a_template_escapes_the_translation(path):
    if path.relative_to(TEMPLATES).as_posix() in ON_PAPER:
        assert "console/base.html" not in path.read_text()
        return

    own = SAID.sub("", NOTE.sub("", path.read_text()))

    assert [line for line in own.splitlines() if VIETNAMESE.search(line)] == []
