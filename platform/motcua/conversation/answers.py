"""Answering a citizen's line. Every answer is one outbox row in the transaction of the event it answers."""

from datetime import datetime, timedelta

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.core import attempts
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound, TooManyAttempts
from motcua.dossiers import following, intake, news, proofs, wording
from motcua.dossiers.models import Dossier
from motcua.messaging.outbox import owe
from motcua.messaging.texts import render
from motcua.tenancy import current
from motcua.zalo.messages import QueryShow, RequestUserInfo, TextMessage

from . import intents

ANSWER_LIFETIME = timedelta(hours=1)  # an answer that comes tomorrow answers nothing
DIALOGUE_LIFETIME = timedelta(minutes=15)

MENU = (
    QueryShow("Hồ sơ của tôi", "Hồ sơ của tôi"),
    QueryShow("Hướng dẫn", "Hướng dẫn"),
)


def reply(citizen: Citizen, key: str, text: str) -> None:
    """Answer one line. `key` names the event that is answered, so that no line is answered twice."""
    intent = intents.understand(text)
    HANDLERS[intent.kind](citizen, key, intent)


def welcome(citizen: Citizen, key: str) -> None:
    say(citizen, key, "welcome", buttons=MENU)
    if citizen.phone_index is None:
        ask_for_phone(citizen, key)


def ask_for_phone(citizen: Citizen, key: str) -> None:
    """Zalo's own card: the number comes from Zalo, so it needs no further proof."""
    card = RequestUserInfo(
        title="Chia sẻ số điện thoại để nhận tin hồ sơ",
        subtitle=(
            f"{current.province_name()} dùng số này để tìm hồ sơ đứng tên ông/bà và báo tin khi có thay đổi. "
            "Nhắn DỪNG để thôi nhận tin bất cứ lúc nào."
        ),
        image_url=current.picture_url("share-phone.png"),
    )
    owe(citizen, "ask_phone", dedupe_key=f"{key}:ask_phone", consultation=card, lifetime=ANSWER_LIFETIME)


def phone_shared(citizen: Citizen, key: str, phone: str) -> None:
    citizen.prove_phone(phone)
    citizen.muted_at = None
    registry.agree(citizen, ("link_phone", "dossier_messages"), "share_phone")
    db.session.flush()
    dossiers = following.follow_own(citizen)
    say(citizen, key, "phone_linked", {"dossiers": _lines(dossiers)}, MENU)


def _look_up(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        found = following.find(dossier, citizen)
        _send(citizen, key, "dossier_status", news.status_message(dossier, found))


def _follow(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is None:
        return
    if intent.token is None and following.find(dossier, citizen) is None:
        # A dossier code can be counted up; the paper's code or the digits cannot.
        _ask_proof(citizen, key, dossier)
        return
    found = following.follow(dossier, citizen, "token")
    registry.agree(citizen, ("dossier_messages",), "chat")
    citizen.muted_at = None
    say(citizen, f"{key}:following", "following", {"code": dossier.code, "procedure": dossier.procedure_name})
    _send(citizen, key, "dossier_status", news.status_message(dossier, found))
    if not found.knows_details:
        _ask_proof(citizen, key, dossier)


def _ask_proof(citizen: Citizen, key: str, dossier: Dossier) -> None:
    citizen.dialogue = {"proof_for": dossier.id, "until": (now() + DIALOGUE_LIFETIME).isoformat()}
    say(citizen, f"{key}:proof", "proof_asked", {"code": dossier.code})


def _prove(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _asked_about(citizen)
    if dossier is None:
        _unknown(citizen, key, intent)
        return
    try:
        right = proofs.check(dossier, intent.digits, f"citizen:{citizen.id}")
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
        return
    if not right:
        say(citizen, key, "proof_wrong", {"code": dossier.code})
        return
    citizen.dialogue = {}
    citizen.muted_at = None
    found = following.follow(dossier, citizen, "digits")
    registry.agree(citizen, ("dossier_messages",), "chat")
    _send(citizen, key, "dossier_status", news.status_message(dossier, found))


def _unfollow(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        following.unfollow(dossier, citizen)
        say(citizen, key, "unfollowed", {"code": dossier.code}, MENU)


def _my_dossiers(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    followed = following.followed_by(citizen)
    if followed:
        buttons = tuple(
            QueryShow(f"Hồ sơ {dossier.code}"[:100], f"Tra cứu {dossier.code}") for dossier, _ in followed
        )
        say(citizen, key, "my_dossiers", {"dossiers": _lines([dossier for dossier, _ in followed])}, buttons)
        return
    say(citizen, key, "no_dossiers", buttons=MENU)
    if citizen.phone_index is None:
        ask_for_phone(citizen, key)


def _stop(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    registry.withdraw(citizen)
    say(citizen, key, "stopped")


def _resume(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    citizen.muted_at = None
    registry.agree(citizen, ("dossier_messages",), "chat")
    say(citizen, key, "resumed", buttons=MENU)


def _unknown(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    say(citizen, key, "help", buttons=MENU)


HANDLERS = {
    "look_up": _look_up,
    "follow": _follow,
    "unfollow": _unfollow,
    "proof": _prove,
    "my_dossiers": _my_dossiers,
    "stop": _stop,
    "resume": _resume,
    "help": _unknown,
    "unknown": _unknown,
}


def _guess(citizen: Citizen, key: str, intent: intents.Intent) -> Dossier | None:
    """The dossier that a code or token names; a wrong one is answered here, and counted."""
    who = f"{citizen.tenant_id}:codes:citizen:{citizen.id}"
    try:
        attempts.refuse_if_cooling_down(who)
        if intent.token:
            return intake.find_by_token(intent.token)
        return intake.find(intent.dossier)
    except NotFound:
        attempts.note_wrong(who)
        say(citizen, key, "not_found")
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
    return None


def _asked_about(citizen: Citizen) -> Dossier | None:
    asked = citizen.dialogue
    if not asked.get("proof_for") or datetime.fromisoformat(asked["until"]) < now():
        return None
    return db.session.get(Dossier, (citizen.tenant_id, asked["proof_for"]))


def _cooled_down(citizen: Citizen, key: str, error: MotcuaError) -> None:
    say(citizen, key, "cooled_down", {"minutes": -(-error.details["retry_after_s"] // 60)})


def _lines(dossiers: list[Dossier]) -> list[dict]:
    return [
        {
            "code": dossier.code,
            "procedure": dossier.procedure_name,
            "status": dossier.status_name,
            "due": wording.moment(dossier.due_at),
        }
        for dossier in dossiers[:5]
    ]


def say(citizen: Citizen, key: str, event: str, variables: dict | None = None, buttons: tuple = ()) -> None:
    words = {"province": current.province_name()} | (variables or {})
    _send(citizen, key, event, TextMessage(render(event, words), buttons=buttons[:5]))


def _send(citizen: Citizen, key: str, event: str, message: TextMessage) -> None:
    owe(citizen, event, dedupe_key=f"{key}:{event}", consultation=message, lifetime=ANSWER_LIFETIME)
