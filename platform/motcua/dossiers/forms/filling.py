"""From a dossier and what an office did with it to the words of a form."""

from collections.abc import Sequence
from datetime import date, datetime

from motcua.catalogue import lookup
from motcua.catalogue.effective import merged
from motcua.catalogue.facts import ProcedureFacts
from motcua.tenancy import current
from motcua.zalo.phone import mask_phone

from .. import codes, news, wording
from ..models import Dossier, DossierEvent
from ..receipts import CHANNELS
from ..statuses import Status
from . import acts, facts
from .acts_told import agency_at
from .heading import desk_of, heading_of

STAGES = {"reception": "Tiếp nhận hồ sơ", "appraisal": "Thẩm định, giải quyết hồ sơ"}


def fill_receipt(dossier: Dossier, events: Sequence[DossierEvent]) -> facts.ReceiptFacts | None:
    """Form 01; None while the dossier is not received. Dates and names are those of its receipt."""
    if dossier.received_at is None:
        return None
    taken_in = next((one for one in events if one.status == Status.ACCEPTED), None)
    agency, day = agency_at(dossier, events, taken_in), wording.day_of(dossier.received_at)
    procedure = _procedure(dossier.procedure_code, day)
    papers = dossier.papers or (procedure.papers_required() if procedure else ())
    account = current.official_account()
    desk = desk_of(agency, day)
    return facts.ReceiptFacts(
        heading=heading_of(agency, day, at_desk=True),
        subject=subject_of(dossier),
        desk=desk,
        channel=CHANNELS[dossier.channel],
        papers=tuple(map(_paper, papers)),
        papers_are_stated=bool(dossier.papers),
        time_by_law=procedure and procedure.describe_time_for(dossier.channel),
        received=wording.spelled_moment(dossier.received_at),
        due=_spelled(dossier.promised_at or dossier.due_at),
        pickup=dossier.pickup_place or desk,
        pickup_hours=dossier.pickup_hours,
        officer=taken_in and taken_in.officer,
        zalo_url=account and current.chat_url(account.oa_id),
        zalo_name=account and account.name,
        register_book=str(day.year),
    )


def fill_supplement(dossier: Dossier, asked: acts.Supplement) -> facts.SupplementFacts:
    """Form 02."""
    day = wording.day_of(asked.asked_at)
    return facts.SupplementFacts(
        heading=heading_of(asked.agency_name, day, at_desk=True),
        subject=subject_of(dossier),
        desk=desk_of(asked.agency_name, day),
        items=tuple(
            facts.PaperLine(one.name, one.originals, one.copies, one.note or None) for one in asked.items
        ),
        reason=asked.reason,
        respond_by=_spelled(asked.respond_by),
        stage=asked.stage and STAGES[asked.stage],
        officer=asked.officer,
        contact_phone=asked.contact_phone,
    )


def fill_refusal(dossier: Dossier, refused: acts.Refusal) -> facts.RefusalFacts:
    """Form 03."""
    day = wording.day_of(refused.refused_at)
    return facts.RefusalFacts(
        heading=heading_of(refused.agency_name, day, at_desk=True),
        subject=subject_of(dossier),
        desk=desk_of(refused.agency_name, day),
        received=_spelled(dossier.received_at),
        reason=refused.reason,
        officer=refused.officer,
    )


def fill_apology(dossier: Dossier, apology: acts.Apology) -> facts.ApologyFacts:
    """Form 04."""
    day = wording.day_of(apology.written_at)
    return facts.ApologyFacts(
        heading=heading_of(apology.agency_name, day, at_desk=False),
        subject=subject_of(dossier),
        agency=apology.agency_name,
        received=_spelled(dossier.received_at),
        old_due=wording.spelled_moment(apology.old_due_at),
        new_due=wording.spelled_moment(apology.new_due_at),
        reason=apology.reason,
        signer_title=apology.signer_title,
        signer_name=apology.signer_name,
    )


def fill_stop(dossier: Dossier, stop: acts.Stop) -> facts.StopFacts:
    """Form 05 of the newer set."""
    day = wording.day_of(stop.stopped_at)
    return facts.StopFacts(
        heading=heading_of(stop.agency_name, day, at_desk=False),
        subject=subject_of(dossier),
        agency=stop.agency_name,
        received=_spelled(dossier.received_at),
        stopped=wording.spelled_moment(stop.stopped_at),
        stage=stop.stage,
        reason=stop.reason,
        decision=stop.decision,
        refund=None if stop.refund_vnd is None else wording.amount(stop.refund_vnd),
        signer_title=stop.signer_title,
        signer_name=stop.signer_name,
    )


def _procedure(code: str, day: date) -> ProcedureFacts | None:
    """The version it was taken in under, with what the province says differently."""
    version, here = lookup.version_at(code, day), lookup.find_procedure(code)
    return merged(version, here.overrides) if version and here else version


def subject_of(dossier: Dossier) -> facts.Subject:
    people, contact = dossier.people, current.tenant().settings.get("contact") or {}
    return facts.Subject(
        code=dossier.code,
        procedure_code=dossier.procedure_code,
        procedure_name=dossier.procedure_name,
        summary=dossier.summary,
        owner=_person(people["owner"]),
        submitter=_person(people.get("submitter") or people["owner"]),
        tracking_url=news.tracking_url(dossier),
        follow_code=codes.spaced(dossier.token),
        hotline=contact.get("hotline"),
        portal_url=contact.get("portal_url"),
    )


def _person(given: dict) -> facts.Person:
    phone, number = given.get("phone"), given.get("id_number")
    return facts.Person(
        name=given["name"],
        address=given.get("address"),
        phone=phone and mask_phone(phone),
        email=given.get("email"),
        id_number=number and wording.masked_id(number),
    )


def _paper(given) -> facts.PaperLine:
    """Of the dossier (a dict as the source sent it) or of the catalogue (with attributes)."""
    if isinstance(given, dict):
        return facts.PaperLine(given["name"], given.get("originals", 0), given.get("copies", 0))
    return facts.PaperLine(given.name, given.originals, given.copies)


def _spelled(at: datetime | None) -> str | None:
    return at and wording.spelled_moment(at)
