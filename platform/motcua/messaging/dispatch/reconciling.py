"""Finding out what became of a message whose answer was lost.

Zalo has no idempotency key, so a message is sent again only when Zalo's own record of the conversation
shows that it never arrived. In this order: the echo and receipt webhooks, the conversation with the citizen
(a template is known there by its values; the status call vouches for the only one that stands there),
then a person, on the console's page of messages. A template sent by phone stands in no conversation, and the
status call wants the id that we never got: only its receipt settles it, or a person.

Zalo's record has Zalo's times and a claim the database's. What it shows since the claim may be the message; that it
never arrived is believed only when nothing like it stands further back, where a clock that was wrong would have put it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text

from motcua.citizens.models import Citizen, uid_index
from motcua.core import background_loop, queue, scope
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.messaging import line
from motcua.messaging.leaving import let_go
from motcua.messaging.models import Message
from motcua.tenancy.models import OfficialAccount
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.client import ZaloClient
from motcua.zalo.conversations import ConversationItem
from motcua.zalo.errors import ZaloError

from . import recognising
from .recognising import CLOCK_SKEW, CONSULTATION, TEMPLATE

RECONCILE = "motcua.messaging.jobs.reconcile"
BATCH = 50
GRACE = timedelta(seconds=20)  # the send may still be on its way
LOOK_AGAIN = timedelta(minutes=1)
LOOKED_FOR = timedelta(days=1)  # then only a receipt or a person settles it
CLOCK_WRONG = timedelta(hours=1)  # by so much or more: it did not leave before it was owed, either
BEGINNING = datetime.min.replace(tzinfo=UTC)
PAGE = 10  # Zalo lists no more at a time
MOST_PAGES = 30  # who has heard more than that since is left to a receipt or a person
# By the clock that wrote the claim, as everything here: a host's own may be wrong.
PAUSED = text("now() + greatest(CAST(:least AS interval), (now() - claimed_at) / 4)")
# True of a tenant for whom `wake_due` may have something to do.
DUE = """
    (SELECT true FROM message WHERE tenant_id = tenant.id AND state = 'uncertain' AND next_attempt_at <= now() LIMIT 1)
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Doubt:
    """One uncertain message, and where to look for it; good without a database session."""

    message: Message
    forms: frozenset[str]
    uid: str
    account_id: int

    @property
    def since(self) -> datetime:
        return self.message.claimed_at - CLOCK_SKEW

    @property
    def not_before(self) -> datetime:
        """It cannot have left earlier, whatever a clock said of the claim."""
        claimed_at = self.message.claimed_at
        owed_at = max(self.message.created_at, claimed_at - LOOKED_FOR)
        return min(owed_at, claimed_at) - CLOCK_WRONG


def settle(tenant_id: str) -> int:
    """Look at each uncertain message to a Zalo user of the tenant in scope; returns how many were settled."""
    ids = db.session.scalars(_due(db.select(Message.id)).order_by(Message.id).limit(BATCH)).all()
    db.session.rollback()
    return sum(_settle_one(tenant_id, message_id) for message_id in ids)


def wake_due() -> bool:
    """Have the uncertain messages of the tenant in scope looked at, when it is time."""
    is_due = db.session.scalar(db.select(_due(db.select(Message.id)).exists()))
    return bool(is_due) and queue.wake(RECONCILE, scope.required(), lane="normal")


def _due(query):
    return query.where(
        Message.state == "uncertain",
        Message.citizen_id.is_not(None),
        db.or_(Message.channel.is_(None), Message.channel != "zbs_phone"),
        # By the clock that wrote it: a host whose own is ahead must not look before Zalo's record is complete.
        Message.claimed_at.between(db.func.now() - LOOKED_FOR, db.func.now() - GRACE),
        Message.next_attempt_at <= db.func.now(),
    )


def _settle_one(tenant_id: str, message_id: int) -> int:
    doubt = _doubt(message_id)
    if doubt is None:
        return _look_again(message_id)
    try:
        token = valid_access_token(tenant_id, doubt.account_id, line.hosts())
        items, back_to = background_loop.run(_listed(line.client(), token, doubt.uid, doubt.not_before))
        taken = _taken([item.message_id for item in items])
        db.session.rollback()
        free = [item for item in items if item.message_id not in taken]
        since = [item for item in free if item.sent_at >= doubt.since]
        found = _found(doubt, token, since) if back_to < doubt.since else None
    except MotcuaError as error:
        log.warning("reconcile_postponed", tenant=tenant_id, message=message_id, error=error.code)
        return _look_again(message_id)
    if found is not None:
        return _conclude(doubt, found)
    if back_to < doubt.not_before and _is_none_of(doubt, free):
        return _conclude(doubt, None)  # Zalo's record holds no such message: it never arrived
    return _look_again(message_id)


def _doubt(message_id: int) -> Doubt | None:
    """None when it is settled meanwhile, or the OA is no longer ours."""
    row = db.session.execute(
        db.select(Message, Citizen, OfficialAccount.id)
        .join(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .join(
            OfficialAccount,
            (OfficialAccount.tenant_id == Message.tenant_id) & (OfficialAccount.oa_id == Citizen.oa_id),
        )
        .where(Message.id == message_id, Message.state == "uncertain")
    ).first()
    doubt = row and Doubt(row[0], recognising.forms_of(row[0], row[1]), row[1].uid, row[2])
    db.session.expunge_all()
    db.session.rollback()  # no transaction while we wait for Zalo
    return doubt


async def _listed(
    client: ZaloClient, token: str, uid: str, since: datetime
) -> tuple[list[ConversationItem], datetime]:
    """What the OA sent this citizen since then, and how far back the listing was read."""
    found, back_to = [], datetime.max.replace(tzinfo=UTC)
    for page in range(MOST_PAGES):
        items = await client.conversation(token, uid, offset=page * PAGE, count=PAGE)
        found += [item for item in items if item.from_oa and item.sent_at >= since]
        if len(items) < PAGE:
            return found, BEGINNING
        back_to = min(back_to, *(item.sent_at for item in items))
        if back_to < since:
            break
    return found, back_to


def _found(doubt: Doubt, token: str, free: list[ConversationItem]) -> ConversationItem | None:
    """The one of these, which no other message of ours claims, that is the message in doubt."""
    oldest_first = sorted(free, key=lambda item: item.sent_at)
    for item in oldest_first:
        if recognising.is_in_words(doubt.message, doubt.forms, item.text):
            return item
    if doubt.forms == {TEMPLATE}:
        others = [item for item in oldest_first if item.type != "text"]
        return others[0] if len(others) == 1 and _is_template(token, others[0].message_id) else None
    wordless = [item for item in oldest_first if not item.text]
    if len(wordless) == 1 and doubt.forms == {CONSULTATION} and not recognising.words_of(doubt.message):
        return wordless[0]
    return None


def _is_none_of(doubt: Doubt, free: list[ConversationItem]) -> bool:
    """Whether none of these can be the message in doubt: it has words, as each of them, and they say something else."""
    return (
        doubt.forms == {CONSULTATION}
        and bool(recognising.words_of(doubt.message))
        and all(
            item.text and not recognising.is_in_words(doubt.message, doubt.forms, item.text) for item in free
        )
    )


def _is_template(token: str, zalo_message_id: str) -> bool:
    """Whether Zalo knows this id as a template message that it took from us."""
    try:
        status = background_loop.run(line.client().oa_message_status(token, zalo_message_id))
    except ZaloError:  # known from one source only: no answer is no help
        return False
    return status.state != "unknown"


def _conclude(doubt: Doubt, found: ConversationItem | None) -> int:
    """It is that one, or (None) it never arrived and goes out again, as far as its broadcast lets it."""
    message = _still_uncertain(doubt.message.id)
    # Of a later claim we have not asked.
    is_same = message is not None and message.claimed_at == doubt.message.claimed_at
    if not is_same or (found and _taken([found.message_id])):
        db.session.rollback()
        return 0
    if found and found.text and _is_on_its_way(message.citizen_id, found.text):
        return _look_again(message.id)
    if found:
        message.state, message.zalo_message_id, message.sent_at = "sent", found.message_id, found.sent_at
    else:
        let_go(Message.id == message.id, Message.state == "uncertain")
    db.session.commit()
    return 1


def _look_again(message_id: int) -> int:
    """The older the doubt, the longer the pause."""
    message = _still_uncertain(message_id)
    if message is not None:
        message.next_attempt_at = PAUSED.bindparams(least=LOOK_AGAIN)
    db.session.commit()
    return 0


def _still_uncertain(message_id: int) -> Message | None:
    return db.session.scalar(
        db.select(Message).where(Message.id == message_id, Message.state == "uncertain").with_for_update()
    )


def match_echo(citizen: Citizen, zalo_message_id: str | None, text: str | None, at: datetime) -> bool | None:
    """Zalo echoes what the OA sent: settle the oldest uncertain message that says so; whether there was one.

    None while another one that says the same is on its way: ask again when its answer is written.
    """
    if not text or not zalo_message_id:
        return False
    waiting = db.session.scalars(
        db.select(Message)
        .where(
            Message.citizen_id == citizen.id,
            Message.state == "uncertain",
            db.or_(Message.channel.is_(None), Message.channel != "zbs_phone"),
        )
        .order_by(Message.id)
        .with_for_update()
    )
    for message in waiting:
        forms = recognising.forms_of(message, citizen)
        in_time = message.claimed_at - CLOCK_SKEW <= at
        if in_time and recognising.is_in_words(message, forms, text) and not _taken([zalo_message_id]):
            if _is_on_its_way(citizen.id, text):
                return None
            message.state, message.zalo_message_id, message.sent_at = "sent", zalo_message_id, at
            return True
    return False


def without_doubts(users: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these, OA and user id, the citizens we know of whom no message is uncertain: no echo settles any."""
    by_index = {(oa_id, uid_index(uid)): (oa_id, uid) for oa_id, uid in users}
    found = db.session.execute(known_without_doubts(by_index))
    return {by_index[one] for one in map(tuple, found) if one in by_index}


def known_without_doubts(citizens: Collection[tuple[str, str]]):
    """A query for those of them, OA and index of the user id, and maybe for others."""
    of_citizen = (Message.tenant_id == Citizen.tenant_id, Message.citizen_id == Citizen.id)
    return db.select(Citizen.oa_id, Citizen.uid_index).where(
        Citizen.oa_id.in_({oa_id for oa_id, _ in citizens}),
        Citizen.uid_index.in_({index for _, index in citizens}),
        ~db.exists().where(*of_citizen, Message.state == "uncertain"),
    )


def _is_on_its_way(citizen_id: int, text: str) -> bool:
    """Whether a message to this citizen that says so has left and its answer is not written: Zalo may show that one."""
    sending = db.session.scalars(
        db.select(Message).where(Message.citizen_id == citizen_id, Message.state == "sending")
    )
    return any(recognising.is_in_words(one, recognising.forms_of(one, None), text) for one in sending)


def _taken(zalo_ids: list[str]) -> set[str]:
    """Those that messages of ours claim already."""
    if not zalo_ids:
        return set()
    return set(
        db.session.scalars(db.select(Message.zalo_message_id).where(Message.zalo_message_id.in_(zalo_ids)))
    )
