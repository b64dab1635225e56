"""Where a dossier stands, as a function of what was said of it: the same in whatever order it was heard.

Events stand in one order (`place`): by when they happened, then by their rank in a dossier's life, then by
fingerprint. `step` brings a dossier from one event to the next. An event that comes last mostly takes one step
(`advance`); one that was late, or ends what an earlier one began, has the whole line walked again (`replay`): that is
rare, and lines are short.

A whole dossier sent without a time of its status (PUT) speaks as of the newest event we held then. Such words are
kept as patches in `Dossier.snapshot`: {"received_at"?, "promised_at"?, "patches": [{"at", "rank", "where"}]}.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .chronicle import WAITING, Chronicle
from .models import Dossier, DossierEvent
from .rows import rows
from .statuses import RANKS, Status

WHERE = (
    "agency_code", "agency_name", "department", "officer", "officer_title", "step", "step_due_at", "due_at",
    "pickup_place", "pickup_hours",
)  # fmt: skip
OF_AN_AGENCY = ("agency_code", "department", "officer", "officer_title", "step", "step_due_at")
MOMENTS = ("step_due_at", "due_at")
MEMBERS = ("supplement", "fee", "fee_paid", "apology", "result", "handover")
ON_THE_WAY = frozenset({Status.FILED, Status.ACCEPTED, Status.PROCESSING})
DERIVED = (
    *WHERE, "status", "status_at", "reason", "status_text", "received_at", "promised_at", "ready_at",
    "returned_at", "payment_state", "handover_state",
)  # fmt: skip


def place(event: DossierEvent) -> tuple:
    """An event's place in the line of time."""
    return (event.occurred_at, RANKS[event.status], event.fingerprint)


def in_order(events: Iterable[DossierEvent]) -> list[DossierEvent]:
    return sorted(events, key=place)


def line(dossier: Dossier) -> list[DossierEvent]:
    """Everything that happened, in its order."""
    return in_order(rows().events(dossier))


def comes_after(dossier: Dossier, event: DossierEvent) -> bool:
    """Whether the event surely happened after all that we know. False where only `replay` can tell."""
    return (event.occurred_at, RANKS[event.status]) > _now_at(dossier)


def needs_no_history(dossier: Dossier, event: DossierEvent) -> bool:
    """Whether an event that comes last can be taken without looking at those before it (`advance`)."""
    if dossier.status in WAITING or dossier.payment_state == "due":
        return False  # it ends a wait that began with an earlier event
    if event.agency_name not in (None, dossier.agency_name):
        return False  # another agency's leg begins
    brings = event.step_due_at is not None or any(name in event.said for name in MEMBERS)
    return not dossier.has_records or (
        dossier.status in ON_THE_WAY and event.status in ON_THE_WAY and not brings
    )


def advance(dossier: Dossier, event: DossierEvent) -> Chronicle:
    """Take one event that comes last and `needs_no_history`; returns what it brings."""
    found = Chronicle()
    found.take(dossier, event)
    step(dossier, event)
    found.end(dossier, None)
    return found


def step(dossier: Dossier, event: DossierEvent) -> None:
    """Bring the dossier to where the event says it is. What the event leaves out stays as it was."""
    dossier.status, dossier.status_at = event.status, event.occurred_at
    dossier.reason, dossier.status_text = event.reason, event.said.get("text")
    _go(dossier, where_of(event))
    if event.status == Status.ACCEPTED and dossier.received_at is None:
        dossier.received_at = event.occurred_at
    if event.status == Status.READY:
        dossier.ready_at, dossier.returned_at, dossier.handover_state = event.occurred_at, None, "waiting"
    elif event.status == Status.RETURNED:
        dossier.returned_at = event.occurred_at
        way = event.said.get("handover", {}).get("way")
        dossier.handover_state = {"post": "at_post", "electronic": "electronic"}.get(way, "handed_over")
    else:
        dossier.ready_at = dossier.returned_at = None
        dossier.handover_state = "none"


def replay(dossier: Dossier, events: list[DossierEvent]) -> Chronicle:
    """Walk the whole line (`events` in order) again; returns the records and flags that it brings.

    Sets each event's `is_unexpected`. Nothing may be read from the database meanwhile.
    """
    snapshot = dossier.snapshot = snapshot_of(dossier)
    for name in DERIVED:
        setattr(dossier, name, None)
    dossier.payment_state = dossier.handover_state = "none"
    dossier.received_at = _moment(snapshot.get("received_at"))
    dossier.promised_at = _moment(snapshot.get("promised_at"))
    patches = list(snapshot.get("patches", ()))
    found = Chronicle()
    for event in events:
        while patches and (event.occurred_at, RANKS[event.status]) > _patch_at(patches[0]):
            _go(dossier, _from_json(patches.pop(0)["where"]))
        found.take(dossier, event)
        step(dossier, event)
    for patch in patches:
        _go(dossier, _from_json(patch["where"]))
    found.end(dossier, snapshot.get("legs"))
    return found


def patch(dossier: Dossier, where: dict[str, Any]) -> None:
    """What a whole dossier says without a time: true as of the newest event we hold, and written down so."""
    snapshot = snapshot_of(dossier)
    patches = list(snapshot.get("patches", ()))
    at, rank = _now_at(dossier)
    before = patches.pop()["where"] if patches and _patch_at(patches[-1]) == (at, rank) else {}
    patches.append({"at": at.isoformat(), "rank": rank, "where": before | _to_json(where)})
    dossier.snapshot = snapshot | {"patches": patches}
    _go(dossier, where)


def state_received(dossier: Dossier, received_at: datetime) -> None:
    """The source states when the dossier was taken in: no event can say better."""
    dossier.received_at = received_at
    if dossier.snapshot is not None:
        dossier.snapshot = dossier.snapshot | {"received_at": received_at.isoformat()}


def state_promised(dossier: Dossier, due_at: datetime) -> None:
    """The first date the citizen was given, where it is ours: no event tells it."""
    dossier.promised_at = due_at
    dossier.snapshot = snapshot_of(dossier) | {"promised_at": due_at.isoformat()}


def states_due(dossier: Dossier, events: Iterable[DossierEvent]) -> bool:
    """Whether the source ever named a due date, or said that there is none."""
    patches = snapshot_of(dossier).get("patches", ())
    return any("due_at" in event.said for event in events) or any("due_at" in one["where"] for one in patches)


def where_of(event: DossierEvent) -> dict[str, Any]:
    """What the event says of who holds the dossier; a new department forgets the old one's officer."""
    where = {
        name: getattr(event, name)
        for name in ("agency_name", "department")
        if getattr(event, name) is not None
    }
    if where or event.officer is not None:
        where |= {"officer": event.officer, "officer_title": event.officer_title}
    if event.step is not None:
        where |= {"step": event.step, "step_due_at": event.step_due_at}
    return where | _from_json({name: event.said[name] for name in WHERE if name in event.said})


def _go(dossier: Dossier, where: dict[str, Any]) -> None:
    if where.get("agency_name") not in (None, dossier.agency_name):
        where = dict.fromkeys(OF_AN_AGENCY) | where  # nothing inside the old agency is true of the new one
    for column, value in where.items():
        setattr(dossier, column, value)
    if dossier.promised_at is None:
        dossier.promised_at = dossier.due_at


def snapshot_of(dossier: Dossier) -> dict:
    """What whole dossiers said; for one from before there were snapshots, all that is known, as of now."""
    if dossier.snapshot is not None:
        return dossier.snapshot
    at, rank = _now_at(dossier)
    where = _to_json({name: getattr(dossier, name) for name in WHERE})
    times = {name: getattr(dossier, name) for name in ("received_at", "promised_at")}
    return {name: value.isoformat() for name, value in times.items() if value} | {
        "patches": [{"at": at.isoformat(), "rank": rank, "where": where}]
    }


def _now_at(dossier: Dossier) -> tuple[datetime, int]:
    return dossier.status_at, RANKS[dossier.status]


def _patch_at(one: dict) -> tuple[datetime, int]:
    return datetime.fromisoformat(one["at"]), one["rank"]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _to_json(where: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in where.items()
    }


def _from_json(where: dict[str, Any]) -> dict[str, Any]:
    return {name: _moment(value) if name in MOMENTS else value for name, value in where.items()}
