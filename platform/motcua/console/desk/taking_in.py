"""Taking a dossier in at the counter: from the filled form to the dossier, its code and its first event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert

from motcua.accounts.models import Staff
from motcua.catalogue import lookup
from motcua.catalogue.facts import Channel
from motcua.catalogue.lookup import Procedure
from motcua.citizens.models import phone_index
from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers import codes, intake, numbering, people_index
from motcua.dossiers.models import PEOPLE, AnsweredRequest, Dossier, DossierPhone
from motcua.dossiers.schemas import DossierIn, EventIn
from motcua.dossiers.statuses import FINISHED, Status
from motcua.tenancy import current

from .forms import Typed, given, load

PERSON = {"name": "name", "phone": "phone", "id_number": "id", "address": "address"}
NAMES = {f"{role}.{theirs}": f"{role}_{ours}" for role in PEOPLE for theirs, ours in PERSON.items()}
NAMES |= {
    "agency_code": "agency",
    "due_at": "due",
    "status_at": "received_at",
    "reason": "decision_reason",
    "supplement.reason": "decision_reason",
    "supplement.respond_by": "respond_by",
}
MOST_OWN = 30
DECISIONS = ("accept", "supplement", "refuse")
FORM_OF = {"accept": "01", "supplement": "02", "refuse": "03"}
SUBMISSION = re.compile(r"^[0-9a-f-]{36}$")
TRIES = 50


class LooksTaken(Invalid):
    """The same owner has a dossier of the same procedure open; `others` are those. Asked again, it is taken in."""

    code = "dossier_looks_taken"

    def __init__(self, others: list[Dossier]):
        sentence = (
            "Chủ hồ sơ này đang có hồ sơ cùng thủ tục chưa xong. Xin xem hồ sơ ấy; "
            "nếu vẫn nhận thì đánh dấu xác nhận."
        )
        super().__init__(sentence, details={"confirmed": [sentence]})
        self.others = others


@dataclass(frozen=True)
class Line:
    """One paper of the checklist, as typed."""

    name: str
    originals: int | str
    copies: int | str
    is_missing: bool
    field: str  # the row's name in the form: `paper-0` of the procedure's list, `own-0` of the officer's

    @property
    def as_json(self) -> dict:
        return {"name": self.name, "originals": self.originals, "copies": self.copies}


@dataclass(frozen=True)
class Taken:
    dossier_code: str
    decision: str
    is_again: bool = False  # the same form was sent before


def cases(procedure: Procedure, channel: str) -> list[Channel]:
    """The procedure's cases for one way to file."""
    return [one for one in procedure.facts.channels if one.channel == channel]


def limit_of(procedure: Procedure, channel: str, case: str) -> tuple[float | None, str] | None:
    """The time of the chosen case (its place among `cases`); of the only one, where there is no choice."""
    known = cases(procedure, channel)
    if case.isdecimal() and len(case) < 4 and int(case) < len(known):
        return known[int(case)].time.limit()
    return procedure.facts.time_limit(channel)


def checklist(procedure: Procedure, typed: Typed | None) -> list[Line]:
    """The papers of the procedure with what was typed of them, then the officer's own."""
    lines = []
    for number, paper in enumerate(procedure.facts.papers_required()):
        field = f"paper-{number}"
        if typed is None or f"{field}-originals" not in typed.form:
            lines.append(Line(paper.name, paper.originals, paper.copies, False, field))
        else:
            lines.append(_typed_line(typed, paper.name, field))
    for number in typed.numbered("own", "name")[:MOST_OWN] if typed else ():
        if name := typed(f"own-{number}-name"):
            lines.append(_typed_line(typed, name, f"own-{number}"))
    return lines


def _typed_line(typed: Typed, name: str, field: str) -> Line:
    originals, copies = typed.count(f"{field}-originals"), typed.count(f"{field}-copies")
    return Line(name, originals, copies, typed(f"{field}-missing") == "1", field)


def take_in(procedure: Procedure, form: Mapping[str, str], by: Staff) -> Taken:
    """Store what the form says; the same form sent twice is stored once. Does not commit.

    Raises Invalid (`details` by the form's fields), LooksTaken among them.
    """
    typed = Typed(form)
    decision = _decision(typed)
    papers = checklist(procedure, typed)
    data = _load(procedure, typed, papers, decision, by)
    missing = [one for one in papers if one.is_missing]
    _papers_allow(decision, missing, typed)
    submission = _begin(typed)
    if isinstance(submission, Taken):
        return submission
    if typed("confirmed") != "1":
        others = still_open(data)
        if others:
            raise LooksTaken(others)
    code = _code(typed, data)
    dossier, _ = intake.put(code, data)
    if decision != "accept":
        _say_no(dossier, decision, missing, typed, by)
    answer = {"code": dossier.code, "decision": decision}
    db.session.execute(
        db.update(AnsweredRequest).where(AnsweredRequest.id == submission).values(status=201, body=answer)
    )
    return Taken(dossier.code, decision)


def still_open(data: dict) -> list[Dossier]:
    """Unfinished dossiers of the same procedure and owner: the same ID number, else the same name and phone."""
    owner = data["owner"]
    if owner.get("id_number"):
        same = Dossier.id.in_(people_index.found_by(people_index.of_id(owner["id_number"])))
    elif owner.get("phone"):
        phone = db.select(DossierPhone.dossier_id).where(
            DossierPhone.phone_index == phone_index(owner["phone"])
        )
        named = people_index.found_by(people_index.of_name(owner["name"]))
        same = Dossier.id.in_(phone) & Dossier.id.in_(named)
    else:
        return []
    return list(
        db.session.scalars(
            db.select(Dossier)
            .where(same, Dossier.procedure_code == data["procedure_code"], Dossier.status.not_in(FINISHED))
            .order_by(Dossier.id.desc())
            .limit(5)
        )
    )


def with_phone(phone: str) -> list[Dossier]:
    """Whose papers already name this phone (84…), newest first."""
    ids = db.select(DossierPhone.dossier_id).where(DossierPhone.phone_index == phone_index(phone))
    return list(
        db.session.scalars(
            db.select(Dossier).where(Dossier.id.in_(ids)).order_by(Dossier.status_at.desc()).limit(20)
        )
    )


def names_in(form: Mapping[str, str], procedure: Procedure) -> dict[str, str]:
    """The schemas' names to the form's fields, for saying what is wrong where it was typed."""
    handed_in = [one for one in checklist(procedure, Typed(form)) if not one.is_missing]
    return NAMES | {
        f"papers.{number}.{part}": one.field
        for number, one in enumerate(handed_in)
        for part in ("name", "originals", "copies")
    }


def _decision(typed: Typed) -> str:
    decision = typed("decision") or "accept"
    if decision not in DECISIONS:
        sentence = "Xin chọn nhận hồ sơ, yêu cầu bổ sung hoặc từ chối."
        raise Invalid(sentence, details={"decision": [sentence]})
    return decision


def _load(procedure: Procedure, typed: Typed, papers: list[Line], decision: str, by: Staff) -> dict:
    at = typed.moment("received_at") or now().isoformat()
    people = {
        role: given({theirs: typed(f"{role}_{ours}") for theirs, ours in PERSON.items()}) for role in PEOPLE
    }
    for person in people.values():
        if "id_number" in person:
            person["id_number"] = re.sub(r"[\s.]", "", person["id_number"]).upper()
    body = given(
        {
            "procedure_code": procedure.code,
            "channel": typed("channel"),
            "agency_code": typed("agency"),
            "department": typed("department"),
            "summary": typed("summary"),
            "papers": [one.as_json for one in papers if not one.is_missing],
            **people,
        }
    )
    body |= {"owner": people["owner"], "officer": {"name": by.full_name}}
    agency = lookup.find_agency(typed("agency")) if typed("agency") else None
    if agency is not None and agency.desk_name:
        body["pickup"] = {"place": agency.desk_name}
    if decision == "accept":
        body |= {"status": Status.ACCEPTED.value, "received_at": at, "step": {"name": "Tiếp nhận"}}
        if due := typed.moment("due"):
            body["due_at"] = due
    else:
        body |= {"status": Status.FILED.value, "status_at": at}
    data = load(DossierIn(), body)
    limit = limit_of(procedure, data["channel"], typed("case"))
    if limit is not None and "due_at" not in data:
        data["time_limit"] = limit
    return data


def _papers_allow(decision: str, missing: list[Line], typed: Typed) -> None:
    if missing and decision == "accept" and typed("incomplete") != "1":
        sentence = (
            f"Còn thiếu {len(missing)} giấy tờ. Xin chọn yêu cầu bổ sung (mẫu 02) hoặc từ chối (mẫu 03); "
            "nếu vẫn nhận thì đánh dấu “Nhận khi còn thiếu”."
        )
        raise Invalid(sentence, details={"decision": [sentence]})
    if decision != "accept" and not typed("decision_reason"):
        sentence = "Thiếu lý do. Xin ghi rõ để người dân biết phải làm gì."
        raise Invalid(sentence, details={"decision_reason": [sentence]})
    if decision == "supplement" and not missing:
        sentence = "Chưa đánh dấu giấy tờ nào còn thiếu. Xin đánh dấu ở danh sách giấy tờ."
        raise Invalid(sentence, details={"decision": [sentence]})


def _begin(typed: Typed) -> int | Taken:
    """Remember this form as sent: its row's id, or what its first sending led to. A second waits for the first."""
    submission = typed("submission")
    if not SUBMISSION.match(submission):
        raise Invalid("Biểu mẫu đã cũ. Xin mở lại trang tiếp nhận; dữ liệu đã gõ vẫn còn trên trang này.")
    key = f"desk:{submission}"
    first = db.session.execute(
        insert(AnsweredRequest)
        .values(tenant_id=scope.required(), key=key, fingerprint="desk")
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"])
        .returning(AnsweredRequest.id)
    ).scalar()
    if first is not None:
        return first
    body = db.session.scalars(db.select(AnsweredRequest.body).where(AnsweredRequest.key == key)).one()
    return Taken(body["code"], body["decision"], is_again=True)


def _code(typed: Typed, data: dict) -> str:
    if typed("code"):
        code = codes.normalise(typed("code"))
        if intake.hold(code) is not None:
            sentence = f"Mã {code} đã có hồ sơ. Xin kiểm tra lại mã, hoặc để trống để hệ thống cấp mã mới."
            raise Invalid(sentence, details={"code": [sentence]})
        return code
    day = now().astimezone(VIETNAM).date()
    agency = lookup.find_agency(data.get("agency_code") or "")
    identifier = numbering.identifier_for(agency, current.tenant().settings, day)
    if identifier is None:
        sentence = "Cơ quan này chưa có mã định danh nên chưa cấp được mã. Xin gõ mã do hệ thống một cửa cấp."
        raise Invalid(sentence, details={"code": [sentence]})
    for _ in range(TRIES):
        code = codes.normalise(numbering.next_code(identifier, day))
        if intake.hold(code) is None:
            return code
    sentence = "Nhiều mã kế tiếp đã do hệ thống khác dùng. Xin gõ mã do hệ thống một cửa cấp."
    raise Invalid(sentence, details={"code": [sentence]})


def _say_no(dossier: Dossier, decision: str, missing: list[Line], typed: Typed, by: Staff) -> None:
    """Papers asked for, or a refusal, before the dossier was ever accepted."""
    reason = typed("decision_reason")
    at = max(now(), dossier.status_at + timedelta(seconds=1))
    body = {"occurred_at": at.isoformat(), "reason": reason, "officer": {"name": by.full_name}}
    if decision == "refuse":
        body["status"] = Status.REFUSED.value
    else:
        items = [{"name": one.name[:500], "originals": 0, "copies": 0} for one in missing]
        needed = {one.name: one for one in checklist(lookup.find_procedure(dossier.procedure_code), None)}
        for item, one in zip(items, missing, strict=True):
            law = needed.get(one.name)
            item |= {"originals": law.originals, "copies": law.copies} if law else {"originals": 1}
        supplement = {"items": items, "reason": reason, "stage": "reception"}
        if until := typed.moment("respond_by"):
            supplement["respond_by"] = until
        body |= {"status": Status.SUPPLEMENT.value, "supplement": supplement}
    intake.add_event(dossier.code, load(EventIn(), body))
