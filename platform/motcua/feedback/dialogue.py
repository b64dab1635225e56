"""Reporting from the chat: what kind, what happened, photographs and the place, then sent."""

from datetime import datetime, timedelta

from motcua.catalogue import communes
from motcua.catalogue.names import plain_name
from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.messaging.replies import Reply, number_in
from motcua.tenancy import current
from motcua.zalo.messages import CallPhone, QueryHide

from . import drafts, handling, kinds
from .models import Feedback
from .pictures import Picture
from .wording import RATINGS, words_of

WRITING_LASTS = timedelta(hours=2)
WAITING_FOR = "report"
GIVE_UP_WORDS = frozenset({"thoi", "khong gui", "bo qua", "huy", "cancel", "never mind", "stop it"})
SEND_WORDS = frozenset({"gui", "gui di", "xong", "het", "send", "done"})
UNKNOWN_WORDS = frozenset({"khong biet", "khong ro", "toi khong ro", "dont know", "i don t know"})
EXCERPT = 300

Said = tuple[str, str]
SEND: Said = ("Gửi phản ánh", "Send the report")
HIDDEN: Said = ("Gửi, không để lại tên", "Send without my name")
GIVE_UP: Said = ("Thôi, không gửi", "Never mind")
UNKNOWN: Said = ("Tôi không rõ xã, phường", "I don't know the commune")
CONSENT: tuple[Said, Said] = (
    ("Đồng ý công khai", "You may publish it"),
    ("Không công khai", "Do not publish it"),
)
TELL_KIND: Said = ("Gọi ", "Call ")


def pressed(citizen: Citizen, words: str) -> list[Reply]:
    """A button's words: "" to begin, `kind:<key>`, `send`, `hidden`, `nowhere`, `stop`, `more:<n>`, `rate:<n>:<v>`,
    `publish:<n>:yes|no`. A report of somebody else is none."""
    what, _, rest = words.partition(":")
    number, _, value = rest.partition(":")
    draft = _draft(citizen)
    if what == "kind":
        return _begin(citizen, rest)
    if what in ("send", "hidden") and draft:
        return _send(citizen, draft, hidden=what == "hidden")
    if what == "nowhere" and draft:
        return _send(citizen, draft, hidden=bool(citizen.dialogue.get("hidden")), without_place=True)
    if what == "stop":
        return _stop(citizen, draft)
    mine = _own(citizen, number_in(number))
    if what == "more" and mine and mine.state == "asked":
        _wait(citizen, "answer", mine.id)
        return [
            Reply("feedback_more", words_of(mine, citizen.language), (_button(citizen, GIVE_UP, "stop"),))
        ]
    if what == "rate" and mine:
        return _rate(mine, number_in(value) or 0)
    if what == "publish" and mine and value in ("yes", "no"):
        handling.agree_to_publish(mine, value == "yes")
        return [Reply(f"feedback_publish_{value}", words_of(mine, citizen.language), ends=True)]
    return _start(citizen)


def heard(citizen: Citizen, line: str) -> list[Reply] | None:
    """A line while a report is being written; None when none is."""
    step = _step(citizen)
    if step is None:
        return None
    said = plain_name(line)
    if said in GIVE_UP_WORDS:
        return _stop(citizen, _draft(citizen))
    if step == "kind":
        return _kind_said(citizen, said)
    if step == "answer":
        return _answered(citizen, line)
    draft = _draft(citizen)
    if draft is None:
        return None
    if said in SEND_WORDS:
        return _send(citizen, draft, hidden=False)
    if step == "place":
        return _place_said(citizen, draft, line, said)
    try:
        drafts.write(draft, line)
    except MotcuaError:
        return [Reply("feedback_too_long", {"longest": drafts.LONGEST}, _ways(citizen))]
    return [_so_far(citizen, draft)]


def wants_pictures(citizen: Citizen) -> bool:
    """Whether a photograph, or a place, that comes now belongs to a report."""
    return _step(citizen) in ("words", "place") and _draft(citizen) is not None


def picture_came(citizen: Citizen, picture: Picture) -> list[Reply]:
    """Raises PictureRefused when there are enough."""
    draft = _draft(citizen)
    if draft is None:
        return []
    drafts.attach(draft, picture)
    return [_so_far(citizen, draft)]


def place_came(citizen: Citizen, latitude: float, longitude: float) -> list[Reply]:
    draft = _draft(citizen)
    if draft is None:
        return []
    if not drafts.locate(draft, latitude, longitude):
        return [Reply("feedback_place_abroad", {}, _ways(citizen))]
    return [_so_far(citizen, draft)]


def refused(citizen: Citizen, sentence: str) -> list[Reply]:
    """A photograph that could not be taken, and why."""
    return [Reply("feedback_photo_refused", {"problem": sentence}, _ways(citizen))]


def _start(citizen: Citizen) -> list[Reply]:
    offered = kinds.all_kinds()
    if not offered:
        return [Reply("feedback_off", current.contact_words(), ends=True)]
    _wait(citizen, "kind", 0)
    english = citizen.language == "en"
    names = [one["name_en" if english else "name"] for one in offered]
    mine = [words_of(one, citizen.language) for one in handling.of_citizen(citizen)]
    urgent = [
        {"number": one["call"], "name": one["call_name_en" if english else "call_name"]}
        for one in offered
        if one["call"]
    ]
    words = {"kinds": names, "reports": mine, "urgent": urgent} | current.contact_words()
    first = tuple(
        _button(citizen, (one["name"], one["name_en"]), f"kind:{one['key']}") for one in offered[:4]
    )
    return [Reply("feedback_kinds", words, (*first, _button(citizen, GIVE_UP, "stop")))]


def _kind_said(citizen: Citizen, said: str) -> list[Reply]:
    """A number of the list, a kind's name, or words that only one kind knows."""
    offered = kinds.all_kinds()
    number = number_in(said)
    if number is not None and 1 <= number <= len(offered):
        return _begin(citizen, offered[number - 1]["key"])
    for one in offered:
        if said in (plain_name(one["name"]), plain_name(one["name_en"])):
            return _begin(citizen, one["key"])
    known = sorted(((_likeness(one, said), one["key"]) for one in offered), reverse=True)
    if known[0][0][0] > 0 and (len(known) == 1 or known[0][0] > known[1][0]):
        return _begin(citizen, known[0][1])
    return _start(citizen)


def _likeness(kind: dict, said: str) -> tuple[int, int]:
    """How long the longest of the kind's words is that stands in the line, and how early it stands."""
    line = f" {said} "
    found = [
        (len(word), -line.index(f" {word} "))
        for word in map(plain_name, kind["words"])
        if f" {word} " in line
    ]
    return max(found, default=(0, 0))


def _begin(citizen: Citizen, key: str) -> list[Reply]:
    kind = kinds.find(key)
    if kind is None:
        return _start(citizen)
    try:
        draft = drafts.begin(key, "chat", citizen)
    except MotcuaError:
        citizen.dialogue = {}
        return [Reply("feedback_too_many", current.contact_words(), ends=True)]
    _wait(citizen, "words", draft.id)
    english = citizen.language == "en"
    said = {
        "kind": kind["name_en" if english else "name"],
        "call": kind["call"],
        "call_name": kind["call_name_en" if english else "call_name"],
        "most": drafts.MOST_PHOTOS,
    }
    call = (CallPhone(TELL_KIND[english] + kind["call"], kind["call"]),) if kind["call"] else ()
    return [Reply("feedback_words", said, (*call, _button(citizen, GIVE_UP, "stop")))]


def _so_far(citizen: Citizen, draft: Feedback) -> Reply:
    _wait(citizen, "words", draft.id)
    text = draft.text
    words = words_of(draft, citizen.language) | {
        "text": text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…",
        "enough": len(text) >= drafts.SHORTEST,
        "photos": drafts.photo_count(draft),
        "most": drafts.MOST_PHOTOS,
        "has_location": draft.location_encrypted is not None,
    }
    return Reply("feedback_so_far", words, _ways(citizen))


def _ways(citizen: Citizen) -> tuple:
    return (
        _button(citizen, SEND, "send"),
        _button(citizen, HIDDEN, "hidden"),
        _button(citizen, GIVE_UP, "stop"),
    )


def _place_said(citizen: Citizen, draft: Feedback, line: str, said: str) -> list[Reply]:
    hidden = bool(citizen.dialogue.get("hidden"))
    if said in UNKNOWN_WORDS:
        return _send(citizen, draft, hidden=hidden, without_place=True)
    found = communes.named(line)
    if len(found) == 1:
        drafts.put(draft, commune_code=found[0].code)
        return _send(citizen, draft, hidden=hidden)
    words = {"communes": [one.name for one in found[:8]], "text": line[:80]}
    return [Reply("feedback_which_commune", words, (_button(citizen, UNKNOWN, "nowhere"),))]


def _send(citizen: Citizen, draft: Feedback, *, hidden: bool, without_place: bool = False) -> list[Reply]:
    if len(draft.text) < drafts.SHORTEST:
        return [_so_far(citizen, draft)]
    if draft.commune_code is None and not without_place:
        _wait(citizen, "place", draft.id, hidden=hidden)
        return [Reply("feedback_commune", {}, (_button(citizen, UNKNOWN, "nowhere"),))]
    sent = drafts.send(draft, anonymous=hidden)
    citizen.dialogue = {}
    words = words_of(sent, citizen.language) | {"hidden": hidden} | current.contact_words()
    if hidden:
        return [Reply("feedback_kept", words, ends=True)]
    consent = tuple(
        _button(citizen, said, f"publish:{sent.id}:{answer}")
        for said, answer in zip(CONSENT, ("yes", "no"), strict=True)
    )
    return [Reply("feedback_kept", words, consent, ends=True)]


def _answered(citizen: Citizen, line: str) -> list[Reply]:
    mine = _own(citizen, citizen.dialogue.get(WAITING_FOR))
    citizen.dialogue = {}
    if mine is None or mine.state != "asked" or not line.strip():
        return _start(citizen)
    handling.add_more(mine, line[: handling.LONGEST])
    return [Reply("feedback_added", words_of(mine, citizen.language), ends=True)]


def _rate(mine: Feedback, value: int) -> list[Reply]:
    try:
        handling.rate(mine, value)
    except MotcuaError:
        return [Reply("feedback_closed", {"number": mine.id}, ends=True)]
    return [
        Reply(
            "feedback_rated",
            {"number": mine.id, "low": value == min(RATINGS)} | current.contact_words(),
            ends=True,
        )
    ]


def _stop(citizen: Citizen, draft: Feedback | None) -> list[Reply]:
    citizen.dialogue = {}
    if draft:
        drafts.throw_away(draft)
    return [Reply("feedback_stopped", current.contact_words(), ends=True)]


def _step(citizen: Citizen) -> str | None:
    if WAITING_FOR not in citizen.dialogue or datetime.fromisoformat(citizen.dialogue["until"]) < now():
        return None
    return citizen.dialogue["step"]


def _wait(citizen: Citizen, step: str, number: int, *, hidden: bool = False) -> None:
    citizen.dialogue = {
        WAITING_FOR: number,
        "step": step,
        "hidden": hidden,
        "until": (now() + WRITING_LASTS).isoformat(),
    }


def _draft(citizen: Citizen) -> Feedback | None:
    number = citizen.dialogue.get(WAITING_FOR)
    mine = _own(citizen, number) if number else None
    return mine if mine and mine.state == "draft" else None


def _own(citizen: Citizen, number: int | None) -> Feedback | None:
    """Only the citizen's own: a button's number can be typed by anybody."""
    if not number:
        return None
    return db.session.scalar(
        db.select(Feedback).where(Feedback.id == number, Feedback.citizen_id == citizen.id).with_for_update()
    )


def _button(citizen: Citizen, said: Said, words: str) -> QueryHide:
    return QueryHide(said[citizen.language == "en"], f"#report:{words}")
