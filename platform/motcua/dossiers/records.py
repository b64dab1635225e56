"""A dossier's supplements, fees, apologies, results and legs: kept as its chronicle finds them, and read again."""

from dataclasses import dataclass
from typing import Any

from motcua.core.database import db

from . import flags
from .chronicle import Chronicle
from .models import Dossier, DossierEvent
from .record_models import (
    DossierApology,
    DossierFee,
    DossierLeg,
    DossierResult,
    DossierSupplement,
)

Rows = dict[tuple[type, int], Any]  # by model, and by event (legs: by number)


@dataclass(frozen=True)
class Made:
    """The records that one event brought or completed, for whoever tells of it. None: no such record."""

    supplement: DossierSupplement | None = None
    fee: DossierFee | None = None  # asked for or paid
    apology: DossierApology | None = None
    result: DossierResult | None = None  # ready or handed over


NOTHING = Made()
KINDS = {
    "supplements": DossierSupplement,
    "fees": DossierFee,
    "apologies": DossierApology,
    "results": DossierResult,
    "legs": DossierLeg,
}


def of(dossier: Dossier) -> dict[str, list]:
    """Every record of a dossier by kind (see KINDS), each list in its order."""
    if not dossier.has_records:
        return {name: [] for name in KINDS}
    return {
        name: list(
            db.session.scalars(db.select(model).where(model.dossier_id == dossier.id).order_by(model.number))
        )
        for name, model in KINDS.items()
    }


def standing(dossier: Dossier) -> Made:
    """What holds now: the open supplement, the unpaid fee, the apology for today's due date, the newest result."""
    found = of(dossier)
    return Made(
        next((one for one in reversed(found["supplements"]) if one.closed_at is None), None),
        next((one for one in reversed(found["fees"]) if one.paid_at is None), None),
        next((one for one in reversed(found["apologies"]) if one.new_due_at == dossier.due_at), None),
        next(reversed(found["results"]), None),
    )


def keep(dossier: Dossier, found: Chronicle) -> Rows:
    """Make the tables agree; returns the rows by model and event. Does not flush."""
    with db.session.no_autoflush:  # one UPDATE of the dossier, not one before each look
        flags.keep(dossier, found.flags)
        return _keep_rows(dossier, found)


def add(dossier: Dossier, found: Chronicle) -> Rows:
    """Add what one new event brought to a dossier that has no records of these kinds yet."""
    kept = {}
    for model, wanted in found.rows.items():
        for number, values in enumerate(wanted, 1):
            kept[model, values["event_id"]] = row = model(dossier_id=dossier.id, number=number, **values)
            db.session.add(row)
    flags.add(dossier, found.flags)
    dossier.has_records = dossier.has_records or bool(kept)
    return kept


def _keep_rows(dossier: Dossier, found: Chronicle) -> Rows:
    kept = {}
    for model, wanted in found.rows.items():
        # A kind that the line does not show now it never showed: events only ever add. But stated legs may go.
        if not wanted and not (model is DossierLeg and "legs" in dossier.snapshot):
            continue
        key = "number" if model is DossierLeg else "event_id"
        held = {
            getattr(row, key): row
            for row in db.session.scalars(db.select(model).where(model.dossier_id == dossier.id))
        }
        for number, values in enumerate(wanted, 1):
            values = values | {"number": number}
            row = held.pop(values[key], None)
            if row is None:
                row = model(dossier_id=dossier.id)
                db.session.add(row)
            for name, value in values.items():
                setattr(row, name, value)
            kept[model, values[key]] = row
        for row in held.values():
            db.session.delete(row)
    dossier.has_records = any(found.rows.values())
    return kept


def made_by(event: DossierEvent, found: Chronicle, kept: Rows) -> Made:
    made = {model: kept[model, by] for model, by in found.touched.get(event.id, ())}
    return Made(*(made.get(one) for one in (DossierSupplement, DossierFee, DossierApology, DossierResult)))
