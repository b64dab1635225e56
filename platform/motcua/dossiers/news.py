"""What followers of a dossier are told, and in which words.

One message a thing. Whoever proved that the dossier is theirs hears of officers and notes; whoever only
holds the paper's code hears the status, the date and the agency (the ladder of personal data).
"""

from datetime import datetime

from motcua.citizens.models import Citizen, phone_index
from motcua.messaging import texts
from motcua.messaging.outbox import Zbs, owe
from motcua.tenancy import current
from motcua.zalo.messages import OpenUrl, QueryHide, TextMessage

from . import codes, following, wording
from .models import Dossier, DossierEvent, Follow
from .records import NOTHING, Made
from .rows import followers_of, rows
from .statuses import Status

TEMPLATE_OF = {
    "dossier_filed": "dossier_status",
    "dossier_accepted": "dossier_receipt",
    "dossier_ready": "dossier_ready",
    "dossier_ready_early": "dossier_ready",
    "dossier_returned": "dossier_result",
}
TITLES = {
    "vi": ("Xem tiến độ hồ sơ", "Bỏ theo dõi hồ sơ này", "Theo dõi hồ sơ này"),
    "en": ("See the progress", "Stop following", "Follow this dossier"),
}
KINDS = {
    Status.FILED: "dossier_filed",
    Status.ACCEPTED: "dossier_accepted",
    Status.REFUSED: "dossier_refused",
    Status.PROCESSING: "dossier_moved",
    Status.SUPPLEMENT: "dossier_supplement",
    Status.FEE: "dossier_fee",
    Status.WITHDRAWAL: "dossier_withdrawal",
    Status.STOPPED: "dossier_stopped",
    Status.RETURNED: "dossier_returned",
}


def kind_of(dossier: Dossier, event: DossierEvent, before: int | None, old_due: datetime | None) -> str:
    """Which of the texts tells this event."""
    if event.status == Status.READY:
        promised = old_due or dossier.due_at
        return "dossier_ready_early" if promised and event.occurred_at < promised else "dossier_ready"
    if event.status == Status.ACCEPTED and before not in (None, Status.FILED):
        return "dossier_moved"  # back on the desk after a supplement or a payment
    return KINDS[Status(event.status)]


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
    """Write the messages an event causes; returns how many people will hear. `made`: the records it brought.

    `shows_to_all` False: only what needs proof has changed (the officer, the step), so whoever holds no
    more than the paper's code would hear the same words again, and hears nothing.
    `is_corrected`: the event was told before, as something else.
    """
    key = f"event:{event.id}:{event.status}" if is_corrected else f"event:{event.id}"
    kind = kind_of(dossier, event, before, old_due)
    more = {"note": _reason(event, made), "occurred": event.occurred_at, "old_due": old_due or dossier.due_at}
    hearing = [one for one in following.followers(dossier) if shows_to_all or one[1].knows_details]
    told = _tell_followers(dossier, hearing, kind, more, key)
    if kind != "dossier_moved":  # a paid message for news of substance only
        told += _tell_phone(dossier, kind, key)
    return told


def _reason(event: DossierEvent, made: Made) -> str | None:
    """Why, in the words of who decided it."""
    for record in (made.supplement, made.apology):
        if event.note is None and record is not None:
            return record.reason
    return event.note or event.reason


def tell_due_changed(dossier: Dossier, old_due: datetime | None) -> None:
    if dossier.is_finished or dossier.due_at is None:
        return
    key = f"due:{dossier.id}:{dossier.due_at.isoformat()}"
    _tell_followers(dossier, following.followers(dossier), "dossier_due_changed", {"old_due": old_due}, key)


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
            kind,
            {"old_due": old_due, "reason": reason},
            f"{cause}:{dossier.id}",
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
    kind = "dossier_status"
    body = texts.bodies_of(kind)[language]
    words = _words(dossier, language, {"as_of": as_of or dossier.source_time})
    return _message(kind, body, words, dossier, found, language)


def _tell_followers(
    dossier: Dossier,
    hearing: list[tuple[Citizen, Follow]],
    kind: str,
    more: dict,
    key: str,
    bodies: dict[str, str] | None = None,
    lane: str = "urgent",
) -> int:
    """One message each; `key` names the news, so that nobody is owed it twice. Returns how many are new."""
    if not hearing:
        return 0
    bodies, zbs = bodies or rows().bodies(kind), _template(kind, dossier)
    words = {language: _words(dossier, language, more) for language in texts.LANGUAGES}
    return sum(
        owe(
            citizen,
            kind,
            dedupe_key=f"{key}:citizen:{citizen.id}",
            consultation=_message(
                kind, bodies[citizen.language], words[citizen.language], dossier, found, citizen.language
            ),
            zbs=zbs,
            lane=lane,
            dossier_id=dossier.id,
        )
        for citizen, found in hearing
    )


def _tell_phone(dossier: Dossier, kind: str, key: str) -> bool:
    """By phone number where nobody with that phone is on our OA yet: the authorised person first."""
    phone = phone_of(dossier)
    if phone is None or rows().citizens({phone_index(phone)}):
        return False
    return owe(
        phone,
        kind,
        dedupe_key=f"{key}:phone",
        zbs=_template(kind, dossier),
        dossier_id=dossier.id,
    )


def phone_of(dossier: Dossier) -> str | None:
    """The number to write to where nobody follows: the authorised person's first."""
    people = dossier.people
    return next(
        (
            people[role]["phone"]
            for role in ("authorised", "submitter", "owner")
            if people.get(role, {}).get("phone")
        ),
        None,
    )


def _message(
    kind: str, body: str, words: dict, dossier: Dossier, found: Follow | None, language: str
) -> TextMessage:
    knows = found is not None and found.knows_details
    if not knows:
        words = words | dict.fromkeys(("department", "officer", "officer_title", "step", "note"))
    see, leave, follow = TITLES[language]
    buttons = [OpenUrl(see, tracking_url(dossier))]
    if found is not None and found.ended_at is None:
        buttons.append(QueryHide(leave, f"bỏ theo dõi {dossier.code}"))
    else:
        buttons.append(QueryHide(follow, f"theo dõi {codes.spaced(dossier.token)}"))
    return TextMessage(texts.fill(kind, body, words | {"knows_details": knows}), buttons=tuple(buttons))


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


def _words(dossier: Dossier, language: str, more: dict | None = None) -> dict:
    """The words of a text; times in `more` are put as that language says them."""
    said = {
        name: wording.moment(value, language) if isinstance(value, datetime) else value
        for name, value in (more or {}).items()
    }
    return said | {
        "province": current.province_name(),
        "code": dossier.code,
        "procedure": dossier.procedure_name,
        "status": wording.status(dossier, language),
        "agency": dossier.agency_name,
        "department": dossier.department,
        "officer": dossier.officer,
        "officer_title": dossier.officer_title,
        "step": dossier.step,
        "due": wording.moment(dossier.due_at, language),
        "place": dossier.pickup_place or dossier.agency_name,
        "hours": dossier.pickup_hours,
        "tracking_url": tracking_url(dossier),
        "follow_code": codes.spaced(dossier.token),
    }


def tracking_url(dossier: Dossier) -> str:
    """Our own address on the province's host: stays valid when the OA changes."""
    return current.public_url(f"/t/{dossier.token}")
