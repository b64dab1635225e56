"""What followers of a dossier are told, and in which words.

One message a thing. Whoever proved that the dossier is theirs hears of officers and notes; whoever only
holds the paper's code hears the status, the date and the agency (the ladder of personal data).
"""

from dataclasses import dataclass, field
from datetime import datetime

from motcua.citizens.models import Citizen, phone_index
from motcua.citizens.persons import persons
from motcua.core.calendar import Calendar
from motcua.core.clock import now
from motcua.messaging.outbox import Zbs, owe
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.messages import TextMessage

from . import applicant, following, news_buttons, news_kinds, news_words, promising, records, wording
from .applicant import phone_of
from .models import Dossier, DossierEvent, Follow
from .records import NOTHING, Made
from .rows import followers_of, rows
from .statuses import Status

TEMPLATE_OF = {
    "dossier_filed": "dossier_status",
    "dossier_accepted": "dossier_receipt",
    "dossier_ready": "dossier_ready",
    "dossier_ready_early": "dossier_ready",
    "dossier_corrected": "dossier_ready",
    "dossier_returned": "dossier_result",
}


@dataclass(frozen=True)
class Piece:
    """One thing to tell of a dossier. `key` names it, so that nobody is owed it twice.

    `more`: words that no record holds. `calendar`: for countdowns, where the caller has it at hand.
    """

    kind: str
    key: str
    made: Made = NOTHING
    more: dict = field(default_factory=dict)
    calendar: Calendar | None = None


def tell(
    dossier: Dossier,
    event: DossierEvent,
    *,
    before: int | None,
    old_due: datetime | None = None,
    shows_to_all: bool = True,
    made: Made = NOTHING,
    is_corrected: bool = False,
) -> int:
    """Write the messages an event causes; returns how many. `made`: the records it brought.

    `shows_to_all` False: only what needs proof has changed (the officer, the step), so whoever holds no
    more than the paper's code would hear the same words again, and hears nothing.
    `is_corrected`: the event was told before, as something else.
    """
    key = f"event:{event.id}:{event.status}" if is_corrected else f"event:{event.id}"
    hearing = [one for one in following.followers(dossier) if shows_to_all or one[1].knows_details]
    more = {
        "note": event.note or event.reason,
        "occurred": event.occurred_at,
        "old_due": old_due or dossier.due_at,
    }
    told = 0
    for at, kind in enumerate(news_kinds.kinds_of(dossier, event, before, old_due, made)):
        piece = Piece(kind, f"{key}:{kind}" if at else key, news_kinds.concerning(kind, made), more)
        if kind == "dossier_moved" and hearing and not _moves_are_told(shows_to_all):
            continue
        told += tell_piece(dossier, piece, hearing, by_phone=kind not in news_kinds.FREE_ONLY)
    return told


def tell_piece(
    dossier: Dossier,
    piece: Piece,
    hearing: list[tuple[Citizen, Follow]],
    *,
    lane: str = "urgent",
    by_phone: bool = False,
) -> int:
    """The same thing to each of `hearing`, as much of it as each may know, and `by_phone` to whoever of the dossier
    is not on our OA. Returns how many messages are new.

    Whoever proved by its digits that the phone is theirs hears of it in the chat, and by phone only where that fails
    (`untold`).
    """
    phone = _unproven_phone(dossier) if by_phone else None
    same = frozenset() if phone is None else applicant.among(hearing, dossier, _connected)
    told = _tell_followers(dossier, hearing, piece, lane=lane, instead=same)
    return told + _tell_phone(dossier, phone, piece) if phone is not None and not same else told


def _moves_are_told(shows_to_all: bool) -> bool:
    rule = current.news_rules().moves
    return rule == "every" or (rule == "agency" and shows_to_all)


def tell_due_changed(dossier: Dossier, old_due: datetime | None) -> None:
    if dossier.is_finished or dossier.due_at is None:
        return
    key = f"due:{dossier.id}:{dossier.due_at.isoformat()}"
    piece = Piece("dossier_due_changed", key, more={"old_due": old_due})
    _tell_followers(dossier, following.followers(dossier), piece)


def tell_dates_moved(moved: list[tuple[Dossier, datetime | None]], cause: str, reason: str) -> int:
    """Of many dossiers with their old due dates, for one `cause`, which names it once and for all.

    A few queries, however many dossiers; in the calmer lane. Returns how many messages are owed.
    """
    kind = "dossier_due_changed"
    tenant = (
        current.tenant()
    )  # held: the session forgets what nobody holds, and each text asks for it several times
    moved = [(dossier, old_due) for dossier, old_due in moved if dossier.due_at is not None]
    hearing = followers_of([dossier.id for dossier, _ in moved])
    bodies = texts.bodies_of(kind) if hearing else {}
    owed = sum(
        _tell_followers(
            dossier,
            hearing[dossier.id],
            Piece(kind, f"{cause}:{dossier.id}", more={"old_due": old_due, "reason": reason}),
            bodies,
            lane="normal",
        )
        for dossier, old_due in moved
        if dossier.id in hearing
    )
    del tenant
    return owed


def status_message(
    dossier: Dossier, found: Follow | None, language: str, as_of: datetime | None = None
) -> TextMessage:
    """The answer to "where is my dossier?". `as_of`: since when that is known, else when we were last told."""
    piece = Piece("dossier_status", "", records.standing(dossier), {"as_of": as_of or dossier.source_time})
    return message_of(dossier, piece, found, language, texts.bodies_of(piece.kind)[language])


def message_of(dossier: Dossier, piece: Piece, found: Follow | None, language: str, body: str) -> TextMessage:
    return _message(piece, body, _words(dossier, piece, language), dossier, found, language)


def _tell_followers(
    dossier: Dossier,
    hearing: list[tuple[Citizen, Follow]],
    piece: Piece,
    bodies: dict[str, str] | None = None,
    lane: str = "urgent",
    instead: frozenset[int] = frozenset(),
) -> int:
    """`instead`: the citizens who are told in place of the phone."""
    if not hearing:
        return 0
    bodies, zbs = bodies or rows().bodies(piece.kind), _template(piece.kind, dossier)
    follows = {citizen.id: follow for citizen, follow in hearing}
    told = persons((citizen for citizen, _ in hearing), connected=_connected)
    words = {
        language: _words(dossier, piece, language)
        for language in {person.citizen.language for person in told}
    }
    return sum(
        owe(
            person.citizen,
            piece.kind,
            dedupe_key=f"{piece.key}:citizen:{person.key}",
            consultation=_message(
                piece,
                bodies[person.citizen.language],
                words[person.citizen.language],
                dossier,
                following.strongest(follows[one] for one in person.ids),
                person.citizen.language,
            ),
            zbs=zbs,
            lane=lane,
            dossier_id=dossier.id,
            instead_of=_phone_key(piece) if instead.intersection(person.ids) else None,
        )
        for person in told
    )


def _connected() -> frozenset[str]:
    return rows().same("connected_oas", current.connected_oas)


def _unproven_phone(dossier: Dossier) -> str | None:
    """The number to write to, where nobody who proved to have it is on our OA yet."""
    phone = phone_of(dossier)
    return None if phone is None or rows().citizens({phone_index(phone)}) else phone


def _phone_key(piece: Piece) -> str:
    return f"{piece.key}:phone"


def _tell_phone(dossier: Dossier, phone: str, piece: Piece) -> bool:
    return owe(
        phone,
        piece.kind,
        dedupe_key=_phone_key(piece),
        zbs=_template(piece.kind, dossier),
        dossier_id=dossier.id,
    )


def _message(
    piece: Piece, body: str, words: dict, dossier: Dossier, found: Follow | None, language: str
) -> TextMessage:
    knows = found is not None and found.knows_details
    if not knows:
        words = news_words.without_details(words)
    text = texts.fill(piece.kind, body, words | {"knows_details": knows})
    return TextMessage(text, news_buttons.under(piece.kind, dossier, piece.made, found, language))


def _template(kind: str, dossier: Dossier) -> Zbs:
    return Zbs(TEMPLATE_OF.get(kind, "dossier_status"), template_words(dossier))


def template_words(dossier: Dossier) -> dict[str, str]:
    """The parameters of every ZBS template about a dossier, cut to the lengths that ZBS allows."""
    due = wording.short_moment(dossier.due_at) if dossier.due_at else "Chưa có ngày hẹn"
    return {
        "ma_ho_so": dossier.code[:30],
        "thu_tuc": dossier.procedure_name[:200],
        "trang_thai": wording.SHORT_NAMES[Status(dossier.status)],
        "ngay_hen": due,
        "co_quan": (dossier.pickup_place or dossier.agency_name)[:200],
    }


def _words(dossier: Dossier, piece: Piece, language: str) -> dict:
    return news_words.of(dossier, language, piece.made, piece.more, _countdown(dossier, piece, language))


def _countdown(dossier: Dossier, piece: Piece, language: str) -> str | None:
    counted = news_words.COUNTED.get(piece.kind)
    until = counted(dossier, piece.made) if counted else None
    if until is None or until <= now():
        return None
    calendar = piece.calendar or promising.offices().of(dossier.agency_code)
    return news_words.days_left(calendar, now(), until, language)


def tracking_url(dossier: Dossier) -> str:
    """Our own address on the province's host: stays valid when the OA changes."""
    return current.public_url(f"/t/{dossier.token}")
