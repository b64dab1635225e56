"""Codes of dossiers that are taken in here: `<identifier>-<yyMMdd>-<nnnn>`, without gaps or repeats.

The counter's row is locked from the number's taking until the commit: what is rolled back has taken no number.
"""

from datetime import date

from sqlalchemy import Date, Integer, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from motcua.catalogue.models import Agency
from motcua.core import scope
from motcua.core.database import Base, TenantOwned, db


class DossierCounter(TenantOwned, Base):
    """The last number given under one identifier on one day."""

    __tablename__ = "dossier_counter"

    identifier: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    last: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "identifier", "day"),)


def identifier_for(agency: Agency | None, settings: dict, day: date) -> str | None:
    """The agency's own identifier (agencies.csv, national_code), else the province's on `day` (tenant.toml).

    None: neither is known, so the code has to be typed.
    """
    if agency is not None and agency.national_code:
        return agency.national_code
    on = day.isoformat()
    return next(
        (
            one["code"]
            for one in settings.get("agency_codes") or ()
            if (one.get("valid_from") or "0001-01-01") <= on <= (one.get("valid_to") or "9999-12-31")
        ),
        None,
    )


def next_code(identifier: str, day: date) -> str:
    """Takes a number; whoever comes next waits until we commit. Does not commit."""
    given = insert(DossierCounter).values(tenant_id=scope.required(), identifier=identifier, day=day, last=1)
    number = db.session.execute(
        given.on_conflict_do_update(
            index_elements=["tenant_id", "identifier", "day"], set_={"last": DossierCounter.last + 1}
        ).returning(DossierCounter.last)
    ).scalar_one()
    return f"{identifier}-{day:%y%m%d}-{number:04d}"
