"""What a procedure was on a given day: a change closes one version and opens the next."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from motcua.core.database import db

from .models import NationalProcedureVersion, OwnProcedureVersion

Model = type[NationalProcedureVersion] | type[OwnProcedureVersion]
BATCH = 500


def keep(model: Model, fresh: Mapping[str, dict[str, Any]], gone: Collection[str], day: date) -> None:
    """From `day` on the procedures are as in `fresh` (name, field, facts by code), and `gone` are no more.

    A second change on one day replaces that day's version: versions are told apart by days. Does not commit.
    """
    latest = _latest(model, [*fresh, *gone])
    replaced, opened, closed = [], [], [code for code in gone if code in latest]
    for code, values in fresh.items():
        number, valid_from, valid_to = latest.get(code, (0, None, None))
        if number and valid_to is None and valid_from == day:
            replaced.append({"of_code": code, "of_number": number} | values)
            continue
        if number and valid_to is None:
            closed.append(code)
        opened.append(
            {"code": code, "number": number + 1, "valid_from": day if number else None, "valid_to": None}
            | values
        )
    db.session.execute(
        db.update(model).where(model.code.in_(closed), model.valid_to.is_(None)).values(valid_to=day)
    )
    table = model.__table__
    this_one = (table.c.code == db.bindparam("of_code"), table.c.number == db.bindparam("of_number"))
    new_values = {name: db.bindparam(name) for name in ("name", "field", "facts")}
    for chunk in _chunks(replaced):
        db.session.connection().execute(table.update().where(*this_one).values(new_values), chunk)
    for chunk in _chunks(opened):
        db.session.execute(db.insert(model), chunk)


def _chunks(items: list) -> Iterator[list]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def in_force(model: Model, code: str, day: date) -> NationalProcedureVersion | OwnProcedureVersion | None:
    return db.session.scalar(
        db.select(model)
        .where(
            model.code == code,
            db.or_(model.valid_from.is_(None), model.valid_from <= day),
            db.or_(model.valid_to.is_(None), model.valid_to > day),
        )
        .order_by(model.number.desc())
        .limit(1)
    )


def history(model: Model, code: str) -> list[NationalProcedureVersion | OwnProcedureVersion]:
    """All versions, the newest first."""
    return list(db.session.scalars(db.select(model).where(model.code == code).order_by(model.number.desc())))


def _latest(model: Model, codes: list[str]) -> dict[str, tuple[int, date | None, date | None]]:
    rows = db.session.execute(
        db.select(model.code, model.number, model.valid_from, model.valid_to)
        .where(model.code.in_(codes))
        .order_by(model.code, model.number)
    )
    return {code: (number, valid_from, valid_to) for code, number, valid_from, valid_to in rows}
