"""What the vendor tells provinces' admins: shown in their console until they put it away."""

from datetime import date
from email.message import EmailMessage

from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from motcua.accounts.models import Staff
from motcua.core import mail as post
from motcua.core import queue, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import after_commit, db, tenant_scope
from motcua.core.errors import Invalid, NotFound
from motcua.tenancy import current
from motcua.tenancy.models import Tenant, all_tenant_ids

from .models import IMPORTANCES, VendorNotice, VendorNoticeRead

IMPORTANCE_NAMES = {"normal": "Thông tin", "important": "Quan trọng", "urgent": "Khẩn"}
LONGEST_TITLE, LONGEST_BODY = 150, 4000
MOST_SHOWN = 5
MAIL = "motcua.provinces.notices.mail"


def publish(
    title: str,
    body: str,
    importance: str,
    by: str,
    tenants: list[str] | None = None,
    ends_on: date | None = None,
) -> VendorNotice:
    """To these provinces, or with None to all. Does not commit. Raises Invalid, naming the remedy."""
    title, body = title.strip(), body.strip()
    if not 3 <= len(title) <= LONGEST_TITLE:
        raise Invalid(f"Xin ghi tiêu đề, từ 3 đến {LONGEST_TITLE} ký tự.")
    if not 3 <= len(body) <= LONGEST_BODY:
        raise Invalid(f"Xin ghi nội dung, từ 3 đến {LONGEST_BODY} ký tự.")
    if importance not in IMPORTANCES:
        raise Invalid("Xin chọn mức độ quan trọng.")
    if ends_on is not None and ends_on < now().astimezone(VIETNAM).date():
        raise Invalid("Ngày cuối hiện thông báo đã qua. Xin chọn ngày khác hoặc bỏ trống.")
    if tenants:
        known = set(db.session.scalars(db.select(Tenant.id).where(Tenant.id.in_(tenants))))
        if missing := set(tenants) - known:
            raise Invalid(f"Không có tỉnh {', '.join(sorted(missing))}. Xin chọn lại.")
    made = VendorNotice(
        title=title,
        body=body,
        importance=importance,
        tenants=tenants or None,
        ends_on=ends_on,
        published_by=by,
    )
    db.session.add(made)
    db.session.flush()
    return made


def withdraw(number: int) -> VendorNotice:
    """No longer shown to anybody. Does not commit. Raises NotFound."""
    found = db.session.get(VendorNotice, number)
    if found is None:
        raise NotFound
    found.withdrawn_at = found.withdrawn_at or now()
    return found


def all_notices(limit: int = 100) -> list[VendorNotice]:
    """The newest first."""
    return list(db.session.scalars(db.select(VendorNotice).order_by(VendorNotice.id.desc()).limit(limit)))


def unread(staff_id: int) -> list[VendorNotice]:
    """What this member of staff of the tenant in scope has not put away; the gravest and newest first."""
    today = now().astimezone(VIETNAM).date()
    put_away = db.select(VendorNoticeRead.notice_id).where(VendorNoticeRead.staff_id == staff_id)
    found = db.session.scalars(
        db.select(VendorNotice)
        .where(
            VendorNotice.withdrawn_at.is_(None),
            db.or_(VendorNotice.ends_on.is_(None), VendorNotice.ends_on >= today),
            db.or_(VendorNotice.tenants.is_(None), VendorNotice.tenants.contains([scope.required()])),
            VendorNotice.id.not_in(put_away),
        )
        .order_by(VendorNotice.id.desc())
    ).all()
    return sorted(found, key=lambda one: -IMPORTANCES.index(one.importance))[:MOST_SHOWN]


def put_away(number: int, staff_id: int) -> None:
    """Does not commit. Raises NotFound for a notice that was not for this province."""
    found = db.session.get(VendorNotice, number)
    if found is None or (found.tenants is not None and scope.required() not in found.tenants):
        raise NotFound
    values = {"tenant_id": scope.required(), "notice_id": number, "staff_id": staff_id, "read_at": now()}
    db.session.execute(insert(VendorNoticeRead).values(values).on_conflict_do_nothing())


def mail_soon(notice: VendorNotice) -> None:
    """To the admins of its provinces once the transaction is committed; nothing where no mail server is set."""
    if not current_app.config["SETTINGS"].smtp_url:
        return
    slugs = notice.tenants or all_tenant_ids()
    number = notice.id
    after_commit(lambda: [queue.wake(MAIL, slug, number, lane="normal") for slug in slugs])


def mail(slug: str, number: int) -> int:
    """The job: one letter to the admins of one province; returns to how many. A withdrawn notice goes to nobody.

    Raises post.NotSent, and is tried again.
    """
    queue.woken(MAIL, slug, number)
    settings = current_app.config["SETTINGS"]
    with tenant_scope(slug):
        notice = db.session.get(VendorNotice, number)
        admins = (
            db.select(Staff.email).where(Staff.role == "province_admin", Staff.is_enabled).order_by(Staff.id)
        )
        to = list(db.session.scalars(admins))
        if notice is None or notice.withdrawn_at or not to or not settings.smtp_url:
            return 0
        letter = EmailMessage()
        letter["From"], letter["To"] = settings.mail_from, ", ".join(to)
        letter["Subject"] = (
            f"Một Cửa, {IMPORTANCE_NAMES[notice.importance].lower()}: {' '.join(notice.title.split())}"
        )
        address = current.public_url("/console/")
        letter.set_content(f"{notice.body}\n\nThông báo này cũng hiện ở {address} cho tới khi cất đi.\n")
    post.send(settings.smtp_url, letter)
    return len(to)
