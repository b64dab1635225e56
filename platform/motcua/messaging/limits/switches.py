"""Which messages a province has switched off, by event and channel: what is off is never written."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Invalid
from motcua.messaging import events

_CACHE = "message_switches_off"


class MessageSwitch(TenantOwned, Base):
    """Somebody's last word on one event and channel; without a row it is on."""

    __tablename__ = "message_switch"

    event: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    is_on: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "event", "channel"),
        CheckConstraint(f"channel IN {events.CHANNELS!r}", name="channel"),
    )


class SwitchLocked(Invalid):
    code = "switch_locked"
    message = "Tin này không tắt được. Xin để tin này bật."


def off() -> frozenset[tuple[str, str]]:
    """(event, channel) of the tenant in scope; asked once a transaction."""
    session = db.session()
    session.connection()  # a transaction that begins only now forgets what the last one knew
    if _CACHE not in session.info:
        rows = session.execute(
            db.select(MessageSwitch.event, MessageSwitch.channel).where(MessageSwitch.is_on.is_(False))
        )
        session.info[_CACHE] = without_locked(rows)
    return session.info[_CACHE]


def without_locked(off: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Those that may be off: what was switched off before it was locked goes out all the same."""
    return frozenset((name, channel) for name, channel in off if not is_locked(name, channel))


@event.listens_for(Session, "after_begin")
def _forget(session, transaction, connection) -> None:
    session.info.pop(_CACHE, None)


def all_switches() -> dict[tuple[str, str], MessageSwitch]:
    """Every one that somebody has touched."""
    return {(one.event, one.channel): one for one in db.session.scalars(db.select(MessageSwitch))}


def turn(wanted: dict[tuple[str, str], bool], by: str) -> int:
    """Make the switches so; returns how many changed. Does not commit. Raises SwitchLocked, and then none is."""
    held = all_switches()
    changed = {
        key: is_on for key, is_on in wanted.items() if is_on != (held[key].is_on if key in held else True)
    }
    for name, channel in changed:
        if is_locked(name, channel):
            raise SwitchLocked(
                f"Không tắt được “{events.title_of(name)}” qua kênh này. {_why(name)} Xin để tin này bật."
            )
    rows = [
        {
            "tenant_id": scope.required(),
            "event": name,
            "channel": channel,
            "is_on": is_on,
            "changed_by": by,
            "changed_at": now(),
        }
        for (name, channel), is_on in changed.items()
    ]
    if rows:
        statement = insert(MessageSwitch)
        new = {name: statement.excluded[name] for name in ("is_on", "changed_by", "changed_at")}
        db.session.execute(
            statement.on_conflict_do_update(index_elements=["tenant_id", "event", "channel"], set_=new), rows
        )
        db.session().info.pop(_CACHE, None)
    return len(rows)


def is_locked(name: str, channel: str) -> bool:
    """Answers to a citizen, and what the law or plain decency asks for, cannot be switched off."""
    return name not in events.BY_NAME or channel in events.BY_NAME[name].locked


def _why(name: str) -> str:
    return events.BY_NAME[name].why if name in events.BY_NAME else "Tin này trả lời điều người dân vừa hỏi."
