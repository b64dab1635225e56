"""The screens of a booking: desks, days, hours, and what a citizen is told at its end."""

from datetime import date, datetime, timedelta

from motcua.appointments import desks, slots, telling, when
from motcua.appointments.models import Desk, Visit
from motcua.appointments.people import BookingRefused
from motcua.appointments.slots import Slot
from motcua.citizens.models import Citizen
from motcua.core.database import db
from motcua.core.errors import NotFound
from motcua.dossiers import wording
from motcua.dossiers.models import Dossier
from motcua.tenancy import current
from motcua.zalo.messages import TextMessage

from . import visit_dialogue as dialogue
from .saying import command, say, send

SHOWN = 3  # of desks, days and hours on one screen: two buttons are left for the way on and out


def offer(citizen: Citizen, key: str) -> None:
    """Hours that fit what was said of the time, else days."""

    def offer(state: dict, desk: Desk) -> None:
        first = dialogue.first_day(citizen, state)
        said = when.read(state.get("said") or "", current.today())
        fit = slots.fitting(slots.bookable(desk, first), said) if said else []
        if fit:
            hours(citizen, key, fit)
        else:
            wished = said and (said.day or said.since)
            days(citizen, key, state, desk, wished or first, missed=said is not None)

    with_desk(citizen, key, offer)


def show_desks(citizen: Citizen, key: str, found: list[Desk], start: int) -> None:
    shown = found[start : start + SHOWN]
    buttons = [command(citizen, "visit_desk", str(one.id), one.name) for one in shown]
    if start + SHOWN < len(found):
        buttons.append(command(citizen, "visit_desk", f"p{start + SHOWN}", title(citizen, "desks")))
    say(
        citizen,
        key,
        "visit_desks",
        {"rows": [one.place for one in shown]},
        (*buttons, command(citizen, "menu")),
    )


def days(
    citizen: Citizen, key: str, state: dict, desk: Desk, first: date | None, *, missed: bool = False
) -> None:
    earliest = dialogue.first_day(citizen, state)
    first = max(first, earliest) if first and earliest else first or earliest
    free = slots.bookable(desk, first) or slots.bookable(desk, earliest)
    if not free:
        say(citizen, key, "visit_refused", {"reason": "no_slots"}, away(citizen))
        return
    by_day: dict[date, int] = {}
    for one in free:
        by_day[one.day] = by_day.get(one.day, 0) + one.left
    days = list(by_day)
    shown = days[:SHOWN]
    labels = {one: telling.day_label(one, citizen.language) for one in shown}
    buttons = [command(citizen, "visit_day", one.isoformat(), labels[one]) for one in shown]
    if len(days) > SHOWN:
        buttons.append(command(citizen, "visit_days", days[SHOWN].isoformat(), title(citizen, "days")))
    left = ("còn {} chỗ", "{} places")[citizen.language == "en"]
    words = {
        "place": desk.place,
        "missed": missed,
        "rows": [f"{labels[one]}: {left.format(by_day[one])}" for one in shown],
    }
    say(citizen, key, "visit_days", words, (*buttons, command(citizen, "menu")))


def hours(citizen: Citizen, key: str, free: list[Slot]) -> None:
    """The first hours of `free`; one button leads on to the next of that day, one to other days."""
    shown = free[:SHOWN]
    labels = [telling.slot_label(one, citizen.language) for one in shown]
    buttons = [_hour_button(citizen, one) for one in shown]
    if len(free) > SHOWN and free[SHOWN].day == shown[-1].day:
        later = free[SHOWN].local
        buttons.append(command(citizen, "visit_day", f"{later:%Y-%m-%d@%H%M}", title(citizen, "slots")))
    after = shown[-1].day + timedelta(1)
    buttons.append(command(citizen, "visit_days", after.isoformat(), title(citizen, "days")))
    desk = desks.get(dialogue.state_of(citizen)["desk"])
    say(citizen, key, "visit_slots", {"place": desk.place, "rows": labels}, tuple(buttons))


def _hour_button(citizen: Citizen, slot: Slot):
    label = telling.slot_label(slot, citizen.language)
    return command(citizen, "visit_slot", f"{slot.local:%Y-%m-%dT%H:%M}", label)


def refuse(citizen: Citizen, key: str, error: BookingRefused, desk: Desk, wished: datetime) -> None:
    """Why not, and the nearest hours that are free."""
    text = telling.refusal(error, citizen.language)
    buttons: tuple = away(citizen)
    if error.reason in ("full", "past", "closed"):
        near = slots.nearest(desk, wished)[:SHOWN]
        hours_near = [_hour_button(citizen, one) for one in near]
        buttons = (*hours_near, command(citizen, "visit_days", title=title(citizen, "days")))
    elif error.reason == "daily":
        buttons = (command(citizen, "visit_days", title=title(citizen, "days")), command(citizen, "menu"))
    elif error.reason in ("open", "dossier"):
        buttons = (command(citizen, "rebook", title=telling.title("move", citizen.language)), *away(citizen))
    send(citizen, key, "visit_refused", TextMessage(text, buttons=buttons))


def tell(citizen: Citizen, key: str, event: str, visit: Visit, desk: Desk, *names: str) -> None:
    dossier = db.session.get(Dossier, (visit.tenant_id, visit.dossier_id)) if visit.dossier_id else None
    words = telling.words(visit, desk, citizen.language, dossier)
    shown = telling.buttons(visit, citizen.language, *names)
    say(citizen, key, event, words, (*shown, command(citizen, "menu")))


def show_own(citizen: Citizen, key: str, mine: list[tuple[Visit, Desk]]) -> None:
    if not mine:
        say(citizen, key, "visit_none", buttons=again(citizen))
        return
    rows = [line_of(citizen, visit, desk) for visit, desk in mine[:4]]
    buttons = tuple(
        command(citizen, "rebook", str(visit.id), wording.moment(visit.starts_at, citizen.language))
        for visit, _ in mine[:4]
    )
    say(citizen, key, "visit_mine", {"rows": rows}, (*buttons, command(citizen, "menu")))


def line_of(citizen: Citizen, visit: Visit, desk: Desk) -> str:
    number = ("số", "number")[citizen.language == "en"]
    return f"{wording.moment(visit.starts_at, citizen.language)}, {number} {visit.number}, {desk.place}"


def with_desk(citizen: Citizen, key: str, action) -> None:
    """`action(state, desk)` while the booking is open and its desk known; else it starts anew."""
    state = dialogue.state_of(citizen)
    try:
        desk = desks.get(state["desk"]) if state and "desk" in state and "purpose" in state else None
    except NotFound:
        desk = None
    if desk is None:
        lost(citizen, key)
    else:
        action(state, desk)


def lost(citizen: Citizen, key: str) -> None:
    citizen.dialogue = {}
    say(citizen, key, "visit_lost", buttons=again(citizen))


def again(citizen: Citizen) -> tuple:
    return (command(citizen, "book"), command(citizen, "menu"))


def away(citizen: Citizen) -> tuple:
    return (command(citizen, "appointments"), command(citizen, "person"), command(citizen, "menu"))


def title(citizen: Citizen, name: str) -> str:
    return {
        "days": ("Ngày khác", "Other days"),
        "slots": ("Giờ sau nữa", "Later that day"),
        "desks": ("Xem thêm quầy", "More desks"),
    }[name][citizen.language == "en"]
