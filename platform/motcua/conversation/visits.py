"""Booking a visit in the chat: what for, which desk, which day, which hour; moving and cancelling it.

What was chosen so far stands in the citizen's dialogue and expires; each button carries the step it answers. A
citizen may also write a day and an hour in their own words once the desk is known.
"""

from motcua.appointments import booking, desks, people, slots, telling, when
from motcua.appointments.models import PURPOSES, Desk, Visit
from motcua.appointments.people import BookingRefused
from motcua.appointments.states import StepRefused
from motcua.catalogue import asking
from motcua.citizens.models import Citizen
from motcua.dossiers.models import Dossier
from motcua.tenancy import current

from . import visit_dialogue as dialogue
from . import visit_screens as screens
from .saying import command, say

MOST_OTHER_WORDS = 3  # in a line that is still about the time


def needs_proof(citizen: Citizen) -> bool:
    """Neither a proven phone nor a proven dossier: such a person could be anybody, many times over."""
    return not citizen.phone_index and not dialogue.dossiers_of(citizen)


def wait_for_proof(citizen: Citizen, key: str, words: str) -> None:
    """Say why a phone is needed; when it is shared, `go_on` takes up from here."""
    dialogue.keep(citizen, {"said": words[:200]})
    say(citizen, key, "visit_proof")


def go_on(citizen: Citizen, key: str) -> bool:
    """After the phone was proven: True when a booking was waiting for that, and goes on."""
    state = dialogue.state_of(citizen)
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
    dialogue.keep(citizen, state)
    mine = dialogue.dossiers_of(citizen)
    offered = [one for one in PURPOSES if one not in ("collect", "supplement") or dialogue.about(one, mine)]
    buttons = [
        command(citizen, "visit_purpose", one, telling.purpose(one, citizen.language)) for one in offered
    ]
    say(citizen, key, "visit_purposes", buttons=(*buttons, command(citizen, "menu")))


def choose_purpose(citizen: Citizen, key: str, words: str) -> None:
    state = dialogue.state_of(citizen)
    if state is None or words not in PURPOSES:
        screens.lost(citizen, key)
        return
    state["purpose"] = words
    if words in ("file", "ask"):
        _choose_desk(citizen, key, state)
        return
    mine = dialogue.about(words, dialogue.dossiers_of(citizen))
    if not mine:
        screens.lost(citizen, key)
        return
    if len(mine) == 1:
        _with_dossier(citizen, key, state, mine[0])
        return
    dialogue.keep(citizen, state)
    buttons = tuple(command(citizen, "visit_dossier", one.code, one.code) for one in mine[:4])
    rows = [f"{one.code}: {one.procedure_name}" for one in mine[:4]]
    say(citizen, key, "visit_dossiers", {"rows": rows}, (*buttons, command(citizen, "menu")))


def choose_dossier(citizen: Citizen, key: str, code: str) -> None:
    state = dialogue.state_of(citizen)
    dossier = next((one for one in dialogue.dossiers_of(citizen) if one.code == code), None)
    if state is None or dossier is None:
        screens.lost(citizen, key)
        return
    _with_dossier(citizen, key, state, dossier)


def choose_desk(citizen: Citizen, key: str, words: str) -> None:
    """A desk's number, or `p3`: the list from the fourth desk on."""
    state = dialogue.state_of(citizen)
    if state is None:
        screens.lost(citizen, key)
    elif words.startswith("p") and words[1:].isdecimal():
        screens.show_desks(citizen, key, dialogue.serving(citizen, state), int(words[1:]))
    elif words.isdecimal() and (
        desk := next((o for o in dialogue.serving(citizen, state) if o.id == int(words)), None)
    ):
        dialogue.keep(citizen, state | {"desk": desk.id})
        screens.offer(citizen, key)
    else:
        screens.lost(citizen, key)


def show_days(citizen: Citizen, key: str, words: str) -> None:
    """Days from an ISO date on."""
    screens.with_desk(
        citizen, key, lambda state, desk: screens.days(citizen, key, state, desk, dialogue.read_day(words))
    )


def show_slots(citizen: Citizen, key: str, words: str) -> None:
    """`2026-12-01`: the hours of a day; `2026-12-01@1400`: from two o'clock on."""
    day, _, since = words.partition("@")
    chosen = dialogue.read_day(day)

    def show(state: dict, desk: Desk) -> None:
        free = [one for one in slots.bookable(desk, chosen) if one.day == chosen]
        later = [one for one in free if f"{one.local:%H%M}" >= since]
        if later:
            screens.hours(citizen, key, later)
        else:
            screens.days(citizen, key, state, desk, chosen, missed=True)

    screens.with_desk(citizen, key, show)


def take(citizen: Citizen, key: str, words: str) -> None:
    """The hour was chosen: book it, or move the visit there."""
    starts_at = dialogue.read_moment(words)

    def book(state: dict, desk: Desk) -> None:
        if moving := state.get("moving"):
            move(citizen, key, f"{moving}:{words}")
            return
        try:
            person = people.of_citizen(citizen, dialogue.dossier_of(citizen, state))
            visit = booking.book(
                person,
                desk,
                starts_at,
                state["purpose"],
                booked_by="chat",
                procedure_code=state.get("procedure"),
            )
        except BookingRefused as error:
            screens.refuse(citizen, key, error, desk, starts_at)
            return
        citizen.dialogue = {}
        screens.tell(citizen, key, "visit_booked", visit, desk, "calendar", "move", "cancel")

    if starts_at is None:
        screens.lost(citizen, key)
    else:
        screens.with_desk(citizen, key, book)


def move(citizen: Citizen, key: str, words: str) -> None:
    """`12:2026-12-01T14:00`: give visit 12 that slot."""
    number, _, moment = words.partition(":")
    visit, starts_at = dialogue.own_visit(citizen, number), dialogue.read_moment(moment)
    if visit is None or starts_at is None:
        screens.lost(citizen, key)
        return
    desk = desks.get(visit.desk_id)
    try:
        visit = booking.move(visit, starts_at)
    except BookingRefused as error:
        dialogue.keep(citizen, {"moving": visit.id, "desk": desk.id, "purpose": visit.purpose})
        screens.refuse(citizen, key, error, desk, starts_at)
        return
    citizen.dialogue = {}
    screens.tell(citizen, key, "visit_moved", visit, desk, "calendar", "move", "cancel")


def _meant(citizen: Citizen, key: str, number: str) -> Visit | None:
    """The visit of that number, or the only one to come; None: which of them is asked here."""
    visit = dialogue.own_visit(citizen, number)
    if visit is not None:
        return visit
    mine = booking.coming(citizen)
    if len(mine) == 1:
        return mine[0][0]
    screens.show_own(citizen, key, mine)
    return None


def rebook(citizen: Citizen, key: str, words: str = "") -> None:
    """Which visit to move, by its number; or, by words, when to."""
    visit = _meant(citizen, key, words)
    if visit is None:
        return
    if not visit.can_move:
        say(citizen, key, "visit_refused", {"reason": "over"}, screens.again(citizen))
        return
    said = "" if words.isdecimal() else words[:200]
    dialogue.keep(
        citizen, {"moving": visit.id, "desk": visit.desk_id, "purpose": visit.purpose, "said": said}
    )
    screens.offer(citizen, key)


def cancel(citizen: Citizen, key: str, words: str = "") -> None:
    """Ask once more, then cancel: `12`, then `12:yes`."""
    number, _, sure = words.partition(":")
    visit = _meant(citizen, key, number)
    if visit is None:
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
        say(citizen, key, "visit_refused", {"reason": "over"}, screens.again(citizen))
        return
    say(citizen, key, "visit_cancelled", telling.words(visit, desk, citizen.language), screens.again(citizen))


def confirm(citizen: Citizen, key: str, words: str) -> None:
    visit = dialogue.own_visit(citizen, words)
    if visit is None:
        screens.lost(citizen, key)
        return
    desk = desks.get(visit.desk_id)
    try:
        visit = booking.confirm(visit)
    except StepRefused:
        say(citizen, key, "visit_refused", {"reason": "over"}, screens.again(citizen))
        return
    screens.tell(citizen, key, "visit_confirmed", visit, desk, "calendar", "move", "cancel")


def hear(citizen: Citizen, key: str, line: str) -> bool:
    """A line in the citizen's own words while a booking is open: a desk's name, or a day and an hour."""
    state = dialogue.state_of(citizen)
    if state is None or "purpose" not in state:
        return False
    if "desk" not in state:
        named = desks.named(dialogue.serving(citizen, state), line)
        if len(named) == 1:
            choose_desk(citizen, key, str(named[0].id))
        elif named:
            screens.show_desks(citizen, key, named, 0)
        return bool(named)
    said = when.read(line, current.today())
    if said is None or len(said.rest.split()) > MOST_OTHER_WORDS:
        return False
    dialogue.keep(citizen, state | {"said": line[:200]})
    screens.offer(citizen, key)
    return True


def lines(citizen: Citizen) -> list[str]:
    """The visits to come, a line each."""
    return [screens.line_of(citizen, visit, desk) for visit, desk in booking.coming(citizen)]


def _with_dossier(citizen: Citizen, key: str, state: dict, dossier: Dossier) -> None:
    _choose_desk(citizen, key, state | {"dossier": dossier.id})


def _choose_desk(citizen: Citizen, key: str, state: dict) -> None:
    dialogue.keep(citizen, state)
    found = dialogue.serving(citizen, state)
    if not found:
        say(citizen, key, "visit_refused", {"reason": "no_desk"}, (*screens.away(citizen),))
    elif len(found) == 1:
        dialogue.keep(citizen, state | {"desk": found[0].id})
        screens.offer(citizen, key)
    else:
        screens.show_desks(citizen, key, found, 0)
