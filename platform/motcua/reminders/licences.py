"""Reminding of a driving licence's expiry, for those who asked for it after looking theirs up.

Consent is of its own purpose: “DỪNG” and “THÔI NHẮC” end it, and what is stored goes with it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert

from motcua.appointments.reminder_times import is_quiet
from motcua.citizens import registry
from motcua.citizens.models import Citizen, Consent
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.outbox import Owed, Zbs, owe_all
from motcua.messaging.wording import texts
from motcua.services.driving_licence import offering
from motcua.tenancy import current
from motcua.zalo.messages import TextMessage

from .models import PURPOSE, LicenceReminder, sealed

LADDER = (60, 30, 7, 1)  # days before expiry
BATCH = 200
EVENT, TEMPLATE = "licence_reminder", "licence"


def remind(citizen: Citizen) -> dict | None:
    """Remember the licence this citizen has just looked up; the words of the answer, None where they looked up none.

    The caller commits.
    """
    offer = offering.take(citizen.id)
    if offer is None:
        return None
    next_on = next_day(offer.expires_on, current.today())
    if next_on is None:
        return None
    row = {
        "tenant_id": scope.required(),
        "citizen_id": citizen.id,
        "expires_on": offer.expires_on,
        "next_on": next_on,
        "licence_encrypted": sealed(offer.masked_number, offer.classes),
        "asked_at": now(),
    }
    query = insert(LicenceReminder).values(row)
    db.session.execute(
        query.on_conflict_do_update(
            index_elements=["tenant_id", "citizen_id", "expires_on"],
            set_={name: row[name] for name in ("next_on", "licence_encrypted")},
        )
    )
    registry.agree(citizen, (PURPOSE,), "chat")
    citizen.muted_at = None
    return _words(offer.expires_on, offer.masked_number, offer.classes)


def forget(citizen: Citizen) -> None:
    """Nothing of any licence is kept for this citizen any more; the caller commits."""
    db.session.execute(db.delete(LicenceReminder).where(LicenceReminder.citizen_id == citizen.id))
    registry.withdraw_purpose(citizen, PURPOSE)


def sweep() -> int:
    """One round for the tenant in scope; commits, returns how many reminders are owed more."""
    if is_quiet(now()):
        return 0
    today = current.today()
    due = db.session.execute(
        db.select(LicenceReminder, Citizen)
        .join(
            Citizen,
            (Citizen.tenant_id == LicenceReminder.tenant_id) & (Citizen.id == LicenceReminder.citizen_id),
        )
        .where(LicenceReminder.next_on <= today)
        .order_by(LicenceReminder.next_on)
        .limit(BATCH)
        .with_for_update(of=LicenceReminder, skip_locked=True)
    ).all()
    owed = owe_all(_due(due, today)) if due else 0
    db.session.commit()
    return owed


def next_day(expires_on: date, after: date) -> date | None:
    """The first day of the ladder behind `after`; None where it is too late for any."""
    days = sorted(expires_on - timedelta(days=before) for before in LADDER)
    return next((day for day in days if day > after), None)


def _due(rows: Sequence[tuple[LicenceReminder, Citizen]], today: date) -> list[Owed]:
    given = db.select(Consent.citizen_id).where(
        Consent.purpose == PURPOSE,
        Consent.withdrawn_at.is_(None),
        Consent.citizen_id.in_([citizen.id for _, citizen in rows]),
    )
    agreed = set(db.session.scalars(given))
    bodies = texts.bodies_of(EVENT)
    owed = []
    for reminder, citizen in rows:
        if citizen.id in agreed and citizen.muted_at is None and reminder.expires_on >= today:
            owed.append(_message(reminder, citizen, bodies[citizen.language], today))
            next_on = next_day(reminder.expires_on, today)
        else:
            next_on = None
        if next_on is None:
            db.session.delete(reminder)
        else:
            reminder.next_on = next_on
    return owed


def _message(reminder: LicenceReminder, citizen: Citizen, body: str, today: date) -> Owed:
    words = _words(reminder.expires_on, *reminder.words, today=today)
    end = texts.fill(EVENT, body, words)
    zbs = Zbs(
        TEMPLATE,
        {
            "so_giay_phep": words["number"],
            "ngay_het_han": words["expires"],
            "con_lai": f"{words['days_left']} ngày",
        },
    )
    key = f"licence:{reminder.id}:{reminder.expires_on}:{words['days_left']}"
    lifetime = timedelta(days=min(max(words["days_left"], 1), 2))
    return Owed(citizen, EVENT, key, TextMessage(end), zbs, "normal", None, lifetime)


def _words(expires_on: date, number: str, classes: str, *, today: date | None = None) -> dict:
    return {
        "province": current.province_name(),
        "expires": f"{expires_on:%d/%m/%Y}",
        "days_left": (expires_on - (today or current.today())).days,
        "number": number,
        "classes": classes,
    }
