"""The list of a province's procedures, searched and filtered, a page at a time."""

from dataclasses import dataclass

from motcua.core.database import db
from motcua.core.text.collation import place_key

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
    """Three queries, however long the list: the number of rows, the page's rows, their agencies' names."""
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
            TenantProcedure.code, _NAME, _FIELD, TenantProcedure.agency, TenantProcedure.is_enabled,
            TenantProcedure.overrides, own_facts.is_not(None), NationalProcedure.withdrawn_on.is_not(None),
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(TenantProcedure.code)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()  # fmt: skip
    names = _names({row[3] for row in rows if row[3]})
    listed = [
        Listed(
            code,
            name,
            field,
            names.get(agency, agency),
            enabled,
            tuple(overrides),
            own,
            withdrawn and not own,
        )
        for code, name, field, agency, enabled, overrides, own, withdrawn in rows
    ]
    return Page(listed, total, number, pages)


def _names(codes: set[str]) -> dict[str, str]:
    return dict(db.session.execute(db.select(Agency.code, Agency.name).where(Agency.code.in_(codes))).all())


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
    return sorted(db.session.scalars(db.select(Agency)), key=lambda one: place_key(one.name))


def agency_names() -> list[tuple[str, str]]:
    """Code and name of all agencies, as a list to choose from shows them."""
    return [(one.code, one.name) for one in agencies()]


@dataclass(frozen=True)
class Branch:
    """An agency in the tree, `depth` steps below the top, with how many procedures name it."""

    agency: Agency
    depth: int
    procedures: int


def agency_tree() -> list[Branch]:
    """All agencies, each below its parent, by name. One whose parent is not there stands at the top."""
    counts = dict(
        db.session.execute(
            db.select(TenantProcedure.agency, db.func.count())
            .where(TenantProcedure.is_enabled)
            .group_by(TenantProcedure.agency)
        ).all()
    )
    known = agencies()
    codes = {one.code for one in known}
    below: dict[str | None, list[Agency]] = {}
    for one in known:
        below.setdefault(one.parent_code if one.parent_code in codes else None, []).append(one)

    def walk(parent: str | None, depth: int) -> list[Branch]:
        return [
            branch
            for one in below.get(parent, ())
            for branch in (Branch(one, depth, counts.get(one.code, 0)), *walk(one.code, depth + 1))
        ]

    return walk(None, 0)
