"""The list of a province's procedures, searched and filtered, a page at a time."""

from dataclasses import dataclass

from motcua.core.database import db

from .codes import normalise_code
from .lookup import own_facts
from .models import Agency, NationalProcedure, TenantProcedure
from .names import plain_name

PAGE = 50


@dataclass(frozen=True)
class Filter:
    """`state`: "", "on", "off"; `kind`: "", "overridden", "own", "withdrawn"."""

    words: str = ""
    field: str = ""
    state: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Listed:
    code: str
    name: str
    field: str
    agency: str | None  # its name, or its code where it is gone
    is_enabled: bool
    overridden: tuple[str, ...]
    is_own: bool
    is_withdrawn: bool


@dataclass(frozen=True)
class Page:
    rows: list[Listed]
    total: int
    number: int
    pages: int


_NAME = db.func.coalesce(TenantProcedure.name, NationalProcedure.name)
_FIELD = db.func.coalesce(TenantProcedure.field, NationalProcedure.field)
_KEY = db.func.coalesce(TenantProcedure.name_key, NationalProcedure.name_key)


def find_page(wanted: Filter, number: int = 1) -> Page:
    """One query for the rows, one for their number; the names of agencies come with the rows."""
    # Nothing to offer: an override of what neither the nation nor the province has.
    conditions = [db.or_(NationalProcedure.code.is_not(None), own_facts.is_not(None)), *_conditions(wanted)]
    joined = db.join(
        TenantProcedure, NationalProcedure, NationalProcedure.code == TenantProcedure.code, isouter=True
    )
    total = db.session.scalar(db.select(db.func.count()).select_from(joined).where(*conditions))
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    rows = db.session.execute(
        db.select(
            TenantProcedure.code, _NAME, _FIELD, db.func.coalesce(Agency.name, TenantProcedure.agency),
            TenantProcedure.is_enabled, TenantProcedure.overrides, own_facts.is_not(None),
            NationalProcedure.withdrawn_on.is_not(None),
        )
        .select_from(joined)
        .outerjoin(Agency, Agency.code == TenantProcedure.agency)
        .where(*conditions)
        .order_by(TenantProcedure.code)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )  # fmt: skip
    listed = [
        Listed(code, name, field, agency, enabled, tuple(overrides), own, withdrawn and not own)
        for code, name, field, agency, enabled, overrides, own, withdrawn in rows
    ]
    return Page(listed, total, number, pages)


def _conditions(wanted: Filter) -> list:
    found = []
    if wanted.words.strip():
        found.append(_has_words(wanted.words))
    if wanted.field:
        found.append(wanted.field == _FIELD)
    if wanted.state in ("on", "off"):
        found.append(TenantProcedure.is_enabled.is_(wanted.state == "on"))
    if wanted.kind == "overridden":
        found += [TenantProcedure.overrides != {}, own_facts.is_(None)]
    elif wanted.kind == "own":
        found.append(own_facts.is_not(None))
    elif wanted.kind == "withdrawn":
        found.append(NationalProcedure.withdrawn_on.is_not(None))
    return found


def _has_words(words: str):
    """A whole code, the beginning of one, or every word somewhere in the name, accents or not."""
    try:
        return TenantProcedure.code == normalise_code(words)[0]
    except ValueError:
        pass
    start = words.strip()
    if start[:1].isdigit() and not start.strip("0123456789."):
        return TenantProcedure.code.startswith(start, autoescape=True)
    return db.and_(db.true(), *(_KEY.contains(word, autoescape=True) for word in plain_name(words).split()))


def fields_in_use() -> list[str]:
    rows = db.session.scalars(
        db.select(_FIELD)
        .select_from(TenantProcedure)
        .outerjoin(NationalProcedure, NationalProcedure.code == TenantProcedure.code)
        .where(_FIELD.is_not(None))
        .distinct()
    )
    return sorted(rows, key=plain_name)


def agencies() -> list[Agency]:
    """All agencies of the province, by name."""
    return sorted(db.session.scalars(db.select(Agency)), key=lambda one: plain_name(one.name))
