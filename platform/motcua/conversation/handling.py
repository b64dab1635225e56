"""What each kind of webhook event does here."""

from flask import current_app

from motcua.appointments import booking
from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.complaints import handling as complaints
from motcua.core import queue
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.core.errors import Invalid
from motcua.dossiers import following
from motcua.feedback import dialogue as feedback
from motcua.feedback import drafts as feedback_drafts
from motcua.messaging import outbox, receipts, template_sync
from motcua.messaging.dispatch import reconciling
from motcua.reminders import licences
from motcua.surveys import dialogue as surveys
from motcua.surveys import ratings
from motcua.tenancy import tokens
from motcua.tenancy.models import OfficialAccount
from motcua.zalo import webhook_events as events
from motcua.zalo.phone import normalise_phone

from . import answers, handover, photos, report_photos, saying

READ_PHOTO = "motcua.conversation.jobs.read_photo"
ABOUT_A_CITIZEN = (
    events.Follow,
    events.Unfollow,
    events.UserMessage,
    events.UserInfoSubmitted,
    events.ChatNow,
    events.OaEcho,
    events.UserWithdrew,
)


def handle(oa_id: str, event: events.Event) -> bool:
    """Deal with one event of one OA of the tenant in scope.

    Returns False for a rating whose message we do not know yet, and an echo that may be of either of two messages: the
    answer to our send may be behind.
    """
    if isinstance(event, ABOUT_A_CITIZEN) and event.user_for(oa_id) is None:
        return True  # nobody to answer
    match event:
        case events.Follow():
            _follow(oa_id, event)
        case events.Unfollow():
            _meet(oa_id, event).is_follower = False
        case events.UserMessage():
            _message(oa_id, event)
        case events.UserInfoSubmitted():
            _info(oa_id, event)
        case events.ChatNow():
            registry.note_interaction(_meet(oa_id, event), event.timestamp)
        case events.Feedback():
            return ratings.rated(event.msg_id, event.tracking_id, event.rate, event.note, event.feedbacks)
        case events.OaEcho():
            citizen = _meet(oa_id, event)
            if event.admin_id:  # typed by a person: no message of ours
                handover.note_human(citizen)
            else:
                known = reconciling.match_echo(citizen, event.msg_id, event.text, event.timestamp or now())
                return known is not None
        case events.QuotaChanged():
            outbox.quota_changed(oa_id)
            after_commit(template_sync.wake)
        case events.TemplateChanged():
            after_commit(template_sync.wake)
        case events.PermissionRevoked():
            account = db.session.scalars(
                db.select(OfficialAccount).where(OfficialAccount.oa_id == oa_id)
            ).one()
            tokens.mark_needs_consent(account.id, "permission_revoked")
        case events.UserWithdrew():
            citizen = _meet(oa_id, event)
            following.end_all(citizen)
            handover.forget(citizen)
            booking.forget(citizen)
            surveys.forget(citizen)
            complaints.forget(citizen)
            feedback_drafts.forget(citizen)
            licences.forget(citizen)
            registry.erase(citizen)
    return True  # the rest is stored and counted; later rooms read it


def _meet(oa_id: str, event: events.Event) -> Citizen:
    return registry.meet(oa_id, event.user_for(oa_id), event.app_user)


def note_receipts(told: list[events.Event]) -> list[bool]:
    """Deal with many receipts at once; False for one whose message we do not know yet, or that names none."""
    return receipts.note([_receipt(one) for one in told])


def say_nothing_new(told: list[tuple[str, events.Event]]) -> list[bool]:
    """Of many echoes at once, OA and event: whether it is of a message of ours, to somebody with none in doubt.

    For those `handle` would do nothing.
    """
    names = [(oa_id, event.user_for(oa_id)) if _is_by_us(event) else None for oa_id, event in told]
    without = reconciling.without_doubts({one for one in names if one and one[1]})
    return [one in without for one in names]


def _is_by_us(event: events.Event) -> bool:
    return isinstance(event, events.OaEcho) and not event.admin_id


def _receipt(event: events.Event) -> receipts.Receipt:
    at = event.timestamp or now()
    if isinstance(event, events.MessageSeen):
        return receipts.Receipt(event.msg_ids, at, is_seen=True)
    ids = (event.msg_id,) if event.msg_id else ()
    return receipts.Receipt(ids, event.delivered_at or at, tracking_id=event.tracking_id)


def _follow(oa_id: str, event: events.Follow) -> None:
    citizen = _meet(oa_id, event)
    citizen.is_follower = True
    registry.note_interaction(citizen, event.timestamp)
    answers.welcome(citizen, event.event_key)


def _message(oa_id: str, event: events.UserMessage) -> None:
    citizen = _meet(oa_id, event)
    registry.note_interaction(citizen, event.timestamp)
    if event.kind == "text":
        answers.reply(citizen, event.event_key, event.text or "")
    else:
        _picture(citizen, event)


def _info(oa_id: str, event: events.UserInfoSubmitted) -> None:
    citizen = _meet(oa_id, event)
    registry.note_interaction(citizen, event.timestamp)
    try:
        phone = normalise_phone(event.phone or "")
    except Invalid:
        saying.ask_for_phone(citizen, event.event_key)
        return
    answers.phone_shared(citizen, event.event_key, phone)


def _for_the_report(citizen: Citizen, event: events.UserMessage) -> bool:
    """A photograph or a place for the report that is being written; False for anything else."""
    place = report_photos.place_of(event)
    if place:
        saying.say_all(citizen, event.event_key, feedback.place_came(citizen, *place))
    elif event.kind == "image":
        tenant_id, oa_id, key = citizen.tenant_id, citizen.oa_id, event.event_key
        after_commit(lambda: queue.wake(report_photos.TAKE, tenant_id, oa_id, key, lane="urgent"))
    return bool(place) or event.kind == "image"


def _picture(citizen: Citizen, event: events.UserMessage) -> None:
    """A photograph may hold the paper's QR code; it is fetched after this event is settled."""
    if handover.hear(citizen, event.event_key, f"[{event.kind}]"):
        return
    if feedback.wants_pictures(citizen) and _for_the_report(citizen, event):
        return
    if photos.link_of(event, current_app.config["SETTINGS"].zalo_base_url):
        tenant_id, oa_id, key = citizen.tenant_id, citizen.oa_id, event.event_key
        after_commit(lambda: queue.wake(READ_PHOTO, tenant_id, oa_id, key, lane="urgent"))
    else:
        saying.say(citizen, event.event_key, "file_received")
