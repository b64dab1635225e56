"""Telling a province's admins by e-mail: their OA is exactly what cannot be used then."""

from email.message import EmailMessage

import structlog
from flask import current_app

from motcua.accounts.models import Staff
from motcua.core import mail as post
from motcua.core import queue
from motcua.core.clock import now
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.tenancy import current

from . import watching

log = structlog.get_logger(__name__)


def mail(tenant_id: str) -> int:
    """Mail the open alerts that nobody was told of to every enabled admin; returns how many letters left.

    Without MOTCUA_SMTP_URL nothing is mailed (the console shows alerts anyway). A mail server that does
    not answer is asked again at the next look.
    """
    queue.woken(watching.MAIL, tenant_id)
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.smtp_url:
        return 0
    with tenant_scope(tenant_id):
        new = [one for one in watching.shown() if one.alert.mailed_at is None]
        to = db.session.scalars(
            db.select(Staff.email).where(Staff.role == "province_admin", Staff.is_enabled).order_by(Staff.id)
        ).all()
        if not new or not to:
            return 0
        letter = _letter(settings, [one.sentence for one in new], list(to))
        try:
            post.send(settings.smtp_url, letter)
        except post.NotSent as error:
            log.warning("mail_not_sent", tenant=tenant_id, error=type(error).__name__)
            return 0
        for one in new:
            one.alert.mailed_at = now()
        db.session.commit()
    return len(to)


def _letter(settings: Settings, sentences: list[str], to: list[str]) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = settings.mail_from
    letter["To"] = ", ".join(to)
    letter["Subject"] = f"Một Cửa {current.province_name()}: cần quản trị viên xử lý"
    page = current.public_url("/console/official-accounts/")
    letter.set_content("\n\n".join([*sentences, f"Trang xử lý: {page}"]) + "\n")
    return letter
