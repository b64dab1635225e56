"""Facts added up once more, so that a page over years reads as little as one over a week.

`FactProvince` has a row a day with every measure of the whole province; the tables of BY_MONTH have the rows of
their daily one, a month each. Who counts a day renews both with it (see `summing`), so they always agree.
"""

from sqlalchemy import BigInteger, Date, UniqueConstraint
from sqlalchemy.orm import mapped_column

from motcua.core.database import Base, TenantOwned

from .measures import MEASURES
from .models import (
    FactDossier,
    FactHandled,
    FactLookup,
    FactMessage,
    FactPace,
    FactProcedure,
    FactSatisfaction,
    FactVoice,
)


def _summary(name: str, table: str, meant: str, columns: dict, key: tuple[str, ...]) -> type:
    """A table whose columns follow from what it sums up."""
    unique = (UniqueConstraint("tenant_id", *key),)
    body = {"__tablename__": table, "__doc__": meant, "__module__": __name__, "__table_args__": unique}
    return type(name, (TenantOwned, Base), body | columns)


def groups_of(table: type) -> tuple[str, ...]:
    """The columns that make its row of a day or month unique."""
    (unique,) = (one for one in table.__table__.constraints if isinstance(one, UniqueConstraint))
    return tuple(one.name for one in unique.columns if one.name not in ("tenant_id", "day", "month"))


def _monthly(daily: type) -> type:
    table, groups = daily.__table__, groups_of(daily)
    columns = {"month": mapped_column(Date, nullable=False)}
    for one in table.columns:
        if one.name not in ("tenant_id", "id", "day"):
            columns[one.name] = mapped_column(one.type, nullable=False)
    meant = f"{daily.__name__} of a month; `month` is its first day."
    return _summary(f"{daily.__name__}Month", f"{table.name}_month", meant, columns, ("month", *groups))


FactProvince = _summary(
    "FactProvince",
    "fact_province",
    "A day of the whole province: a column for each of MEASURES.",
    {"day": mapped_column(Date, nullable=False)}
    | {name: mapped_column(BigInteger, nullable=False) for name in MEASURES},
    ("day",),
)
GROUPED = (
    FactMessage,
    FactPace,
    FactLookup,
    FactDossier,
    FactProcedure,
    FactSatisfaction,
    FactVoice,
    FactHandled,
)
BY_MONTH = {daily.__tablename__: _monthly(daily) for daily in GROUPED}
