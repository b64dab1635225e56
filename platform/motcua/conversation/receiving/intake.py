"""Checking one webhook and storing it, before Zalo gets its 200."""

import structlog
from flask import current_app
from sqlalchemy.dialects.postgresql import insert

from motcua.core import counters, crypto
from motcua.core.database import db
from motcua.core.errors import Forbidden
from motcua.zalo import signature, webhooks
from motcua.zalo.webhook_events import Event, Feedback, MessageReceived, MessageSeen, UnknownEvent

from ..models import QuarantinedWebhook
from . import doors
from .doors import Door
from .storing import Storing
from .writing import Slip

# They tell of a message, and may have to wait for it: no citizen's words wait with them.
OF_NOBODY = (MessageReceived, MessageSeen, Feedback)

log = structlog.get_logger(__name__)


class SignatureRefused(Forbidden):
    code, status = "signature_refused", 401
    message = "Chữ ký webhook không đúng. Xin kiểm tra OA Secret Key của ứng dụng Zalo."


def check(raw: bytes, mac: str | None, stamp: str | None) -> Slip | None:
    """The short way, without Flask: a well-signed event of an OA this process knows, ready to be stored.

    None where anything is unusual: then `receive` decides.
    """
    try:
        event = webhooks.parse(raw)
    except webhooks.WebhookMalformed:
        return None
    door = doors.recall(event)
    if door is None or isinstance(event, UnknownEvent):
        return None
    if not _is_signed(raw, mac, stamp, event, door.secret):
        return None  # the secret may have changed since
    return _slip(raw, event, door)


def receive(raw: bytes, mac: str | None, stamp: str | None) -> str:
    """Check and store one webhook; returns "stored", "known", "quarantined" or "probe".

    Raises WebhookMalformed for what is no event, SignatureRefused for a wrong or missing signature, Busy.
    """
    if signature.is_probe(raw):
        return "probe"
    event = webhooks.parse(raw)
    door, secret = doors.look_up(event)
    if not secret or not _is_signed(raw, mac, stamp, event, secret):
        log.warning("webhook_signature_refused", webhook=event.event_name)
        counters.count("webhook", "refused")
        raise SignatureRefused
    result = storing_of(current_app).store(_slip(raw, event, door)) if door else "stale"
    if result == "stale":  # no OA of ours, or no longer
        result = _quarantine(raw, event)
        counters.count("webhook", result)
    if isinstance(event, UnknownEvent):
        counters.count("webhook_unknown_event", event.event_name, from_outside=True)
    return result


def storing_of(app) -> Storing:
    """The writer of this process for one application's database."""
    return app.extensions["motcua_storing"]


def _is_signed(raw: bytes, mac: str | None, stamp: str | None, event: Event, secret: str) -> bool:
    return signature.verify(raw, mac, stamp, event.app_id, [secret], stated=event.stated_time)


def _slip(raw: bytes, event: Event, door: Door) -> Slip:
    ring, tenant_id = crypto.keyring(), door.tenant_id
    user = None if isinstance(event, OF_NOBODY) else event.user_for(door.oa_id)
    return Slip(
        tenant_id,
        door.oa_id,
        next((one for one in event.oa_candidates if one != door.oa_id), None),
        door.proof,
        event.event_key,
        event.event_name,
        user and ring.blind_index(tenant_id, "zalo_uid", user),
        ring.encrypt(tenant_id, "webhook", raw.decode()),
        event.timestamp,
    )


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
