"""From the chat to a person and back: a citizen asks, an officer takes it, the bot keeps silent meanwhile."""

from datetime import timedelta

from motcua.accounts.models import Staff
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


class HandoverUnknown(NotFound):
    """The same words whether there is none or another agency has it: who typed an answer learns why it did not go."""

    code = "handover_unknown"
    message = (
        "Không có cuộc trò chuyện này, hoặc cán bộ của cơ quan khác đã nhận trả lời. "
        "Xin mở lại danh sách người đang chờ."
    )


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


def listed(agency: str | None = None) -> list[tuple[Handover, Citizen]]:
    """Open ones of the tenant in scope, those that wait longest first. `agency`: as `_seen_by`."""
    rows = db.session.execute(
        db.select(Handover, Citizen)
        .join(Citizen, (Citizen.tenant_id == Handover.tenant_id) & (Citizen.id == Handover.citizen_id))
        .where(Handover.state != "closed", *_seen_by(agency))
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


def get(handover_id: int, agency: str | None = None) -> tuple[Handover, Citizen]:
    """Raises HandoverUnknown, also for one that officers of `agency` do not see, where one is given."""
    row = db.session.execute(
        db.select(Handover, Citizen)
        .join(Citizen, (Citizen.tenant_id == Handover.tenant_id) & (Citizen.id == Handover.citizen_id))
        .where(Handover.id == handover_id, *_seen_by(agency))
        .with_for_update(of=Handover)
    ).first()
    if row is None:
        raise HandoverUnknown
    return row[0], row[1]


def reply(handover_id: int, staff_id: int, text: str, *, agency: str | None = None) -> None:
    """An officer answers, and has the chat from then on; commits.

    Raises HandoverUnknown, Invalid for an empty or too long text, Conflict when it is closed or a colleague's.
    """
    handover, citizen = get(handover_id, agency)
    text = text.strip()
    if not 0 < len(text) <= LONGEST_REPLY:
        raise Invalid(f"Câu trả lời cần từ 1 đến {LONGEST_REPLY} ký tự. Xin viết lại cho vừa.")
    if handover.state == "closed":
        raise Conflict("Cuộc trò chuyện đã kết thúc. Xin đợi người dân nhắn lại.")
    if handover.state == "taken" and handover.staff_id not in (None, staff_id):
        raise Conflict("Đồng nghiệp khác đang trả lời người dân này. Xin mở cuộc trò chuyện khác.")
    handover.state, handover.staff_id = "taken", staff_id
    line = _keep(handover, "officer", text, staff_id)
    words = {"province": current.province_name(), "text": text}
    say(citizen, f"handover:{line.id}", "person_says", words, (command(citizen, "end_person"),))
    db.session.commit()


def close(handover_id: int, *, agency: str | None = None) -> None:
    """An officer ends it, and the citizen is told that the bot answers again; commits."""
    handover, citizen = get(handover_id, agency)
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


def _seen_by(agency: str | None) -> tuple:
    """Conditions on Handover: who waits is the whole province's, whoever was taken is the taker's agency's."""
    if agency is None:
        return ()
    colleagues = db.select(Staff.id).where(Staff.agency_code == agency)
    waits = db.and_(Handover.staff_id.is_(None), Handover.state != "closed")
    return (db.or_(waits, Handover.staff_id.in_(colleagues)),)


def _close(handover: Handover, by: str) -> None:
    handover.state, handover.closed_at, handover.closed_by = "closed", now(), by
