"""What a province carries out, and by whom, for the tenant in scope."""

from dataclasses import dataclass

from motcua.core.database import db

from .facts import ProcedureFacts, normalise_code
from .models import Agency, NationalProcedure, TenantProcedure


@dataclass(frozen=True)
class Procedure:
    """A national procedure as this province carries it out."""

    code: str
    name: str
    facts: ProcedureFacts
    overrides: dict[str, str]


def find_procedure(code: str) -> Procedure | None:
    """By national or provincial form of the code; None when unknown or switched off here."""
    try:
        national, _ = normalise_code(code)
    except ValueError:
        return None
    row = db.session.execute(
        db.select(TenantProcedure, NationalProcedure)
        .join(NationalProcedure, NationalProcedure.code == TenantProcedure.code)
        .where(TenantProcedure.code == national, TenantProcedure.is_enabled)
    ).first()
    if row is None:
        return None
    own, base = row
    return Procedure(
        base.code, own.overrides.get("name") or base.name, ProcedureFacts.from_json(base.facts), own.overrides
    )


def find_agency(code: str) -> Agency | None:
    return db.session.scalar(db.select(Agency).where(Agency.code == code))
