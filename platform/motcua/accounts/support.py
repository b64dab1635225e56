"""The vendor's people inside a province: for a reason, for a few hours, in sight of the province.

They see and change nothing, until an admin of the province allows changes for that visit.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import LARGEST_ID, Base, Moment, TenantOwned, db, tenant_scope
from motcua.core.errors import Invalid, NotFound
from motcua.tenancy import current

from . import sessions
from .permissions import READING
from .vendor_models import VendorStaff

LONGEST_HOURS = 4
LINK_LASTS = timedelta(minutes=15)
SHORTEST_REASON, LONGEST_REASON = 10, 300
# What a visit may change once the province allows it: set-up, nothing of a citizen's and nobody's rights.
CHANGES = frozenset({"catalogue.edit", "calendar.edit", "status_map.edit", "service.edit"})


class SupportEntry(TenantOwned, Base):
    """One visit of one person of the vendor. The link to begin it opens once."""

    __tablename__ = "support_entry"

    vendor_person_id: Mapped[int] = mapped_column(BigInteger)
    vendor_name: Mapped[str] = mapped_column(Text)  # as it was then
    reason: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[datetime] = mapped_column(Moment, default=now)
    until: Mapped[datetime] = mapped_column(Moment)
    allows_changes: Mapped[bool] = mapped_column(default=False)
    changes_allowed_by: Mapped[str | None] = mapped_column(Text)
    link_digest: Mapped[str] = mapped_column(Text)
    session_digest: Mapped[str | None] = mapped_column(Text)  # None until the link was opened
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("until <= begins_at + interval '4 hours'", name="until"),
        UniqueConstraint("tenant_id", "link_digest"),
        UniqueConstraint("tenant_id", "session_digest"),
        Index("ix_support_entry_open", "tenant_id", "until", postgresql_where="ended_at IS NULL"),
    )

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and self.until > now()


class VisitGone(NotFound):
    code = "support_link_gone"
    message = "Đường dẫn hỗ trợ này đã dùng hoặc đã hết hạn. Xin tạo lần hỗ trợ mới ở trang của nhà cung cấp."


@dataclass(frozen=True)
class SupportVisitor:
    """Who is signed in during a visit; takes the place of a member of staff on the console's pages."""

    entry: SupportEntry

    is_authenticated = is_active = is_enabled = True
    is_anonymous = needs_second_factor = False
    id = 0  # of no member of staff
    agency_code = None
    email = ""
    role = "support"
    role_name = "Hỗ trợ của nhà cung cấp"

    @property
    def full_name(self) -> str:
        return f"{self.entry.vendor_name} (nhà cung cấp)"

    @property
    def permissions(self) -> frozenset[str]:
        return READING | {"console.open"} | (CHANGES if self.entry.allows_changes else frozenset())

    @property
    def is_read_only(self) -> bool:
        return not self.entry.allows_changes


def begin(tenant_id: str, by: VendorStaff, reason: str, hours: float) -> str:
    """Announce a visit; the link that opens it, once, within a quarter of an hour. Commits.

    Raises Invalid for a reason too short to mean anything, and for more than four hours.
    """
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise Invalid(
            f"Lý do phải có từ {SHORTEST_REASON} đến {LONGEST_REASON} chữ, vì tỉnh đọc được. "
            "Xin ghi rõ làm việc gì, theo yêu cầu nào."
        )
    if not 0 < hours <= LONGEST_HOURS:
        raise Invalid(f"Một lần hỗ trợ dài nhất {LONGEST_HOURS} giờ. Xin chọn lại.")
    token, person_id, name = secrets.token_urlsafe(32), by.id, by.full_name
    with tenant_scope(tenant_id):
        at = now()
        entry = SupportEntry(
            vendor_person_id=person_id,
            vendor_name=name,
            reason=reason,
            begins_at=at,
            until=at + timedelta(hours=hours),
            link_digest=sessions.digest(token),
        )
        db.session.add(entry)
        link = current.public_url(f"/console/support/enter/{token}")
        db.session.commit()
    return link


def behind(token: str) -> SupportEntry:
    """The visit that an unopened link is for. Raises VisitGone."""
    found = db.session.scalar(db.select(SupportEntry).where(*_unopened(token)))
    if found is None:
        raise VisitGone
    return found


def open_visit(token: str) -> str:
    """Use the link up; the token of the visit's session. Of two at once one gets in. Does not commit.

    Raises VisitGone.
    """
    fresh = secrets.token_urlsafe(32)
    done = db.session.execute(
        db.update(SupportEntry)
        .where(*_unopened(token))
        .values(opened_at=now(), session_digest=sessions.digest(fresh))
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise VisitGone
    return fresh


def _unopened(token: str) -> tuple:
    return (
        SupportEntry.link_digest == sessions.digest(token),
        SupportEntry.opened_at.is_(None),
        SupportEntry.ended_at.is_(None),
        SupportEntry.begins_at > now() - LINK_LASTS,
        SupportEntry.until > now(),
    )


def visitor_of(token: str) -> SupportVisitor | None:
    """Whom the token of a cookie stands for, in the tenant in scope; None once the visit is over."""
    if not isinstance(token, str) or not sessions.TOKEN.fullmatch(token):
        return None
    query = db.select(SupportEntry).where(SupportEntry.session_digest == sessions.digest(token))
    entry = db.session.scalar(query)
    if entry is None or not entry.is_open:
        return None
    person = db.session.get(VendorStaff, entry.vendor_person_id)
    still_there = person is not None and person.is_enabled and "vendor.enter" in person.permissions
    return SupportVisitor(entry) if still_there else None


def entries() -> list[SupportEntry]:
    """Every visit to the tenant in scope, the newest first."""
    return list(db.session.scalars(db.select(SupportEntry).order_by(SupportEntry.id.desc()).limit(200)))


def open_entries() -> list[SupportEntry]:
    """The visits that last now."""
    query = db.select(SupportEntry).where(SupportEntry.ended_at.is_(None), SupportEntry.until > now())
    return list(db.session.scalars(query.order_by(SupportEntry.id)))


def end(number: int, by: str) -> SupportEntry:
    """At once: the visitor's next page is the door. Does not commit. Raises NotFound for none that lasts."""
    entry = _lasting(number)
    entry.ended_at, entry.ended_by = now(), by
    return entry


def allow_changes(number: int, allowed: bool, by: str) -> SupportEntry:
    """For this visit alone. Does not commit. Raises NotFound for none that lasts."""
    entry = _lasting(number)
    entry.allows_changes, entry.changes_allowed_by = allowed, by if allowed else None
    return entry


def _lasting(number: int) -> SupportEntry:
    query = db.select(SupportEntry).where(SupportEntry.id == number).with_for_update()
    entry = db.session.scalar(query) if number <= LARGEST_ID else None
    if entry is None or not entry.is_open:
        raise NotFound("Lần hỗ trợ này đã kết thúc. Xin mở lại danh sách.")
    return entry
