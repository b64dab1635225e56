"""Two agencies in one province: an officer of one sees and does nothing of the other's, by whichever route.

Every route of the console is walked: a new one that takes a number says here whose the number is.
"""

import re
from datetime import timedelta

import pytest

from motcua.catalogue.models import Agency
from motcua.complaints import handling as complaints
from motcua.conversation import handover
from motcua.conversation.models import Handover
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, requests
from motcua.feedback import drafts
from motcua.feedback import handling as feedback
from motcua.feedback.models import Feedback
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, owe_all
from motcua.open_doors import PUBLIC
from motcua.zalo.messages import TextMessage
from tests.console.conftest import Browser
from tests.factories import make_citizen, make_desk, make_dossier, make_staff, make_visit
from tests.signing_in import sign_in

from .test_every_route import next_slot

SLUG, MINE, OTHER = "binh-thuan", "ubnd-phuong", "so-tu-phap"
MARK = "RIÊNG CỦA SỞ TƯ PHÁP"
# Endpoint, or blueprint, of a route that takes one record -> which of `theirs` is put there.
ONE_OF_THEIRS = {
    "console.dossier": "dossier",
    "console.receipt": "dossier",
    "desk": "dossier",
    "desk.close_warning": "flag",
    "forms": "dossier",
    "requests": "request",
    "visit_desk": "visit",
    "conversations": "conversation",
    "complaints": "complaint",
    "feedback_desk": "report",
    "deliveries": "message",
}
# Of no agency by nature: docs/accounts.md says why.
OF_THE_PROVINCE = {
    "catalogue", "catalogue_imports", "calendar", "services", "service_data", "message_texts", "message_switches",
    "message_channels", "message_buttons", "questions",
}  # fmt: skip


@pytest.fixture
def theirs(two_provinces) -> dict[str, str]:
    """One of each kind, in the hands of the other agency."""
    with tenant_scope(SLUG):
        db.session.add(
            Agency(code=OTHER, name="Sở Tư pháp", kind="department", level="province", old_units=[])
        )
        db.session.commit()
        colleague = make_staff(SLUG, agency_code=OTHER)
    with tenant_scope(SLUG):
        dossier = make_dossier(agency_code=OTHER, summary=MARK, department=MARK)
        citizen = make_citizen(phone="84987654321")
        flags.raise_flag(dossier, "corrected", MARK)
        asked = requests.ask(dossier, "withdraw", {"reason": MARK}, source="page")
        visit = make_visit(make_desk(agency_code=OTHER, name=MARK), next_slot(), citizen=citizen)
        complaint = complaints.file(citizen, "regulation", f"{MARK}: đi lại nhiều lần", dossier.id)
        owe_all([Owed(citizen, "dossier_ready", "1", TextMessage(MARK))])
        db.session.execute(
            db.update(Message).values(
                state="uncertain", dossier_id=dossier.id, claimed_at=now() - timedelta(hours=1)
            )
        )
        talk = Handover(citizen_id=citizen.id)
        db.session.add(talk)
        db.session.commit()
        handover.reply(talk.id, colleague.id, f"{MARK} xin nghe")
        report = sent_report(OTHER)
        numbers = {
            "dossier": dossier.code,
            "flag": db.session.scalar(db.select(flags.DossierFlag.id)),
            "request": asked.id,
            "visit": visit.id,
            "conversation": talk.id,
            "complaint": complaint.id,
            "report": report.id,
            "message": db.session.scalar(db.select(Message.id).where(Message.dossier_id == dossier.id)),
        }
    return {kind: str(number) for kind, number in numbers.items()} | {"colleague": colleague.email}


def sent_report(agency: str | None, text: str = MARK) -> Feedback:
    draft = drafts.begin("road", "web", None)
    drafts.put(draft, place=text, commune_code=None)
    drafts.write(draft, f"{text}: ổ gà sâu trước cổng chợ, xe máy ngã nhiều lần")
    report = drafts.send(draft)
    report.agency_code = agency
    db.session.commit()
    return report


@pytest.fixture
def without_tokens(app):
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def come_as(app, **given) -> Browser:
    return Browser(sign_in(app.test_client(), make_staff(SLUG, **given)))


def links_of(theirs: dict[str, str]) -> list[str]:
    """Addresses that stand in a list which shows the record."""
    return [
        f"/console/dossiers/{theirs['dossier']}",
        f'/console/dossiers/warnings/{theirs["flag"]}"',
        f'/console/requests/{theirs["request"]}"',
        f'/console/conversations/{theirs["conversation"]}"',
        f'/console/complaints/{theirs["complaint"]}"',
        f'/console/feedback/{theirs["report"]}"',
        f'/console/deliveries/{theirs["message"]}"',
    ]


def console_rules(app):
    """Without what a person does with their own account."""
    for rule in app.url_map.iter_rules():
        is_own = rule.rule.startswith("/console/account")
        is_open = rule.endpoint in PUBLIC or rule.endpoint.endswith("logout")
        if rule.rule.startswith("/console") and not is_own and not is_open:
            yield rule


def test_no_list_page_or_file_shows_anything_of_the_other_agencys(app, theirs, without_tokens):
    mine, seen = come_as(app, agency_code=MINE), ""
    colleagues = come_as(app, agency_code=OTHER)
    walked = 0

    for rule in console_rules(app):
        if rule.arguments or "GET" not in rule.methods:
            continue
        page = mine.get(rule.rule)
        walked += page.status_code == 200
        text = page.get_data(as_text=True)
        for trace in links_of(theirs):
            assert trace not in text, f"{rule.rule} shows {trace}"
        assert MARK not in text, rule.rule
        seen += colleagues.get(rule.rule).get_data(as_text=True)

    assert walked > 15
    assert [trace for trace in links_of(theirs) if trace not in seen] == []


def test_no_route_opens_or_changes_one_of_theirs(app, theirs, without_tokens):
    mine, walked = come_as(app, agency_code=MINE), 0

    for rule in console_rules(app):
        blueprint = rule.endpoint.partition(".")[0]
        if not rule.arguments or rule.endpoint in OF_THE_PROVINCE or blueprint in OF_THE_PROVINCE:
            continue
        kind = ONE_OF_THEIRS.get(rule.endpoint) or ONE_OF_THEIRS.get(blueprint)
        for method in sorted(rule.methods & {"GET", "POST"}):
            path = path_with(rule.rule, theirs.get(kind, "1"))
            answer = mine.client.open(path, method=method, headers={"Host": f"{SLUG}.localhost"}, data={})
            if method == "POST" and answer.status_code == 303:
                # A form that was not filled in leads back to its list before the number is looked up.
                assert theirs.get(kind, "1") not in answer.headers["Location"], f"{method} {path}"
            else:
                assert answer.status_code in (403, 404), f"{method} {path}: {answer.status_code}"
            if kind is None:
                assert answer.status_code == 403, f"{rule} opens for an officer: say whose it shows"
            walked += kind is not None

    assert walked >= 20


def path_with(rule: str, record: str) -> str:
    """Of a record's parts, a photo or a paper, the first."""
    return re.sub(
        r"<(?:[^:<>]+:)?([a-z_]+)>", lambda part: record if part[1] in ("number", "code") else "1", rule
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/console/conversations/{conversation}/reply", {"text": "Tôi trả lời"}),
        ("/console/conversations/{conversation}/close", {}),
        ("/console/complaints/{complaint}", {"action": "answer", "words": "Chúng tôi xin lỗi ông/bà"}),
        ("/console/complaints/{complaint}", {"action": "refuse", "words": "Không thuộc thẩm quyền"}),
        ("/console/feedback/{report}", {"action": "answer", "words": "Đã vá ổ gà chiều nay"}),
        ("/console/visits/{visit}/mark", {"state": "arrived"}),
        ("/console/requests/{request}", {"state": "done", "answer": "Xong"}),
        ("/console/dossiers/warnings/{flag}", {"note": "đã xem"}),
    ],
)
def test_a_whole_form_does_nothing_either_and_answers_as_for_nobodys(
    app, theirs, without_tokens, path, words
):
    mine = come_as(app, agency_code=MINE)

    answer = mine.post(path.format(**theirs), data=words)
    nobodys = mine.post(re.sub(r"\{\w+\}", "987654", path), data=words)

    assert (answer.status_code, nobodys.status_code) == (404, 404)
    assert body(answer) == body(nobodys)
    with tenant_scope(SLUG):
        assert db.session.scalar(db.select(Handover.state)) == "taken"
        assert db.session.scalar(db.select(complaints.Complaint.state)) == "received"
        assert db.session.scalar(db.select(Feedback.state)) == "received"


def body(answer) -> str:
    page = answer.get_data(as_text=True).split("<main", 1)[1]
    return re.sub(r"/console/[\w/-]+|nonce=\S+|value=\S+", "", page)


def test_what_has_no_agency_yet_is_everybodys_until_somebody_takes_it(app, theirs, without_tokens):
    with tenant_scope(SLUG):
        other = make_citizen("7000000000000000077", phone="84911111111")
        waiting = Handover(citizen_id=other.id)
        db.session.add(waiting)
        general = complaints.file(other, "regulation", "Thủ tục này hỏi lại giấy đã có", None)
        db.session.commit()
        talk, about = f"/console/conversations/{waiting.id}", f"/console/complaints/{general.id}"
    mine, colleagues = come_as(app, agency_code=MINE), come_as(app, agency_code=OTHER)
    for browser in (mine, colleagues):
        assert [browser.get(path).status_code for path in (talk, about)] == [200, 200]

    mine.post(f"{talk}/reply", data={"text": "Ông/bà cần hỏi việc gì?"})

    assert [mine.get(talk).status_code, colleagues.get(talk).status_code] == [200, 404]
    late = colleagues.post(f"{talk}/reply", data={"text": "Tôi đây"})
    assert late.status_code == 404 and "cơ quan khác đã nhận" in late.get_data(as_text=True)
    assert come_as(app, agency_code=MINE).get(talk).status_code == 200


@pytest.mark.parametrize("who", [{}, {"role": "auditor", "agency_code": MINE}, {"role": "province_admin"}])
def test_who_works_for_the_province_sees_all(app, theirs, without_tokens, who):
    everybodys = come_as(app, **who)

    for kind, path in {
        "dossier": "dossiers", "conversation": "conversations", "complaint": "complaints", "report": "feedback",
        "message": "deliveries",
    }.items():  # fmt: skip
        assert everybodys.get(f"/console/{path}/{theirs[kind]}").status_code == 200


def test_a_likely_duplicate_at_another_agency_is_not_told_of(app, theirs, without_tokens):
    with tenant_scope(SLUG):
        own = sent_report(MINE)

    page = come_as(app, agency_code=MINE).get(f"/console/feedback/{own.id}").get_data(as_text=True)
    all_of_it = come_as(app).get(f"/console/feedback/{own.id}").get_data(as_text=True)

    assert f'/console/feedback/{theirs["report"]}"' in all_of_it
    assert f'/console/feedback/{theirs["report"]}"' not in page


def test_what_was_merged_goes_with_the_report_to_the_next_agency(theirs):
    admin = make_staff(SLUG, role="province_admin")
    with tenant_scope(SLUG):
        own = sent_report(MINE)
        feedback.merge(own.id, int(theirs["report"]), admin)
        assert db.session.get(Feedback, (SLUG, own.id)).agency_code == OTHER

        feedback.act(int(theirs["report"]), "forward", "", admin, agency_code=MINE)

        db.session.expire_all()
        assert db.session.get(Feedback, (SLUG, own.id)).agency_code == MINE


def test_a_leader_of_one_agency_opens_no_rows_of_another(app, theirs, without_tokens):
    leader = come_as(app, role="leader", agency_code=MINE)
    whole = come_as(app, role="leader")
    rows = (
        f"/console/satisfaction/dossiers?measure=total&from=2024-01-01&to={now().astimezone(VIETNAM).date()}"
    )

    assert theirs["dossier"] in whole.get(rows).get_data(as_text=True)
    assert theirs["dossier"] not in leader.get(rows).get_data(as_text=True)
    asked = leader.get(f"/console/dashboards/dossiers/rows?agency={OTHER}&period=year")
    assert asked.status_code == 200 and theirs["dossier"] not in asked.get_data(as_text=True)
    refused = leader.get("/console/dashboards/messages/rows")
    assert whole.get("/console/dashboards/messages/rows").status_code == 200
    assert refused.status_code == 403 and "Quản trị viên của tỉnh" in refused.get_data(as_text=True)
