"""What staff should look at on a dossier. Citizens never see a flag."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import NotFound

from .models import Dossier

KINDS = {
    "unexpected_step": "Bước khác trình tự thường lệ",
    "unknown_local_code": "Mã trạng thái chưa ghép",
    "second_supplement": "Yêu cầu bổ sung lần thứ hai trở đi",
    "apology_late": "Xin lỗi sau khi đã quá hạn",
    "second_apology": "Xin lỗi, hẹn lại lần thứ hai trở đi",
    "recalled": "Thu hồi để xử lý lại",
    "recalled_without_reason": "Thu hồi để xử lý lại mà không nêu lý do",
    "corrected": "Đính chính sau khi trả kết quả",
    "corrected_without_reason": "Đính chính sau khi trả kết quả mà không nêu lý do",
    "sync_conflict": "Hệ thống nguồn nói khác diễn biến đã nhận",
    "due_in_2_days": "Còn 2 ngày làm việc là đến hẹn",
    "due_in_1_day": "Còn 1 ngày làm việc là đến hẹn",
    "overdue_without_apology": "Quá hẹn mà chưa xin lỗi, hẹn lại",
    "silent": "Lâu không có diễn biến",
    "supplement_lapsed": "Hết hạn bổ sung mà chưa xử lý tiếp",
}
EXPLAINED = "Diễn biến đến sau đã giải thích điều này."
PAGE = 50


class DossierFlag(TenantOwned, Base):
    """Something about one dossier that waits for a person, or was closed by one (`closed_by`) or by a later event."""

    __tablename__ = "dossier_flag"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int | None] = mapped_column(BigInteger)  # which event raised it
    kind: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)  # a sentence; the code itself for unknown_local_code
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[int | None] = mapped_column(BigInteger)  # staff; None: the cause is gone
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"kind IN {tuple(KINDS)!r}", name="kind"),
        Index("uq_dossier_flag", "tenant_id", "dossier_id", "kind", "event_id", unique=True),
        Index("ix_dossier_flag_open", "tenant_id", "kind", "opened_at", postgresql_where="closed_at IS NULL"),
    )

    @property
    def name(self) -> str:
        return KINDS[self.kind]


def open_flags(dossier: Dossier) -> list[DossierFlag]:
    """The oldest first."""
    return list(
        db.session.scalars(
            db.select(DossierFlag)
            .where(DossierFlag.dossier_id == dossier.id, DossierFlag.closed_at.is_(None))
            .order_by(DossierFlag.opened_at, DossierFlag.id)
        )
    )


def listed(
    kind: str | None = None, limit: int = PAGE, *, agency: str | None = None, but: Collection[str] = ()
) -> list[tuple[DossierFlag, Dossier]]:
    """The open flags of the tenant in scope with their dossiers, the newest first: the desk's list.

    `agency`: only of its dossiers; `but`: kinds that are left out.
    """
    query = (
        db.select(DossierFlag, Dossier)
        .join(Dossier, (Dossier.tenant_id == DossierFlag.tenant_id) & (Dossier.id == DossierFlag.dossier_id))
        .where(DossierFlag.closed_at.is_(None))
        .order_by(DossierFlag.opened_at.desc(), DossierFlag.id.desc())
        .limit(limit)
    )
    if kind:
        query = query.where(DossierFlag.kind == kind)
    if but:
        query = query.where(DossierFlag.kind.not_in(but))
    if agency:
        query = query.where(Dossier.agency_code == agency)
    return [(flag, dossier) for flag, dossier in db.session.execute(query)]


def counts(agency: str | None = None) -> dict[str, int]:
    """How many are open in the tenant in scope, by kind. `agency`: only of its dossiers."""
    open_ones = db.select(DossierFlag.kind, db.func.count()).where(DossierFlag.closed_at.is_(None))
    if agency:
        open_ones = open_ones.where(DossierFlag.dossier_id.in_(_ids_of(agency)))
    return dict(db.session.execute(open_ones.group_by(DossierFlag.kind)).all())


def _ids_of(agency: str) -> db.Select:
    return db.select(Dossier.id).where(Dossier.agency_code == agency)


def close(flag_id: int, staff_id: int, note: str | None = None, *, agency: str | None = None) -> DossierFlag:
    """Somebody looked at it. Does not commit.

    Raises NotFound for one that is not open here, or not on a dossier of `agency` where one is given.
    """
    theirs = (DossierFlag.dossier_id.in_(_ids_of(agency)),) if agency else ()
    flag = db.session.scalar(
        db.select(DossierFlag)
        .where(DossierFlag.id == flag_id, DossierFlag.closed_at.is_(None), *theirs)
        .with_for_update()
    )
    if flag is None:
        raise NotFound
    flag.closed_at, flag.closed_by, flag.note = now(), staff_id, note
    return flag


def raise_flag(dossier: Dossier, kind: str, detail: str, event_id: int | None = None) -> None:
    """One that no event causes; at most one open of a kind."""
    if not any(flag.kind == kind and flag.event_id == event_id for flag in open_flags(dossier)):
        db.session.add(DossierFlag(dossier_id=dossier.id, event_id=event_id, kind=kind, detail=detail))


def add(dossier: Dossier, new: Mapping[tuple[str, int], str]) -> None:
    """Flags that a new event raises: (kind, event id) -> detail."""
    db.session.add_all(
        DossierFlag(dossier_id=dossier.id, event_id=event_id, kind=kind, detail=detail)
        for (kind, event_id), detail in new.items()
    )


def keep(dossier: Dossier, wanted: Mapping[tuple[str, int], str]) -> None:
    """Make the flags that events raise exactly `wanted`: (kind, event id) -> detail.

    One whose cause is gone is closed; one that a person closed stays closed.
    """
    held = {
        (flag.kind, flag.event_id): flag
        for flag in db.session.scalars(
            db.select(DossierFlag).where(
                DossierFlag.dossier_id == dossier.id, DossierFlag.event_id.is_not(None)
            )
        )
    }
    add(dossier, {key: detail for key, detail in wanted.items() if key not in held})
    for key in wanted.keys() & held.keys():
        flag = held.pop(key)
        flag.detail = wanted[key]
        if flag.closed_at is not None and flag.closed_by is None:
            flag.closed_at = flag.note = None
    for flag in held.values():
        if flag.closed_at is None:
            flag.closed_at, flag.note = now(), EXPLAINED
