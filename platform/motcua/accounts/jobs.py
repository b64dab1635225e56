"""Mailing the links by which people set their password. The queue carries numbers, never a link or an address."""

from contextlib import nullcontext
from email.message import EmailMessage

import structlog
from flask import current_app

from motcua.core import mail, queue
from motcua.core.clock import VIETNAM
from motcua.core.database import after_commit, db, tenant_scope

from . import links, realms

MAIL_LINK = "motcua.accounts.jobs.mail_link"
WORDS = {
    "invitation": (
        "mời ông/bà dùng trang làm việc",
        "Ông/bà được mời dùng trang làm việc của Một Cửa. Xin mở đường dẫn dưới đây để đặt mật khẩu:",
    ),
    "reset": (
        "đặt lại mật khẩu",
        "Có yêu cầu đặt lại mật khẩu cho tài khoản này. Nếu là ông/bà, xin mở đường dẫn dưới đây; "
        "nếu không phải, xin bỏ qua thư này, mật khẩu vẫn như cũ:",
    ),
}

log = structlog.get_logger(__name__)


def is_possible() -> bool:
    return bool(current_app.config["SETTINGS"].smtp_url)


def mail_soon(realm: realms.Realm, row) -> None:
    """Once the current transaction is committed; nothing where no mail server is set."""
    if is_possible():
        whose, number = getattr(row, "tenant_id", ""), row.id
        after_commit(lambda: queue.wake(MAIL_LINK, realm.name, whose, number, lane="urgent"))


def mail_link(realm_name: str, tenant_id: str, number: int) -> bool:
    """Send one link to its person, if it still opens; True when a letter left."""
    queue.woken(MAIL_LINK, realm_name, tenant_id, number)
    realm = realms.BY_NAME[realm_name]
    with tenant_scope(tenant_id) if tenant_id else nullcontext():
        row = db.session.scalar(db.select(realm.link).where(realm.link.id == number))
        try:
            row, person = links.find(realm, links.token(realm, row)) if row is not None else (None, None)
        except links.LinkGone:
            row = None
        if row is None or not is_possible():
            return False
        letter = _letter(realm, row, person)
        db.session.rollback()  # no connection is held while the mail server thinks
        try:
            mail.send(current_app.config["SETTINGS"].smtp_url, letter)
        except mail.NotSent as error:
            log.warning("link_not_mailed", realm=realm_name, tenant=tenant_id, error=type(error).__name__)
            raise
    return True


def _letter(realm: realms.Realm, row, person) -> EmailMessage:
    subject, words = WORDS[row.purpose]
    until = row.expires_at.astimezone(VIETNAM)
    letter = EmailMessage()
    letter["From"] = current_app.config["SETTINGS"].mail_from
    letter["To"] = person.email
    letter["Subject"] = f"Một Cửa {realms.name_of_place(realm)}: {subject}"
    letter.set_content(
        f"Kính gửi {person.full_name},\n\n{words}\n\n{links.address(realm, row)}\n\n"
        f"Đường dẫn dùng được một lần, đến {until:%H:%M ngày %d/%m/%Y}. Xin không chuyển thư này cho người khác.\n"
    )
    return letter
