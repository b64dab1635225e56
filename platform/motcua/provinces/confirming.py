"""What people of a province, or its operator, confirm by hand: hours, the privacy notice, a backup."""

from datetime import datetime

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.tenancy import current
from motcua.tenancy.models import Tenant
from motcua.tenancy.office import hours_in_words

from .models import BackupNote, HoursConfirmed, PrivacyNotice

SHORTEST_NOTICE, LONGEST_NOTICE = 200, 20_000


def confirm_hours(by: str) -> HoursConfirmed:
    """The office hours of the tenant in scope are right as they are now. Does not commit."""
    made = HoursConfirmed(hours=hours_in_words(current.tenant().settings), confirmed_by=by)
    db.session.add(made)
    db.session.flush()
    return made


def hours_confirmed() -> HoursConfirmed | None:
    """Who said last that the hours of the tenant in scope are right as they now stand; None while nobody has."""
    newest = db.session.scalar(db.select(HoursConfirmed).order_by(HoursConfirmed.id.desc()).limit(1))
    return newest if newest and newest.hours == hours_in_words(current.tenant().settings) else None


def privacy_notice() -> PrivacyNotice | None:
    """What citizens of the tenant in scope read now."""
    return db.session.scalar(db.select(PrivacyNotice).order_by(PrivacyNotice.id.desc()).limit(1))


def publish_privacy_notice(body: str, by: str) -> PrivacyNotice:
    """Citizens read it at once. Does not commit. Raises Invalid for one too short to say anything, or too long."""
    body = "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").strip().split("\n"))
    if not SHORTEST_NOTICE <= len(body) <= LONGEST_NOTICE or "\x00" in body:
        raise Invalid(f"Thông báo cần từ {SHORTEST_NOTICE} đến {LONGEST_NOTICE} ký tự. Xin viết lại cho vừa.")
    made = PrivacyNotice(body=body, published_by=by)
    db.session.add(made)
    db.session.flush()
    return made


def note_backup(
    place: str, by: str, taken_at: datetime | None = None, tenant_id: str | None = None
) -> BackupNote:
    """A backup was taken, of one province or of everything; commits. Raises Invalid for one of the future."""
    place, at = place.strip(), taken_at or now()
    if not 3 <= len(place) <= 300:
        raise Invalid("Xin ghi bản sao lưu nằm ở đâu, từ 3 đến 300 ký tự.")
    if at > now():
        raise Invalid("Bản sao lưu không thể có giờ ở tương lai. Xin ghi lại giờ sao lưu.")
    if tenant_id is not None and db.session.get(Tenant, tenant_id) is None:
        raise Invalid(f"Không có tỉnh {tenant_id}. Xin chạy `motcua tenant list` để xem tên các tỉnh.")
    made = BackupNote(tenant_id=tenant_id, taken_at=at, place=place, noted_by=by)
    db.session.add(made)
    db.session.commit()
    return made
