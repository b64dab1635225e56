"""Who may book: a proven phone or a proven dossier stands behind every visit, and bears the limits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.dossiers import following
from motcua.dossiers.models import Dossier, Follow
from motcua.tenancy import current

from .models import TO_COME, DeskDay, Visit

ABSENCES, ABSENCES_WITHIN, PAUSE = 3, timedelta(days=90), timedelta(days=30)
CHURN_WITHIN = timedelta(days=1)
CHURN = 3  # times the daily limit: whoever books and cancels again only burns queue numbers


class BookingRefused(Conflict):
    """A rule forbids it. `reason` names the rule, `words` fill the sentence of the text `visit_refused`."""

    code = "booking_refused"
    message = (
        "Chưa đặt được lịch này. Xin chọn giờ khác hoặc đến quầy trong giờ làm việc, không cần đặt trước."
    )

    def __init__(self, reason: str, **words):
        super().__init__()
        self.reason, self.words = reason, words


@dataclass(frozen=True)
class Person:
    """`key` is what limits are counted by; `citizen` hears of the visit, where we know one."""

    key: str
    citizen: Citizen | None
    dossier: Dossier | None = None


@dataclass(frozen=True)
class Rules:
    """What the province allows one person: visits a day, visits still to come, minutes of grace."""

    daily_limit: int = 2
    open_limit: int = 3
    grace_minutes: int = 30


def rules() -> Rules:
    given = current.tenant().settings.get("visits")
    return Rules(**given) if given else Rules()


def of_citizen(citizen: Citizen, dossier: Dossier | None = None) -> Person:
    """Raises BookingRefused("proof") unless the phone is proven, or the digits of this dossier."""
    if citizen.phone_index:
        return Person(f"phone:{citizen.phone_index}", citizen, dossier)
    found = following.find(dossier, citizen) if dossier else None
    if dossier is None or found is None or not found.knows_details:
        raise BookingRefused("proof")
    return Person(f"dossier:{dossier.id}", citizen, dossier)


def of_dossier(dossier: Dossier) -> Person:
    """Somebody proved this dossier on its page. Who follows it with the best proof hears of the visit."""
    found = db.session.execute(
        db.select(Citizen, Follow)
        .join(Follow, (Follow.tenant_id == Citizen.tenant_id) & (Follow.citizen_id == Citizen.id))
        .where(
            Follow.dossier_id == dossier.id, Follow.ended_at.is_(None), Follow.proof.in_(("phone", "digits"))
        )
        .order_by(Follow.proof.desc(), Follow.id)  # "phone" before "digits"
        .limit(1)
    ).first()
    citizen = found[0] if found else None
    proven = citizen is not None and citizen.phone_index and found[1].proof == "phone"
    return Person(f"phone:{citizen.phone_index}" if proven else f"dossier:{dossier.id}", citizen, dossier)


def check_limits(person: Person, day: date, *, moving: Visit | None = None) -> None:
    """Raises BookingRefused; call it under the person's lock. `moving`: the visit that is only given another slot."""
    allowed, moment = rules(), now()
    other = Visit.id != (moving.id if moving else 0)
    mine = Visit.person == person.key
    coming = TO_COME & (Visit.ends_at > moment)
    same_day, still_open, recent = db.session.execute(
        db.select(
            db.func.count().filter(other, Visit.day == day, Visit.state != "cancelled"),
            db.func.count().filter(other, coming),
            db.func.count().filter(Visit.booked_at > moment - CHURN_WITHIN),
        ).where(mine)
    ).one()
    if same_day >= allowed.daily_limit:
        raise BookingRefused("daily", limit=allowed.daily_limit)
    if still_open >= allowed.open_limit:
        raise BookingRefused("open", limit=allowed.open_limit)
    if moving is None and recent >= CHURN * allowed.daily_limit:
        raise BookingRefused("churn")
    if until := paused_until(person.key):
        raise BookingRefused("absent", until=until, limit=ABSENCES)
    if person.dossier and _has_visit(person.dossier, other, coming):
        raise BookingRefused("dossier", code=person.dossier.code)


def paused_until(key: str) -> datetime | None:
    """Until when this person comes without booking; an absence counts only where the desk kept its list."""
    absences = db.session.scalars(
        db.select(Visit.starts_at)
        .join(
            DeskDay,
            (DeskDay.tenant_id == Visit.tenant_id)
            & (DeskDay.desk_id == Visit.desk_id)
            & (DeskDay.day == Visit.day),
        )
        .where(
            Visit.person == key,
            Visit.state == "no_show",
            DeskDay.is_kept,
            Visit.starts_at > now() - ABSENCES_WITHIN,
        )
        .order_by(Visit.starts_at.desc())
        .limit(ABSENCES)
    ).all()
    if len(absences) < ABSENCES:
        return None
    until = absences[0] + PAUSE
    return until if until > now() else None


def _has_visit(dossier: Dossier, *conditions) -> bool:
    return db.session.scalar(db.select(db.exists().where(Visit.dossier_id == dossier.id, *conditions)))
