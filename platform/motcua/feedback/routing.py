"""Who deals with a report: the most exact route of the console, else what the kind says."""

from motcua.catalogue.models import Agency
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound

from . import kinds
from .models import FeedbackRoute

EVERY = ""


def agency_for(kind: str, commune_code: str | None) -> str | None:
    """An agency's code; None: the province's centre. Kind and commune weigh more than commune, than kind."""
    rows = db.session.scalars(
        db.select(FeedbackRoute).where(
            FeedbackRoute.kind.in_((kind, EVERY)),
            FeedbackRoute.commune_code.in_((commune_code or EVERY, EVERY)),
        )
    ).all()
    best = max(
        rows, key=lambda one: (bool(one.kind) + bool(one.commune_code), bool(one.commune_code)), default=None
    )
    if best:
        return best.agency_code
    found = kinds.find(kind)
    return commune_code if found and found["to"] == kinds.TO_COMMUNE else None


def routes() -> list[FeedbackRoute]:
    return list(
        db.session.scalars(db.select(FeedbackRoute).order_by(FeedbackRoute.kind, FeedbackRoute.commune_code))
    )


def keep(kind: str, commune_code: str, agency_code: str, staff_id: int) -> None:
    """Add or change one route; commits. Raises Invalid for a kind or an agency that is not there."""
    if kind and kinds.find(kind) is None:
        raise Invalid("Không có loại phản ánh này. Xin chọn trong danh sách.")
    wanted = {code for code in (commune_code, agency_code) if code}
    known = set(db.session.scalars(db.select(Agency.code).where(Agency.code.in_(wanted))))
    if not agency_code or wanted - known:
        raise Invalid("Không có cơ quan này. Xin chọn cơ quan và xã, phường trong danh sách.")
    route = db.session.scalar(
        db.select(FeedbackRoute).where(FeedbackRoute.kind == kind, FeedbackRoute.commune_code == commune_code)
    ) or FeedbackRoute(kind=kind, commune_code=commune_code)
    route.agency_code, route.changed_by, route.changed_at = agency_code, staff_id, now()
    db.session.add(route)
    db.session.commit()


def drop(number: int) -> None:
    """Take one route away; commits."""
    route = db.session.scalar(db.select(FeedbackRoute).where(FeedbackRoute.id == number))
    if route is None:
        raise NotFound
    db.session.delete(route)
    db.session.commit()
