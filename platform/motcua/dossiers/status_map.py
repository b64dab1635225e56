"""What a province's local status codes mean: a whole map a version, the newest valid one is used.

Three layers make a map: the national default, the folder's statuses.csv over it, and over both what the console
changed. Codes are compared without case, accents and punctuation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, aliased, mapped_column

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Invalid
from motcua.core.text.normal import normalise, without_marks

from .flags import DossierFlag
from .statuses import Status

SOURCES = ("national", "folder", "console")
BY_FOLDER = "Thư mục của tỉnh"
MOST = 1000
LOCK = db.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))")


class StatusMap(TenantOwned, Base):
    """One version. Versions are never changed: an event names the one it was read by."""

    __tablename__ = "status_map"

    version: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(Text)  # a person's name, or the folder
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "version"),)


class StatusMapEntry(TenantOwned, Base):
    """One local code in one version. `citizen_text` is what citizens read instead of the national name."""

    __tablename__ = "status_map_entry"

    version: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Text)  # `key_of(local_code)`
    local_code: Mapped[str] = mapped_column(Text)
    national: Mapped[int] = mapped_column(SmallInteger)
    citizen_text: Mapped[str | None] = mapped_column(Text)
    citizen_text_en: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "version"], ["status_map.tenant_id", "status_map.version"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "version", "key"),
        CheckConstraint("national BETWEEN 1 AND 10", name="national"),
        CheckConstraint(f"source IN {SOURCES!r}", name="source"),
    )


@dataclass(frozen=True)
class Entry:
    """One line of a map, before it has a version."""

    local_code: str
    national: int
    citizen_text: str | None = None
    citizen_text_en: str | None = None
    note: str | None = None
    source: str = "national"

    @property
    def key(self) -> str:
        return key_of(self.local_code)


@dataclass(frozen=True)
class Meaning:
    """How one code is read. `is_known` False: nobody mapped it, so it counts as in progress."""

    status: int
    version: int | None
    is_known: bool
    texts: dict[str, str] | None = None  # {"vi", "en"?}


@dataclass(frozen=True)
class UnknownCode:
    local_code: str
    times: int
    last_at: datetime


class EntryInvalid(Invalid):
    code = "status_entry_invalid"


def key_of(local_code: str) -> str:
    """`Chờ ký-duyệt`, `cho ky duyet` and `CHO_KY_DUYET` are one code."""
    plain = without_marks(normalise(local_code))
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return " ".join(words) or plain


def read(local_code: str) -> Meaning:
    """What the newest valid map of the tenant in scope says of a code."""
    newest = (
        db.select(StatusMap.version)
        .where(StatusMap.valid_from <= now())
        .order_by(StatusMap.version.desc())
        .limit(1)
        .subquery()
    )
    row = db.session.execute(
        db.select(newest.c.version, StatusMapEntry).outerjoin(
            StatusMapEntry,
            (StatusMapEntry.version == newest.c.version) & (StatusMapEntry.key == key_of(local_code)),
        )
    ).first()
    version, entry = row or (None, None)
    if entry is None:
        return Meaning(Status.PROCESSING, version, is_known=False)
    texts = {"vi": entry.citizen_text, "en": entry.citizen_text_en}
    return Meaning(
        entry.national,
        version,
        is_known=True,
        texts={name: text for name, text in texts.items() if text} or None,
    )


def entries() -> list[StatusMapEntry]:
    """Of the newest valid map, by national status and code."""
    version = _newest()
    return list(
        db.session.scalars(
            db.select(StatusMapEntry)
            .where(StatusMapEntry.version == version)
            .order_by(StatusMapEntry.national, StatusMapEntry.key)
        )
    )


def versions(limit: int = 20) -> list[StatusMap]:
    """The newest first."""
    return list(db.session.scalars(db.select(StatusMap).order_by(StatusMap.version.desc()).limit(limit)))


def received_unknown(limit: int = 100) -> list[UnknownCode]:
    """Codes of events that no map knew when they came, the most frequent first."""
    rows = db.session.execute(
        db.select(DossierFlag.detail, db.func.count(), db.func.max(DossierFlag.opened_at))
        .where(DossierFlag.kind == "unknown_local_code", DossierFlag.closed_at.is_(None))
        .group_by(DossierFlag.detail)
        .order_by(db.func.count().desc(), DossierFlag.detail)
        .limit(limit)
    )
    return [UnknownCode(*row) for row in rows]


def unknown_codes() -> list[UnknownCode]:
    """Those of them that nobody has mapped since."""
    received = received_unknown(MOST)
    known = {one.key for one in entries()} if received else set()
    return [one for one in received if key_of(one.local_code) not in known]


def differences() -> list[tuple[StatusMapEntry, int | None]]:
    """What the console changed, each with the national status that the layers below it gave the code last."""
    below = aliased(StatusMapEntry)
    last = (
        db.select(below.national)
        .where(below.key == StatusMapEntry.key, below.source != "console")
        .order_by(below.version.desc())
        .limit(1)
        .correlate(StatusMapEntry)
        .scalar_subquery()
    )
    rows = db.session.execute(
        db.select(StatusMapEntry, last)
        .where(StatusMapEntry.version == _newest(), StatusMapEntry.source == "console")
        .order_by(StatusMapEntry.key)
    )
    return [(entry, national) for entry, national in rows]


def keep_folder(rows: Iterable[Entry]) -> bool:
    """Make the layers below the console's exactly `rows`; returns whether that made a new version."""
    _lock()
    held = {one.key: _entry(one) for one in entries()}
    console = {key: one for key, one in held.items() if one.source == "console"}
    wanted = {one.key: one for one in rows} | console
    if wanted == held:
        return False
    _keep(wanted.values(), BY_FOLDER)
    return True


def change(
    local_code: str,
    national: int,
    staff_name: str,
    *,
    citizen_text: str | None = None,
    citizen_text_en: str | None = None,
    note: str | None = None,
) -> Entry:
    """Add or change one entry: a new version, valid at once. Does not commit; `rereading` must be woken then.

    Raises EntryInvalid, naming what to change.
    """
    entry = Entry(
        " ".join(local_code.split()), national, citizen_text, citizen_text_en, note, source="console"
    )
    faults = list(faults_of(entry))
    if faults:
        raise EntryInvalid(" ".join(faults))
    _lock()
    wanted = {one.key: _entry(one) for one in entries()} | {entry.key: entry}
    if len(wanted) > MOST:
        raise EntryInvalid(f"Bảng đã có {MOST} mã. Xin rà soát lại các mã không còn dùng.")
    _keep(wanted.values(), staff_name)
    return entry


def faults_of(entry: Entry) -> Iterable[str]:
    """Sentences, each naming a remedy."""
    if not 1 <= len(entry.local_code) <= 80 or not entry.local_code.isprintable():
        yield "Mã trạng thái phải có từ 1 đến 80 ký tự nhìn thấy được. Xin ghi lại mã."
    if entry.national not in set(Status):
        yield "Trạng thái quốc gia phải là số từ 1 đến 10. Xin chọn lại."
    for text in (entry.citizen_text, entry.citizen_text_en, entry.note):
        if text and (len(text) > 200 or not text.isprintable()):
            yield "Lời cho người dân và ghi chú dài tối đa 200 ký tự, trên một dòng. Xin viết ngắn lại."
            return


def _lock() -> None:
    db.session.execute(LOCK, {"key": f"{scope.required()}/status_map"})


def _newest() -> int | None:
    return db.session.scalar(
        db.select(StatusMap.version)
        .where(StatusMap.valid_from <= now())
        .order_by(StatusMap.version.desc())
        .limit(1)
    )


def _entry(row: StatusMapEntry) -> Entry:
    return Entry(row.local_code, row.national, row.citizen_text, row.citizen_text_en, row.note, row.source)


def _keep(wanted: Iterable[Entry], made_by: str) -> None:
    version = (db.session.scalar(db.select(db.func.max(StatusMap.version))) or 0) + 1
    db.session.add(StatusMap(version=version, valid_from=now(), made_by=made_by))
    db.session.flush()
    db.session.add_all(
        StatusMapEntry(
            version=version,
            key=one.key,
            local_code=one.local_code,
            national=one.national,
            citizen_text=one.citizen_text,
            citizen_text_en=one.citizen_text_en,
            note=one.note,
            source=one.source,
        )
        for one in wanted
    )
    db.session.flush()
