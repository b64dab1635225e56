"""Booking a visit in the chat: what for, which desk, which day, which hour; moving and cancelling it.

What was chosen so far stands in the citizen's dialogue and expires; each button carries the step it answers. A
citizen may also write a day and an hour in their own words once the desk is known.
"""

from datetime import date, datetime, timedelta

from motcua.appointments import booking, desks, people, slots, telling, when
from motcua.appointments.models import PURPOSES, Desk, Visit
from motcua.appointments.people import BookingRefused
from motcua.appointments.slots import Slot
from motcua.appointments.states import StepRefused
from motcua.catalogue import asking
from motcua.citizens.models import Citizen
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import NotFound
from motcua.dossiers import following, wording
from motcua.dossiers.models import Dossier
from motcua.dossiers.statuses import Status
from motcua.tenancy import current
from motcua.zalo.messages import TextMessage

from .saying import command, say, send

LIFETIME = timedelta(minutes=15)
SHOWN = 3  # of desks, days and hours on one screen: two buttons are left for the way on and out
MOST_OTHER_WORDS = 3  # in a line that is still about the time


def needs_proof(citizen: Citizen) -> bool:
    """Neither a proven phone nor a proven dossier: such a person could be anybody, many times over."""
    return not citizen.phone_index and not _dossiers(citizen)


def wait_for_proof(citizen: Citizen, key: str, words: str) -> None:
    """Say why a phone is needed; when it is shared, `go_on` takes up from here."""
    _keep(citizen, {"said": words[:200]})
    say(citizen, key, "visit_proof")


def go_on(citizen: Citizen, key: str) -> bool:
    """After the phone was proven: True when a booking was waiting for that, and goes on."""
    state = _state(citizen)
    if state is None:
        return False
    start(citizen, f"{key}:visit", state.get("said", ""))
    return True


def start(citizen: Citizen, key: str, words: str = "") -> None:
    """“đặt lịch”, alone or with a time or a procedure behind it."""
    state: dict = {}
    said = when.read(words, current.today())
    if said:
        state["said"] = words[:200]
    about = said.rest if said else words
    found = asking.ask(words) if about.strip() else None
    if found and found.kind == "match":
        state |= {"purpose": "file", "procedure": found.results[0].code}
        _choose_desk(citizen, key, state)
        return
    _keep(citizen, state)
    mine = _dossiers(citizen)
    offered = [one for one in PURPOSES if one not in ("collect", "supplement") or _about(one, mine)]
    buttons = [command(citizen, "visit_purpose", one, telling.purpose(one, citizen.language)) for one in offered]
    say(citizen, key, "visit_purposes", buttons=(*buttons, command(citizen, "menu")))


def choose_purpose(citizen: Citizen, key: str, words: str) -> None:
    state = _state(citizen)
    if state is None or words not in PURPOSES:
        _lost(citizen, key)
        return
    state["purpose"] = words
    if words in ("file", "ask"):
        _choose_desk(citizen, key, state)
        return
    mine = _about(words, _dossiers(citizen))
    if len(mine) == 1:
        _with_dossier(citizen, key, state, mine[0])
        return
    _keep(citizen, state)
    buttons = tuple(command(citizen, "visit_dossier", one.code, one.code) for one in mine[:4])
    rows = [f"{one.code}: {one.procedure_name}" for one in mine[:4]]
    say(citizen, key, "visit_dossiers", {"rows": rows}, (*buttons, command(citizen, "menu")))


def choose_dossier(citizen: Citizen, key: str, code: str) -> None:
    state = _state(citizen)
    dossier = next((one for one in _dossiers(citizen) if one.code == code), None)
    if state is None or dossier is None:
        _lost(citizen, key)
        return
    _with_dossier(citizen, key, state, dossier)


def choose_desk(citizen: Citizen, key: str, words: str) -> None:
    """A desk's number, or `p4`: the list from the fifth desk on."""
    state = _state(citizen)
    if state is None:
        _lost(citizen, key)
    elif words.startswith("p") and words[1:].isdigit():
        _show_desks(citizen, key, _serving(citizen, state), int(words[1:]))
    elif words.isdigit() and (desk := next((o for o in _serving(citizen, state) if o.id == int(words)), None)):
        _keep(citizen, state | {"desk": desk.id})
        _offer(citizen, key)
    else:
        _lost(citizen, key)


def show_days(citizen: Citizen, key: str, words: str) -> None:
    """Days from an ISO date on."""
    _with_desk(citizen, key, lambda state, desk: _days(citizen, key, state, desk, _day(words)))


def show_slots(citizen: Citizen, key: str, words: str) -> None:
    """`2026-12-01`: the hours of a day; `2026-12-01@1400`: from two o'clock on."""
    day, _, since = words.partition("@")
    chosen = _day(day)

    def show(state: dict, desk: Desk) -> None:
        free = [one for one in slots.bookable(desk, chosen) if one.day == chosen]
        later = [one for one in free if f"{one.local:%H%M}" >= since]
        if later:
            _slots(citizen, key, later)
        else:
            _days(citizen, key, state, desk, chosen, missed=True)

    _with_desk(citizen, key, show)


def take(citizen: Citizen, key: str, words: str) -> None:
    """The hour was chosen: book it, or move the visit there."""
    starts_at = _moment(words)

    def book(state: dict, desk: Desk) -> None:
        if moving := state.get("moving"):
            move(citizen, key, f"{moving}:{words}")
            return
        try:
            person = people.of_citizen(citizen, _dossier_of(citizen, state))
            visit = booking.book(
                person, desk, starts_at, state["purpose"], booked_by="chat", procedure_code=state.get("procedure")
            )
        except BookingRefused as error:
            _refuse(citizen, key, error, desk, starts_at)
            return
        citizen.dialogue = {}
        _told(citizen, key, "visit_booked", visit, desk, "calendar", "move", "cancel")

    if starts_at is None:
        _lost(citizen, key)
    else:
        _with_desk(citizen, key, book)


def move(citizen: Citizen, key: str, words: str) -> None:
    """`12:2026-12-01T14:00`: give visit 12 that slot."""
    number, _, moment = words.partition(":")
    visit, starts_at = _mine(citizen, number), _moment(moment)
    if visit is None or starts_at is None:
        _lost(citizen, key)
        return
    desk = desks.get(visit.desk_id)
    try:
        visit = booking.move(visit, starts_at)
    except BookingRefused as error:
        _keep(citizen, {"moving": visit.id, "desk": desk.id, "purpose": visit.purpose})
        _refuse(citizen, key, error, desk, starts_at)
        return
    citizen.dialogue = {}
    _told(citizen, key, "visit_moved", visit, desk, "calendar", "move", "cancel")


def rebook(citizen: Citizen, key: str, words: str = "") -> None:
    """Which visit to move, by its number; or, by words, when to."""
    visit = _mine(citizen, words)
    mine = booking.coming(citizen)
    if visit is None and len(mine) == 1:
        visit = mine[0][0]
    if visit is None:
        _show_mine(citizen, key, mine)
        return
    if not visit.can_move:
        say(citizen, key, "visit_refused", {"reason": "over"}, _again(citizen))
        return
    said = "" if words.isdigit() else words[:200]
    _keep(citizen, {"moving": visit.id, "desk": visit.desk_id, "purpose": visit.purpose, "said": said})
    _offer(citizen, key)


def cancel(citizen: Citizen, key: str, words: str = "") -> None:
    """Ask once more, then cancel: `12`, then `12:yes`."""
    number, _, sure = words.partition(":")
    visit = _mine(citizen, number)
    mine = booking.coming(citizen)
    if visit is None and len(mine) == 1:
        visit = mine[0][0]
    if visit is None:
        _show_mine(citizen, key, mine)
        return
    desk = desks.get(visit.desk_id)
    if sure != "yes":
        yes = command(citizen, "cancel_visit", f"{visit.id}:yes", telling.title("cancel", citizen.language))
        shown = (yes, *telling.buttons(visit, citizen.language, "move"), command(citizen, "menu"))
        say(citizen, key, "visit_cancel_sure", telling.words(visit, desk, citizen.language), shown)
        return
    try:
        visit = booking.cancel(visit)
    except StepRefused:
        say(citizen, key, "visit_refused", {"reason": "over"}, _again(citizen))
        return
    say(citizen, key, "visit_cancelled", telling.words(visit, desk, citizen.language), _again(citizen))


def confirm(citizen: Citizen, key: str, words: str) -> None:
    visit = _mine(citizen, words)
    if visit is None:
        _lost(citizen, key)
        return
    desk = desks.get(visit.desk_id)
    try:
        visit = booking.confirm(visit)
    except StepRefused:
        say(citizen, key, "visit_refused", {"reason": "over"}, _again(citizen))
        return
    _told(citizen, key, "visit_confirmed", visit, desk, "calendar", "move", "cancel")


def hear(citizen: Citizen, key: str, line: str) -> bool:
    """A line in the citizen's own words while a booking is open: a desk's name, or a day and an hour."""
    state = _state(citizen)
    if state is None or "purpose" not in state:
        return False
    if "desk" not in state:
        named = desks.named(_serving(citizen, state), line)
        if len(named) == 1:
            choose_desk(citizen, key, str(named[0].id))
        elif named:
            _show_desks(citizen, key, named, 0)
        return bool(named)
    said = when.read(line, current.today())
    if said is None or len(said.rest.split()) > MOST_OTHER_WORDS:
        return False
    _keep(citizen, state | {"said": line[:200]})
    _offer(citizen, key)
    return True


def lines(citizen: Citizen) -> list[str]:
    """The visits to come, a line each."""
    return [_line(citizen, visit, desk) for visit, desk in booking.coming(citizen)]


def _with_dossier(citizen: Citizen, key: str, state: dict, dossier: Dossier) -> None:
    _choose_desk(citizen, key, state | {"dossier": dossier.id})


def _choose_desk(citizen: Citizen, key: str, state: dict) -> None:
    _keep(citizen, state)
    found = _serving(citizen, state)
    if not found:
        say(citizen, key, "visit_refused", {"reason": "no_desk"}, (*_away(citizen),))
    elif len(found) == 1:
        _keep(citizen, state | {"desk": found[0].id})
        _offer(citizen, key)
    else:
        _show_desks(citizen, key, found, 0)


def _show_desks(citizen: Citizen, key: str, found: list[Desk], start: int) -> None:
    shown = found[start : start + SHOWN]
    buttons = [command(citizen, "visit_desk", str(one.id), one.name) for one in shown]
    if start + SHOWN < len(found):
        buttons.append(command(citizen, "visit_desk", f"p{start + SHOWN}", _title(citizen, "desks")))
    say(
        citizen,
        key,
        "visit_desks",
        {"rows": [one.place for one in shown]},
        (*buttons, command(citizen, "menu")),
    )


def _offer(citizen: Citizen, key: str) -> None:
    """Hours that fit what was said of the time, else days."""

    def offer(state: dict, desk: Desk) -> None:
        first = _first_day(citizen, state)
        said = when.read(state.get("said") or "", current.today())
        fit = slots.fitting(slots.bookable(desk, first), said) if said else []
        if fit:
            _slots(citizen, key, fit)
        else:
            wished = said and (said.day or said.since)
            _days(citizen, key, state, desk, wished or first, missed=said is not None)

    _with_desk(citizen, key, offer)


def _days(citizen: Citizen, key: str, state: dict, desk: Desk, first: date | None, *, missed: bool = False) -> None:
    earliest = _first_day(citizen, state)
    first = max(first, earliest) if first and earliest else first or earliest
    free = slots.bookable(desk, first) or slots.bookable(desk, earliest)
    if not free:
        say(citizen, key, "visit_refused", {"reason": "no_slots"}, _away(citizen))
        return
    by_day: dict[date, int] = {}
    for one in free:
        by_day[one.day] = by_day.get(one.day, 0) + one.left
    days = list(by_day)
    shown = days[:SHOWN]
    labels = {one: telling.day_label(one, citizen.language) for one in shown}
    buttons = [command(citizen, "visit_day", one.isoformat(), labels[one]) for one in shown]
    if len(days) > SHOWN:
        buttons.append(command(citizen, "visit_days", days[SHOWN].isoformat(), _title(citizen, "days")))
    left = ("còn {} chỗ", "{} places")[citizen.language == "en"]
    words = {
        "place": desk.place,
        "missed": missed,
        "rows": [f"{labels[one]}: {left.format(by_day[one])}" for one in shown],
    }
    say(citizen, key, "visit_days", words, (*buttons, command(citizen, "menu")))


def _slots(citizen: Citizen, key: str, free: list[Slot]) -> None:
    """The first hours of `free`; one button leads on to the next of that day, one to other days."""
    shown = free[:SHOWN]
    labels = [telling.slot_label(one, citizen.language) for one in shown]
    buttons = [
        command(citizen, "visit_slot", f"{one.local:%Y-%m-%dT%H:%M}", label)
        for one, label in zip(shown, labels, strict=True)
    ]
    if len(free) > SHOWN and free[SHOWN].day == shown[-1].day:
        later = free[SHOWN].local
        buttons.append(command(citizen, "visit_day", f"{later:%Y-%m-%d@%H%M}", _title(citizen, "slots")))
    after = shown[-1].day + timedelta(1)
    buttons.append(command(citizen, "visit_days", after.isoformat(), _title(citizen, "days")))
    desk = desks.get(_state(citizen)["desk"])
    say(citizen, key, "visit_slots", {"place": desk.place, "rows": labels}, tuple(buttons))


def _refuse(citizen: Citizen, key: str, error: BookingRefused, desk: Desk, wished: datetime) -> None:
    """Why not, and the nearest hours that are free."""
    text = telling.refusal(error, citizen.language)
    buttons: tuple = _away(citizen)
    if error.reason in ("full", "past", "closed"):
        near = slots.bookable(desk, wished.astimezone(VIETNAM).date()) or slots.bookable(desk)
        near = sorted(sorted(near, key=lambda one: abs(one.starts_at - wished))[:SHOWN], key=lambda o: o.starts_at)
        buttons = tuple(
            command(
                citizen, "visit_slot", f"{one.local:%Y-%m-%dT%H:%M}", telling.slot_label(one, citizen.language)
            )
            for one in near
        ) + (command(citizen, "visit_days", title=_title(citizen, "days")),)
    elif error.reason == "daily":
        buttons = (command(citizen, "visit_days", title=_title(citizen, "days")), command(citizen, "menu"))
    elif error.reason in ("open", "dossier"):
        buttons = (command(citizen, "rebook", title=telling.title("move", citizen.language)), *_away(citizen))
    send(citizen, key, "visit_refused", TextMessage(text, buttons=buttons))


def _told(citizen: Citizen, key: str, event: str, visit: Visit, desk: Desk, *names: str) -> None:
    dossier = db.session.get(Dossier, (visit.tenant_id, visit.dossier_id)) if visit.dossier_id else None
    words = telling.words(visit, desk, citizen.language, dossier)
    shown = telling.buttons(visit, citizen.language, *names)
    say(citizen, key, event, words, (*shown, command(citizen, "menu")))


def _show_mine(citizen: Citizen, key: str, mine: list[tuple[Visit, Desk]]) -> None:
    if not mine:
        say(citizen, key, "visit_none", buttons=_again(citizen))
        return
    rows = [_line(citizen, visit, desk) for visit, desk in mine[:4]]
    buttons = tuple(
        command(citizen, "rebook", str(visit.id), wording.moment(visit.starts_at, citizen.language))
        for visit, _ in mine[:4]
    )
    say(citizen, key, "visit_mine", {"rows": rows}, (*buttons, command(citizen, "menu")))


def _line(citizen: Citizen, visit: Visit, desk: Desk) -> str:
    number = ("số", "number")[citizen.language == "en"]
    return f"{wording.moment(visit.starts_at, citizen.language)}, {number} {visit.number}, {desk.place}"


def _with_desk(citizen: Citizen, key: str, action) -> None:
    """`action(state, desk)` while the booking is open and its desk known; else it starts anew."""
    state = _state(citizen)
    try:
        desk = desks.get(state["desk"]) if state and "desk" in state and "purpose" in state else None
    except NotFound:
        desk = None
    if desk is None:
        _lost(citizen, key)
    else:
        action(state, desk)


def _lost(citizen: Citizen, key: str) -> None:
    citizen.dialogue = {}
    say(citizen, key, "visit_lost", buttons=_again(citizen))


def _again(citizen: Citizen) -> tuple:
    return (command(citizen, "book"), command(citizen, "menu"))


def _away(citizen: Citizen) -> tuple:
    return (command(citizen, "appointments"), command(citizen, "person"), command(citizen, "menu"))


def _state(citizen: Citizen) -> dict | None:
    """What was chosen so far; None when nothing is, or too long ago."""
    held = citizen.dialogue
    if "visit" not in held or datetime.fromisoformat(held["until"]) < now():
        return None
    return dict(held["visit"])


def _keep(citizen: Citizen, state: dict) -> None:
    citizen.dialogue = {"visit": state, "until": (now() + LIFETIME).isoformat()}


def _serving(citizen: Citizen, state: dict) -> list[Desk]:
    return desks.serving(_dossier_of(citizen, state), state.get("procedure"))


def _dossier_of(citizen: Citizen, state: dict) -> Dossier | None:
    return next((one for one in _dossiers(citizen) if one.id == state.get("dossier")), None)


def _dossiers(citizen: Citizen) -> list[Dossier]:
    """What the citizen follows and has proven to be theirs: a code on a lost paper books nothing."""
    return [dossier for dossier, found in following.followed_by(citizen, 10) if found.knows_details]


def _about(purpose: str, dossiers: list[Dossier]) -> list[Dossier]:
    """Those that one may come for: a result that is there or promised, papers that were asked for."""
    if purpose == "supplement":
        return [one for one in dossiers if one.status == Status.SUPPLEMENT]
    return [one for one in dossiers if one.status == Status.READY or (one.due_at and not one.is_finished)]


def _first_day(citizen: Citizen, state: dict) -> date | None:
    """A result is collected from the day it is there, else from the day it is promised for."""
    dossier = _dossier_of(citizen, state) if state.get("purpose") == "collect" else None
    return desks.collect_from(dossier) if dossier else None


def _mine(citizen: Citizen, number: str) -> Visit | None:
    try:
        return booking.of_citizen(citizen, int(number)) if number.isdigit() else None
    except NotFound:
        return None


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _moment(words: str) -> datetime | None:
    try:
        return datetime.fromisoformat(words).replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def _title(citizen: Citizen, name: str) -> str:
    return {
        "days": ("Ngày khác", "Other days"),
        "slots": ("Giờ sau nữa", "Later that day"),
        "desks": ("Xem thêm quầy", "More desks"),
    }[name][citizen.language == "en"]
