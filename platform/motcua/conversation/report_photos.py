"""Photographs and places that citizens send for a report from the street."""

from flask import current_app

from motcua.citizens import registry
from motcua.core import background_loop, queue
from motcua.core.database import db, tenant_scope
from motcua.core.errors import MotcuaError
from motcua.feedback import dialogue, pictures, scanning
from motcua.messaging import line
from motcua.zalo.webhook_events import UserMessage

from . import inbox, photos
from .saying import say_all

TAKE = "motcua.conversation.report_photos.take"
NOT_FETCHED = "Chưa tải được ảnh từ Zalo. Xin gửi lại ảnh."


def place_of(event: UserMessage) -> tuple[float, float] | None:
    """Latitude and longitude that a citizen sent on purpose."""
    for one in event.attachments:
        if one.type == "location" and one.latitude is not None and one.longitude is not None:
            return one.latitude, one.longitude
    return None


def take(tenant_id: str, oa_id: str, event_key: str) -> bool:
    """Fetch one photograph, make it anew and keep it with the citizen's draft; True when it was kept."""
    queue.woken(TAKE, tenant_id, oa_id, event_key)
    with tenant_scope(tenant_id):
        event = inbox.find(oa_id, event_key)
        url = photos.link_of(event, current_app.config["SETTINGS"].zalo_base_url) if event else None
        db.session.rollback()  # no transaction while we wait for the picture, nor while it is decoded
        if event is None:
            return False
        picture, problem = _made_anew(url)
        citizen = registry.meet(oa_id, event.user_for(oa_id))
        if picture is not None:
            try:
                replies, kept = dialogue.picture_came(citizen, picture), True
            except MotcuaError as error:
                picture, problem = None, error.message
        if picture is None:
            replies, kept = dialogue.refused(citizen, problem), False
        say_all(citizen, f"{event_key}:photo", replies)
        db.session.commit()
    return kept


def _made_anew(url: str | None) -> tuple[pictures.Picture | None, str]:
    body = background_loop.run(photos.fetch(line.client().session, url)) if url else None
    if body is None:
        return None, NOT_FETCHED
    try:
        scanning.scan(body)
        return pictures.remade(body), ""
    except MotcuaError as error:
        return None, error.message
