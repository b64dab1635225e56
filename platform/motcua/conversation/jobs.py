"""The jobs of this room: ids in, safe to run twice."""

from functools import partial

from flask import current_app

from motcua.citizens import registry
from motcua.core import background_loop, queue
from motcua.core.database import db, tenant_scope
from motcua.messaging import line

from . import answers, inbox, intents, photos, saying
from .handling import READ_PHOTO
from .receiving.telling import READ
from .shifts import Shift


def read_inbox(tenant_id: str) -> int:
    """Deal with the tenant's waiting events for a while; returns how many."""
    queue.woken(READ, tenant_id)
    again = partial(queue.wake, READ, tenant_id, lane="urgent")
    dealt_with, is_more = Shift(tenant_id, when_late=again).work()
    if is_more:
        again()
    return dealt_with


def read_photo(tenant_id: str, oa_id: str, event_key: str) -> bool:
    """Look for the paper's QR code in a photograph, and answer; True when there was one."""
    queue.woken(READ_PHOTO, tenant_id, oa_id, event_key)
    with tenant_scope(tenant_id):
        event = inbox.find(oa_id, event_key)
        if event is None:
            return False
        url = photos.link_of(event, current_app.config["SETTINGS"].zalo_base_url)
        db.session.rollback()  # no transaction while we wait for the picture
        code = background_loop.run(photos.read_code(line.client().session, url)) if url else None
        citizen = registry.meet(oa_id, event.user_for(oa_id))
        key = f"{event_key}:photo"
        if code and intents.names_a_dossier(code):
            answers.reply(citizen, key, code)
        else:
            saying.say(citizen, key, "file_received")
        db.session.commit()
    return bool(code)
