"""From the chat to a person and back: a citizen asks, an officer takes it, the bot keeps silent meanwhile."""

from datetime import timedelta

from motcua.citizens.models import Citizen
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.tenancy import calendars, current, office

from .models import Handover, HandoverLine
from .saying import command, say

SILENCE = timedelta(minutes=30)  # of a taken one: then the bot answers again
WAITING_LASTS = timedelta(days=3)
LONGEST_REPLY = 1500


def ask(citizen: Citizen, key: str, moment_words) -> None:
    """The citizen wants a person. `moment_words(at, language)` puts a time into words."""
    if find_open(citizen) is None:
        db.session.add(Handover(citizen_id=citizen.id))
        db.session.flush()
    settings, at = current.tenant().settings, now()
    offices = calendars.offices_of(settings, [day.mark for day in calendars.days_in_force()])
    if office.is_open(offices.province, at):
        event, words = "person_coming", {"hours": office.hours_in_words(settings)}
    else:
        opens_at = office.opens_next(offices.province, at)
        event = "person_away"
        words = {
            "opens_at": moment_words(opens_at, citizen.language),
            "hours": office.hours_in_words(settings),
        }
    say(citizen, key, event, words, (command(citizen, "end_person"), command(citizen, "menu")))


def hear(citizen: Citizen, key: str, line: str) -> bool:
    """Keep a citizen's line for the officer. True when an officer has the chat: the bot then keeps silent."""
    handover = find_open(citizen)
    if handover is None:
        return False
    limit = SILENCE if handover.state == "taken" else WAITING_LASTS
    if now() - handover.last_line_at > limit:
        _close(handover, "silence")
        return False
    _keep(handover, "citizen", line)
    return handover.state == "taken"


def end(citizen: Citizen, key: str) -> None:
    """The citizen is done with the officer."""
    handover = find_open(citizen)
    if handover is not None:
        _close(handover, "citizen")
    say(citizen, key, "person_gone")


def note_human(citizen: Citizen) -> None:
    """Somebody answered by hand in Zalo's own OA Manager: the bot must not talk in between."""
    handover = find_open(citizen) or Handover(citizen_id=citizen.id)
    handover.state, handover.last_line_at = "taken", now()
    db.session.add(handover)


def find_open(citizen: Citizen) -> Handover | None:
    return db.session.scalar(
        db.select(Handover)
        .where(Handover.citizen_id == citizen.id, Handover.state != "closed")
        .with_for_update()
    )


def listed() -> list[tuple[Handover, Citizen]]:
    """Open ones of the tenant in scope, those that wait longest first."""
    rows = db.session.execute(
        db.select(Handover, Citizen)
        .join(Citizen, (Citizen.tenant_id == Handover.tenant_id) & (Citizen.id == Handover.citizen_id))
        .where(Handover.state != "closed")
        .order_by(Handover.state.desc(), Handover.last_line_at)
        .limit(100)
    )
    return [(handover, citizen) for handover, citizen in rows]


def lines_of(handover: Handover) -> list[HandoverLine]:
    return list(
        db.session.scalars(
            db.select(HandoverLine).where(HandoverLine.handover_id == handover.id).order_by(HandoverLine.id)
        )
    )


def get(handover_id: int) -> tuple[Handover, Citizen]:
    """Raises NotFound."""
    row = db.session.execute(
        db.select(Handover, Citizen)
        .join(Citizen, (Citizen.tenant_id == Handover.tenant_id) & (Citizen.id == Handover.citizen_id))
        .where(Handover.id == handover_id)
        .with_for_update(of=Handover)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def reply(handover_id: int, staff_id: int, text: str) -> None:
    """An officer answers, and has the chat from then on; commits.

    Raises NotFound, Invalid for an empty or too long text, Conflict when it is closed or a colleague's.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST_REPLY:
        raise Invalid(f"Câu trả lời cần từ 1 đến {LONGEST_REPLY} ký tự. Xin viết lại cho vừa.")
    handover, citizen = get(handover_id)
    if handover.state == "closed":
        raise Conflict("Cuộc trò chuyện đã kết thúc. Xin đợi người dân nhắn lại.")
    if handover.state == "taken" and handover.staff_id not in (None, staff_id):
        raise Conflict("Đồng nghiệp khác đang trả lời người dân này. Xin mở cuộc trò chuyện khác.")
    handover.state, handover.staff_id = "taken", staff_id
    line = _keep(handover, "officer", text, staff_id)
    words = {"province": current.province_name(), "text": text}
    say(citizen, f"handover:{line.id}", "person_says", words, (command(citizen, "end_person"),))
    db.session.commit()


def close(handover_id: int) -> None:
    """An officer ends it, and the citizen is told that the bot answers again; commits."""
    handover, citizen = get(handover_id)
    if handover.state != "closed":
        _close(handover, "officer")
        say(citizen, f"handover:{handover.id}:closed", "person_gone")
    db.session.commit()


def forget(citizen: Citizen) -> None:
    """The citizen asked for erasure: what was said goes too."""
    db.session.execute(db.delete(Handover).where(Handover.citizen_id == citizen.id))


def _keep(handover: Handover, speaker: str, text: str, staff_id: int | None = None) -> HandoverLine:
    line = HandoverLine(
        handover_id=handover.id,
        speaker=speaker,
        staff_id=staff_id,
        text_encrypted=crypto.keyring().encrypt(scope.required(), "handover_line", text),
    )
    handover.last_line_at = now()
    db.session.add(line)
    db.session.flush()
    return line


def _close(handover: Handover, by: str) -> None:
    handover.state, handover.closed_at, handover.closed_by = "closed", now(), by
