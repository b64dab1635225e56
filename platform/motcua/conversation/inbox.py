"""Storing an event fast, and reading the inbox in order. Zalo wants its 200 within two seconds."""

from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import counters, crypto, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Forbidden
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.zalo import signature, webhooks
from motcua.zalo.webhook_events import Event, UnknownEvent

from .models import QuarantinedWebhook, WebhookEvent

READ = "motcua.conversation.jobs.read_inbox"
MOST_TRIES = 8
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('inbox/' || :tenant, 0))")

log = structlog.get_logger(__name__)


class SignatureRefused(Forbidden):
    code, status = "signature_refused", 401
    message = "Chữ ký webhook không đúng. Xin kiểm tra OA Secret Key của ứng dụng Zalo."


def receive(raw: bytes, signature_header: str | None, timestamp_header: str | None) -> str:
    """Check and store one webhook; returns "stored", "known", "quarantined" or "probe".

    Raises WebhookMalformed for what is no event, SignatureRefused for a wrong or missing signature.
    """
    if signature.is_probe(raw):
        return "probe"
    event = webhooks.parse(raw)
    app = db.session.get(ZaloApp, event.app_id) if event.app_id else None
    apps_secret = app and app.webhook_secret
    account = _account_of(event) if app else None
    secret = (account and account.webhook_secret) or apps_secret
    if not secret or not signature.verify(raw, signature_header, timestamp_header, event.app_id, [secret]):
        log.warning("webhook_signature_refused", webhook=event.event_name)
        counters.count("webhook", "refused")
        raise SignatureRefused
    result = _store(raw, event, account) if account else _quarantine(raw, event)
    counters.count("webhook", result)
    if isinstance(event, UnknownEvent):
        counters.count("webhook_unknown_event", event.event_name, from_outside=True)
    return result


def _account_of(event: Event) -> OfficialAccount | None:
    """The one OA of ours that the event is about, and only if it granted the app that signed.

    Two ids that are both OAs of ours would be a guess between two provinces: None.
    """
    known = routes.known_oas(event.oa_candidates)
    db.session.rollback()  # that looked without a tenant
    if len(known) != 1:
        return None
    oa_id, tenant_id = known[0]
    with tenant_scope(tenant_id):
        account = db.session.scalar(db.select(OfficialAccount).where(OfficialAccount.oa_id == oa_id))
    return account if account and account.app_id == event.app_id else None


def _store(raw: bytes, event: Event, account: OfficialAccount) -> str:
    tenant_id = account.tenant_id
    with tenant_scope(tenant_id):
        stored = db.session.execute(
            insert(WebhookEvent)
            .values(
                tenant_id=tenant_id,
                oa_id=account.oa_id,
                event_key=event.event_key,
                event_name=event.event_name,
                body_encrypted=crypto.keyring().encrypt(tenant_id, "webhook", raw.decode()),
            )
            .on_conflict_do_nothing()
            .returning(WebhookEvent.id)
        ).scalar()
        db.session.commit()
    if stored is None:
        return "known"
    queue.wake(READ, tenant_id, lane="urgent")
    return "stored"


def _quarantine(raw: bytes, event: Event) -> str:
    db.session.execute(
        insert(QuarantinedWebhook)
        .values(
            app_id=event.app_id,
            oa_candidates=" ".join(event.oa_candidates)[:200],
            event_key=event.event_key,
            event_name=event.event_name,
            body_encrypted=crypto.keyring().encrypt(crypto.VENDOR, "webhook", raw.decode()),
        )
        .on_conflict_do_nothing()
    )
    db.session.commit()
    log.error("webhook_of_unknown_oa", webhook=event.event_name, app=event.app_id)
    return "quarantined"


def handle_next(handler) -> bool:
    """Deal with the oldest due event of the tenant in scope in one transaction; False when none is due.

    One reader a tenant at a time keeps a citizen's events in order. An event whose time has not come
    (`handler` returns False) or which fails is tried again later, and set aside after MOST_TRIES.
    """
    tenant_id = scope.required()
    db.session.execute(LOCK, {"tenant": tenant_id})
    row = db.session.scalar(
        db.select(WebhookEvent)
        .where(WebhookEvent.state == "new", WebhookEvent.next_try_at <= now())
        .order_by(WebhookEvent.next_try_at, WebhookEvent.id)
        .limit(1)
    )
    if row is None:
        db.session.rollback()
        return False
    row_id, row.tries = row.id, row.tries + 1
    try:
        with db.session.begin_nested():
            settled = handler(row.oa_id, _open(row))
    except Exception as error:
        log.exception("webhook_event_failed", tenant=tenant_id, event_id=row_id, error=type(error).__name__)
        settled = None
    if settled:
        row.state = "done"
    elif row.tries >= MOST_TRIES:
        row.state = "failed" if settled is None else "ignored"
    else:
        row.next_try_at = now() + timedelta(seconds=2**row.tries)
    db.session.commit()
    return True


def find(oa_id: str, event_key: str) -> Event | None:
    """One stored event of the tenant in scope."""
    row = db.session.scalar(
        db.select(WebhookEvent).where(WebhookEvent.oa_id == oa_id, WebhookEvent.event_key == event_key)
    )
    return row and _open(row)


def has_due() -> bool:
    """Whether the tenant in scope has events waiting: the sweep asks."""
    return db.session.scalar(
        db.select(db.exists().where(WebhookEvent.state == "new", WebhookEvent.next_try_at <= now()))
    )


def _open(row: WebhookEvent) -> Event:
    return webhooks.parse(crypto.keyring().decrypt(row.tenant_id, "webhook", row.body_encrypted).encode())
