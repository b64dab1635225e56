"""Issuing a paper: number, record and file in one transaction, and the same paper again when it is asked for.

Numbers count without a gap for each agency, form and year: whoever issues holds a lock until the commit, so a
paper that could not be made, or was rolled back, has taken no number.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import NotFound

from . import rendering, sets
from .models import PURPOSE, FormIssued

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")

# Where to collect may become known only when the result is ready: the receipt given at the counter stays the same.
NOT_OF_THE_PAPER = {"receipt": ("pickup", "pickup_hours")}


class PaperUnknown(NotFound):
    code = "form_not_issued"
    message = "Không có giấy này trong hồ sơ. Xin mở lại trang của hồ sơ và chọn giấy cần in."


@dataclass(frozen=True)
class Paper:
    pdf: bytes
    issued: FormIssued
    is_new: bool


def issue(
    form: sets.Form, form_set: sets.FormSet, facts, *, agency: str, dated: date, by: str, dossier_id: int
) -> Paper:
    """The paper saying `facts`: the one issued before if it says the same, else a new one. Does not commit.

    `agency`: whose numbers it counts in. `by`: the officer's name, or which key of the one-stop system.
    """
    words = asdict(facts)
    says = digest_of(words, NOT_OF_THE_PAPER.get(form.kind, ()))
    db.session.execute(LOCK, {"key": f"{scope.required()}/form/{form.kind}/{dated.year}/{agency}"})
    known = db.session.scalar(
        db.select(FormIssued)
        .where(
            FormIssued.dossier_id == dossier_id,
            FormIssued.form == form.kind,
            FormIssued.facts_digest == says,
        )
        .order_by(FormIssued.id.desc())
        .limit(1)
    )
    if known is not None:
        return Paper(print_again(known), known, False)
    number, at = _next_number(form, agency, dated.year), whole_second()
    pdf = rendering.to_pdf(form, form_set, facts, number=number, at=at)
    issued = FormIssued(
        dossier_id=dossier_id,
        form=form.kind,
        form_set=form_set.key,
        agency=agency,
        year=dated.year,
        number=number,
        dated=dated,
        facts_encrypted=crypto.seal_json(scope.required(), PURPOSE, words),
        facts_digest=says,
        digest=hashlib.sha256(pdf).hexdigest(),
        issued_at=at,
        issued_by=by,
    )
    db.session.add(issued)
    db.session.flush()
    return Paper(pdf, issued, True)


def record_register(form: sets.Form, form_set: sets.FormSet, file: bytes, choice, *, by: str) -> None:
    """That `by` took out the register of a period. Does not commit. `choice`: see `register.Choice`."""
    said = {"agency": choice.agency_name, "first": choice.first.isoformat(), "last": choice.last.isoformat()}
    db.session.add(
        FormIssued(
            form=form.kind,
            form_set=form_set.key,
            agency=choice.agency_name,
            year=choice.last.year,
            dated=choice.last,
            facts_encrypted=crypto.seal_json(scope.required(), PURPOSE, said),
            facts_digest=digest_of(said),
            digest=hashlib.sha256(file).hexdigest(),
            issued_at=whole_second(),
            issued_by=by,
        )
    )


def print_again(issued: FormIssued) -> bytes:
    form_set = sets.SETS[issued.form_set]
    form = form_set.of_kind(issued.form)
    if form is None or issued.dossier_id is None:
        raise PaperUnknown
    return rendering.to_pdf(form, form_set, issued.facts, number=issued.number, at=issued.issued_at)


def find(dossier_id: int, issued_id: int) -> FormIssued:
    """Raises PaperUnknown, also for a paper of another dossier."""
    found = db.session.scalar(
        db.select(FormIssued).where(FormIssued.id == issued_id, FormIssued.dossier_id == dossier_id)
    )
    if found is None:
        raise PaperUnknown
    return found


def issued_for(dossier_id: int) -> list[FormIssued]:
    """Newest first."""
    return list(
        db.session.scalars(
            db.select(FormIssued).where(FormIssued.dossier_id == dossier_id).order_by(FormIssued.id.desc())
        )
    )


def digest_of(words: dict, without: tuple[str, ...] = ()) -> str:
    kept = {name: value for name, value in words.items() if name not in without}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _next_number(form: sets.Form, agency: str, year: int) -> int | None:
    if form.symbol is None:
        return None
    last = db.session.scalar(
        db.select(db.func.max(FormIssued.number)).where(
            FormIssued.agency == agency, FormIssued.form == form.kind, FormIssued.year == year
        )
    )
    return (last or 0) + 1


def whole_second() -> datetime:
    """A file's date has no fractions: kept so, the paper can be made again byte for byte."""
    return now().astimezone(UTC).replace(microsecond=0)
