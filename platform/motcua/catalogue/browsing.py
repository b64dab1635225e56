"""What a province carries out, as citizens leaf through it: by field, and what became of a code that is not there."""

from dataclasses import dataclass
from datetime import date

from motcua.core.database import db

from .codes import normalise_code
from .lookup import base_of_tenants, own_facts
from .models import NationalProcedure, NationalProcedureVersion, TenantProcedure
from .names import plain_name

PAGE = 40

_NAME = db.func.coalesce(TenantProcedure.name, NationalProcedure.name)
_FIELD = db.func.coalesce(TenantProcedure.field, NationalProcedure.field)
_LIVE = (TenantProcedure.is_enabled, db.or_(NationalProcedure.code.is_not(None), own_facts.is_not(None)))


@dataclass(frozen=True)
class Named:
    code: str
    name: str


@dataclass(frozen=True)
class Page:
    rows: list[Named]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class Missing:
    """Why a code shows nothing here.

    `kind`: "withdrawn" (nobody carries it out since `since`), "elsewhere" (others do), "unknown".
    """

    kind: str
    name: str | None = None
    agency: str | None = None
    url: str | None = None
    since: date | None = None


def fields() -> list[tuple[str, int]]:
    """The fields of the tenant in scope with how many procedures they hold, in the order of the alphabet."""
    rows = db.session.execute(
        db.select(_FIELD, db.func.count())
        .select_from(TenantProcedure)
        .outerjoin(NationalProcedure, base_of_tenants)
        .where(*_LIVE, _FIELD.is_not(None))
        .group_by(_FIELD)
    ).all()
    return sorted(((name, count) for name, count in rows if name), key=lambda row: plain_name(row[0]))


def in_field(field: str, number: int = 1) -> Page:
    """One page of a field's procedures, by name."""
    return _page((*_LIVE, field == _FIELD), number)


def of_agency(agency: str, number: int = 1) -> Page:
    """One page of what an agency (its code, or "commune") carries out, by name."""
    return _page((*_LIVE, TenantProcedure.agency == agency), number)


def names_of(codes: list[str]) -> list[Named]:
    """Those of `codes` that the tenant in scope carries out, in their order."""
    rows = db.session.execute(_named().where(*_LIVE, TenantProcedure.code.in_(codes)))
    found = {code: Named(code, name) for code, name in rows}
    return [found[code] for code in codes if code in found]


def missing(code: str) -> Missing:
    """Of a code that `lookup.find_procedure` does not know."""
    try:
        national, _ = normalise_code(code)
    except ValueError:
        return Missing("unknown")
    row = db.session.get(NationalProcedure, national)
    if row is None:
        return Missing("unknown")
    facts = row.facts
    agency = facts["implementing_agency"] or facts["competent_agency"] or facts["issuing_agency"]
    kind = "withdrawn" if row.withdrawn_on else "elsewhere"
    return Missing(kind, row.name, agency, facts["url"] or None, row.withdrawn_on)


def in_force_since(code: str) -> date | None:
    """Since when the national version of today holds; None for one that held before we knew it."""
    return db.session.scalar(
        db.select(NationalProcedureVersion.valid_from).where(
            NationalProcedureVersion.code == code, NationalProcedureVersion.valid_to.is_(None)
        )
    )


def _named():
    return (
        db.select(TenantProcedure.code, _NAME)
        .select_from(TenantProcedure)
        .outerjoin(NationalProcedure, base_of_tenants)
    )


def _page(conditions: tuple, number: int) -> Page:
    rows = sorted(
        (Named(code, name) for code, name in db.session.execute(_named().where(*conditions))),
        key=lambda one: plain_name(one.name),
    )
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, number), pages)
    return Page(rows[(number - 1) * PAGE : number * PAGE], len(rows), number, pages)
