"""What the search needs to know of a procedure, from the folder's files or from the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from motcua.core.database import db

from .facts import ProcedureFacts
from .lookup import base_of_tenants, own_facts
from .models import NationalProcedure, TenantProcedure
from .national import read_national


@dataclass(frozen=True)
class Record:
    """A procedure, as far as searching goes. `levels` are keys of facts.LEVELS; `aliases` further names."""

    code: str
    name: str
    field: str = ""
    levels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @classmethod
    def from_facts(cls, facts: ProcedureFacts) -> "Record":
        return cls(facts.code, facts.name, facts.field, facts.levels, facts.subjects)


def national_records(folder: Path) -> Iterator[Record]:
    """The whole base catalogue from the folder `_national`. Raises FolderInvalid where it has faults."""
    return map(Record.from_facts, read_national(folder))


def stored_records() -> Iterator[Record]:
    """The whole base catalogue as the database holds it; the same for every province."""
    facts = (
        NationalProcedure.facts
    )  # of which the search needs the smallest part: papers and steps stay where they are
    columns = (NationalProcedure.code, *(facts[name] for name in ("name", "field", "levels", "subjects")))
    for code, name, field, levels, subjects in db.session.execute(
        db.select(*columns).order_by(NationalProcedure.code)
    ):
        yield Record(code, name, field, tuple(levels), tuple(subjects))


def tenant_names() -> dict[str, str | None]:
    """What the tenant in scope carries out: code to its own name, None where it keeps the national one.

    The one place that reads today's tables for the search of a province.
    """
    rows = db.session.execute(
        db.select(TenantProcedure.code, TenantProcedure.overrides).where(TenantProcedure.is_enabled)
    )
    return {code: overrides.get("name") for code, overrides in rows}


def own_records() -> list[Record]:
    """The procedures of the tenant in scope that the national base lacks."""
    rows = db.session.scalars(
        db.select(own_facts)
        .select_from(TenantProcedure)
        .outerjoin(NationalProcedure, base_of_tenants)
        .where(TenantProcedure.is_enabled, NationalProcedure.code.is_(None), own_facts.is_not(None))
        .order_by(TenantProcedure.code)
    )
    return [Record.from_facts(ProcedureFacts.from_json(facts)) for facts in rows]
