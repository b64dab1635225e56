"""Every version of every text: what the folder said, what the console changed, and which one is live.

The live words stand in `message_text`, one look away from whoever writes a message; here is their history.
"""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import MessageText, MessageTextVersion

BY_FOLDER = "Thư mục của tỉnh"
LOCK = db.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 3))")
Pair = tuple[str, str | None]  # Vietnamese, English


def keep_folder(pairs: dict[str, Pair]) -> None:
    """Make the folder's texts exactly `pairs`: they are live wherever the console did not change the event.

    Does not commit.
    """
    lock()
    newest = {one.event: one for one in _newest_of_folder()}
    ours = {one.event: one for one in live() if one.source == "console" and one.event in pairs}
    changed = [event for event, pair in pairs.items() if event not in newest or _pair(newest[event]) != pair]
    numbers = {event: one.number for event, one in newest.items()}
    if changed:
        numbers |= _numbered({event: pairs[event] for event in changed}, ours.keys())
    rows = []
    for event, pair in pairs.items():
        version = ours.get(event)
        body, number = (_pair(version), version.number) if version else (pair, numbers[event])
        rows += _live_rows(event, body, number)
    _write_live(rows)
    db.session.execute(db.delete(MessageText).where(MessageText.event.not_in([row["event"] for row in rows])))


def _numbered(pairs: dict[str, Pair], overtaken) -> dict[str, int]:
    last = dict(
        db.session.execute(
            db.select(MessageTextVersion.event, db.func.max(MessageTextVersion.number)).group_by(
                MessageTextVersion.event
            )
        ).all()
    )
    numbers = {event: last.get(event, 0) + 1 for event in pairs}
    at, tenant_id = now(), scope.required()
    db.session.execute(
        insert(MessageTextVersion),
        [
            {
                "tenant_id": tenant_id,
                "event": event,
                "number": numbers[event],
                "body": body,
                "body_en": body_en,
                "source": "folder",
                "note": "",
                "made_by": BY_FOLDER,
                "made_at": at,
                "published_by": None if event in overtaken else BY_FOLDER,
                "published_at": None if event in overtaken else at,
            }
            for event, (body, body_en) in pairs.items()
        ],
    )
    return numbers


def add(event: str, pair: Pair, made_by: str, note: str = "", source: str = "console") -> MessageTextVersion:
    """A new version, not live. Does not commit."""
    lock()
    body, body_en = pair
    version = MessageTextVersion(
        event=event,
        number=latest_number(event) + 1,
        body=body,
        body_en=body_en,
        source=source,
        note=note,
        made_by=made_by,
    )
    db.session.add(version)
    db.session.flush()
    return version


def make_live(version: MessageTextVersion, by: str) -> None:
    """From now on new messages use it; what is already owed keeps its words. Does not commit."""
    lock()
    version.published_by, version.published_at = by, now()
    rows = _live_rows(version.event, _pair(version), version.number)
    _write_live(rows)
    gone = {version.event, f"{version.event}.en"} - {row["event"] for row in rows}
    db.session.execute(db.delete(MessageText).where(MessageText.event.in_(gone)))
    db.session.flush()


def live() -> list[MessageTextVersion]:
    """The live version of every event of the tenant in scope."""
    return list(
        db.session.scalars(
            db.select(MessageTextVersion)
            .join(
                MessageText,
                (MessageText.tenant_id == MessageTextVersion.tenant_id)
                & (MessageText.event == MessageTextVersion.event)
                & (MessageText.version == MessageTextVersion.number),
            )
            .order_by(MessageTextVersion.event)
        )
    )


def live_number(event: str) -> int | None:
    return db.session.scalar(db.select(MessageText.version).where(MessageText.event == event))


def latest_number(event: str) -> int:
    return db.session.scalar(
        db.select(db.func.coalesce(db.func.max(MessageTextVersion.number), 0)).where(
            MessageTextVersion.event == event
        )
    )


def find(event: str, number: int) -> MessageTextVersion | None:
    return db.session.scalar(
        db.select(MessageTextVersion).where(
            MessageTextVersion.event == event, MessageTextVersion.number == number
        )
    )


def history(event: str, limit: int = 50) -> list[MessageTextVersion]:
    """The newest first."""
    return list(
        db.session.scalars(
            db.select(MessageTextVersion)
            .where(MessageTextVersion.event == event)
            .order_by(MessageTextVersion.number.desc())
            .limit(limit)
        )
    )


def folders(event: str) -> MessageTextVersion | None:
    """What the folder says of the event now, live or not."""
    return next((one for one in _newest_of_folder() if one.event == event), None)


def drafts() -> dict[str, int]:
    """Event -> number of a version newer than the live one that nobody published."""
    rows = db.session.execute(
        db.select(MessageTextVersion.event, db.func.max(MessageTextVersion.number))
        .join(
            MessageText,
            (MessageText.tenant_id == MessageTextVersion.tenant_id)
            & (MessageText.event == MessageTextVersion.event),
        )
        .where(
            MessageTextVersion.published_at.is_(None),
            MessageTextVersion.source == "console",
            MessageTextVersion.number > MessageText.version,
        )
        .group_by(MessageTextVersion.event)
    )
    return dict(rows.all())


def differences() -> list[tuple[MessageTextVersion, MessageTextVersion]]:
    """(live, the folder's) of every event whose live text is not what the folder says."""
    folder = {one.event: one for one in _newest_of_folder()}
    return [
        (one, folder[one.event])
        for one in live()
        if one.event in folder and _pair(one) != _pair(folder[one.event])
    ]


def lock() -> None:
    """One change of a province's texts at a time, until the end of the transaction."""
    db.session.execute(LOCK, {"key": f"{scope.required()}/message_text"})


def _newest_of_folder() -> list[MessageTextVersion]:
    later = aliased(MessageTextVersion)
    newest = (
        db.select(db.func.max(later.number))
        .where(later.event == MessageTextVersion.event, later.source == "folder")
        .correlate(MessageTextVersion)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            db.select(MessageTextVersion).where(
                MessageTextVersion.source == "folder", MessageTextVersion.number == newest
            )
        )
    )


def _pair(version: MessageTextVersion) -> Pair:
    return version.body, version.body_en


def _live_rows(event: str, pair: Pair, number: int) -> list[dict]:
    tenant_id = scope.required()
    names = (event, f"{event}.en")
    return [
        {"tenant_id": tenant_id, "event": name, "body": body, "version": number}
        for name, body in zip(names, pair, strict=True)
        if body is not None
    ]


def _write_live(rows: list[dict]) -> None:
    statement = insert(MessageText)
    new = {"body": statement.excluded.body, "version": statement.excluded.version}
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "event"], set_=new), rows)
