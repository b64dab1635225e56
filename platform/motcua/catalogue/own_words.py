"""What a province adds to the search's vocabulary: kept with who and when, taken back by a mark."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Invalid, NotFound

from . import lookup
from .changing import touch
from .vocabulary import Entry, read_line

KINDS = {
    "name": "Tên thường gọi của một thủ tục",
    "word": "Từ thường ngày của một từ chính thức",
    "abbreviation": "Chữ viết tắt",
    "topic": "Việc không làm ở đây",
}
MOST = 2000


class OwnWord(TenantOwned, Base):
    """One entry, in the format of the national vocabulary's files."""

    __tablename__ = "own_word"

    said: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    meant: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(f"kind IN {tuple(KINDS)!r}", name="kind"),)


class OwnWordInvalid(Invalid):
    code = "own_word_invalid"


def read(said: str, kind: str, meant: str) -> Entry:
    """The checked entry. Raises OwnWordInvalid, naming what to change."""
    if kind not in KINDS:
        raise OwnWordInvalid("Xin chọn loại từ trong danh sách.")
    faults, entry = read_line(said, kind, meant)
    if faults:
        raise OwnWordInvalid(" ".join(faults))
    if kind == "name":
        for code in entry.meant:
            if lookup.find_procedure(code) is None:
                raise OwnWordInvalid(
                    f"Tỉnh không có thủ tục {code} đang bật. Xin chọn mã khác hoặc bật thủ tục này trước."
                )
    return entry


def add(said: str, kind: str, meant: str, staff_id: int) -> OwnWord:
    """Live at once: every process notices the new version of the catalogue. The caller commits."""
    read(said, kind, meant)
    if db.session.scalar(db.select(db.func.count()).where(OwnWord.removed_at.is_(None))) >= MOST:
        raise OwnWordInvalid(f"Tỉnh đã thêm {MOST} từ. Xin bỏ bớt từ không còn dùng.")
    word = OwnWord(said=said.strip(), kind=kind, meant=meant.strip(), made_by=staff_id)
    db.session.add(word)
    touch()
    return word


def remove(word_id: int) -> None:
    """Raises NotFound. The caller commits."""
    word = db.session.scalar(
        db.select(OwnWord).where(OwnWord.id == word_id, OwnWord.removed_at.is_(None)).with_for_update()
    )
    if word is None:
        raise NotFound
    word.removed_at = now()
    touch()


def listed() -> list[OwnWord]:
    """Of the tenant in scope, the newest first."""
    return list(
        db.session.scalars(db.select(OwnWord).where(OwnWord.removed_at.is_(None)).order_by(OwnWord.id.desc()))
    )


def entries() -> list[Entry]:
    """The same as the search takes them."""
    return [read_line(one.said, one.kind, one.meant)[1] for one in reversed(listed())]
