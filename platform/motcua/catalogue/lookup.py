"""What a province carries out, and by whom, for the tenant in scope."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from motcua.core import scope
from motcua.core.database import db, tenant_scope

from . import versions
from .effective import FieldValue, facts_of, fields_of, merged, own_of
from .facts import ProcedureFacts, normalise_code
from .layers import OVERRIDES, OWN, State
from .models import (
    Agency,
    NationalCatalogue,
    NationalProcedure,
    NationalProcedureVersion,
    OwnProcedureVersion,
    TenantCatalogue,
    TenantProcedure,
)

NATIONAL = "_national"


@dataclass(frozen=True)
class Procedure:
    """A procedure as this province carries it out: `facts` are merged, `overrides` already in them."""

    code: str
    name: str
    facts: ProcedureFacts
    overrides: dict[str, str]
    agency: str | None = None  # an agency's code, or "commune"
    fields: tuple[FieldValue, ...] = field(default=(), repr=False)

    @property
    def desk(self) -> str | None:
        return self.overrides.get("desk")

    @property
    def note(self) -> str | None:
        return self.overrides.get("note")


@dataclass(frozen=True)
class Searchable:
    """What a search knows of one procedure. `aliases` are other names and codes it may be asked for by."""

    code: str
    name: str
    field: str
    levels: tuple[str, ...]
    subjects: tuple[str, ...]
    results: tuple[str, ...]
    papers: tuple[str, ...]
    aliases: tuple[str, ...]


def find_procedure(code: str) -> Procedure | None:
    """By national or provincial form of the code; None when unknown or switched off here, or withdrawn."""
    try:
        national, _ = normalise_code(code)
    except ValueError:
        return None
    row = db.session.execute(
        db.select(TenantProcedure, NationalProcedure)
        .outerjoin(NationalProcedure, base_of_tenants)
        .where(TenantProcedure.code == national, TenantProcedure.is_enabled)
    ).first()
    if row is None:
        return None
    said, base = row
    return _procedure(said, base.facts if base is not None else None)


def _procedure(row: TenantProcedure, national: dict | None) -> Procedure | None:
    state = State(row.folder, row.changes)
    base = facts_of(national, own_of(state))
    if base is None:
        return None
    facts = merged(base, row.overrides)
    return Procedure(row.code, facts.name, facts, row.overrides, row.agency, tuple(fields_of(base, state)))


# A JSON null is not SQL's: it must not win over the national facts.
own_facts = db.func.nullif(TenantProcedure.changes[OWN]["value"], db.text("'null'::jsonb"))
base_of_tenants = db.and_(
    NationalProcedure.code == TenantProcedure.code, NationalProcedure.withdrawn_on.is_(None)
)


def version_at(code: str, day: date) -> ProcedureFacts | None:
    """The national (or the province's own) procedure as it was in force on `day`, without overrides.

    A dossier keeps its procedure's code; with the day of receipt this is the version it was taken in under.
    """
    own = versions.in_force(OwnProcedureVersion, code, day)
    found = own or versions.in_force(NationalProcedureVersion, code, day)
    return ProcedureFacts.from_json(found.facts) if found else None


def catalogue_version(tenant_id: str) -> str:
    """Changes whenever what citizens of `tenant_id` (or of `_national`) can look up may have changed."""
    national = db.session.scalar(db.select(NationalCatalogue.version)) or 0
    if tenant_id == NATIONAL:
        return f"{national}"
    if scope.current() == tenant_id:
        return f"{national}.{_own_version()}"
    with tenant_scope(tenant_id):
        return f"{national}.{_own_version()}"


def _own_version() -> int:
    return db.session.scalar(db.select(TenantCatalogue.version)) or 0


def searchable(tenant_id: str) -> Iterator[Searchable]:
    """What citizens of `tenant_id` can look up, by code; `_national` is the whole national base."""
    if tenant_id == NATIONAL:
        return iter([_of_national(row) for row in db.session.execute(_national_rows())])
    if scope.current() == tenant_id:
        return iter(_of_tenant())
    with tenant_scope(tenant_id):
        return iter(_of_tenant())


def _national_rows():
    return (
        db.select(NationalProcedure.code, *_parts(NationalProcedure.facts))
        .where(NationalProcedure.withdrawn_on.is_(None))
        .order_by(NationalProcedure.code)
    )


def _parts(facts):
    names = ("name", "field", "levels", "subjects", "results", "papers")
    return [facts[name].label(name) for name in names]


def _of_tenant() -> list[Searchable]:
    facts = db.func.coalesce(own_facts, NationalProcedure.facts)
    rows = db.session.execute(
        db.select(
            TenantProcedure.code,
            *_parts(facts),
            TenantProcedure.overrides["name"].astext.label("own_name"),
            TenantProcedure.code_suffix,
        )
        .outerjoin(NationalProcedure, base_of_tenants)
        .where(TenantProcedure.is_enabled, facts.is_not(None))
        .order_by(TenantProcedure.code)
    )
    return [_of_national(row, row.own_name, row.code_suffix) for row in rows]


def _of_national(row, own_name: str | None = None, suffix: str | None = None) -> Searchable:
    aliases = ([row.name] if own_name and own_name != row.name else []) + (
        [row.code + suffix] if suffix else []
    )
    papers = [paper["name"] for paper in row.papers if paper["kind"] == "paper"]
    return Searchable(
        row.code,
        own_name or row.name,
        row.field,
        *(tuple(part) for part in (row.levels, row.subjects, row.results, papers, aliases)),
    )


def find_agency(code: str) -> Agency | None:
    return db.session.scalar(db.select(Agency).where(Agency.code == code))


__all__ = [
    "NATIONAL",
    "OVERRIDES",
    "Procedure",
    "Searchable",
    "catalogue_version",
    "find_agency",
    "find_procedure",
    "searchable",
    "version_at",
]
