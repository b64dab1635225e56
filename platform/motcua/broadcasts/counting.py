"""How many a broadcast would reach, over which way, and at what price: one statement over all citizens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, and_, case, func, not_, null, or_, outerjoin, text

from motcua.citizens.models import Citizen
from motcua.citizens.persons import person_key, phones_of_users
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.channels.routing import FREE_WINDOW

from . import audience, paying
from .audience import Audience
from .models import Broadcast, BroadcastListed

# A province's people are grouped in memory: with the usual 4 MB they are sorted on disk.
ROOM = text("SET LOCAL work_mem = '64MB'")


@dataclass(frozen=True)
class Counts:
    """People, each once. `described` = reached + muted + not agreed; `reached` = free + paid + unreachable."""

    described: int
    reached: int
    muted: int
    not_agreed: int
    duplicates: int  # further accounts of the same people
    free: int
    paid: int
    unreachable: int
    cost_vnd: int
    of_muted_followers: int = 0  # whom an emergency reaches although they said DỪNG
    unknown: int = 0  # lines of a list that belong to nobody on our OA

    def to_json(self) -> dict[str, int]:
        return {"reached": self.reached, "free": self.free, "paid": self.paid, "cost_vnd": self.cost_vnd}


def count(broadcast: Broadcast, at: datetime | None = None) -> Counts:
    """As things stand at `at` (now). An article has no way and no price of its own: all it reaches is free."""
    at = at or now()
    chosen = Audience.of(broadcast)
    consents = audience.standing_consents().distinct().subquery()
    told = audience.may_be_told(broadcast, chosen, consents.c.citizen_id.is_not(None))
    muted = audience.is_muted(broadcast)
    is_article = broadcast.channel == "article"
    free = True if is_article else Citizen.last_interaction_at > at - FREE_WINDOW
    accounts = outerjoin(Citizen, consents, consents.c.citizen_id == Citizen.id)
    if audience.is_on_one_oa():
        person = person_key(on_one_oa=True)
    else:
        phones = phones_of_users()
        accounts = accounts.outerjoin(phones, phones.c.app_user_index == Citizen.app_user_index)
        person = person_key(phones)
    each = (
        db.select(
            func.bool_or(told).label("told"),
            func.bool_or(muted).label("muted"),
            func.bool_or(Citizen.muted_at.is_not(None)).label("stopped"),
            func.bool_or(and_(told, free)).label("free"),
            # Whoever has accounts on OAs of different prices is counted at the dearest.
            func.max(_price(broadcast)).filter(told).label("price"),
            func.count().filter(told).label("accounts"),
        )
        .select_from(accounts)
        .where(audience.described(broadcast, chosen, at))
        .group_by(person)
        .cte("each")
    )
    db.session.execute(ROOM)
    told_one, free_one = each.c.told, func.coalesce(each.c.free, False)
    is_paid = and_(told_one, not_(free_one), each.c.price.is_not(None))
    row = db.session.execute(
        db.select(
            func.count(),
            func.count().filter(told_one),
            func.count().filter(and_(not_(told_one), each.c.muted)),
            func.count().filter(and_(not_(told_one), not_(each.c.muted))),
            func.coalesce(func.sum(each.c.accounts - 1).filter(told_one), 0),
            func.count().filter(and_(told_one, free_one)),
            func.count().filter(is_paid),
            func.count().filter(and_(told_one, not_(free_one), each.c.price.is_(None))),
            func.coalesce(func.sum(each.c.price).filter(is_paid), 0),
            func.count().filter(and_(told_one, each.c.stopped)),
        ).select_from(each)
    ).one()
    unknown = _unknown(broadcast) if chosen.source == "list" else 0
    return Counts(*(int(value) for value in row), unknown=unknown)


def _price(broadcast: Broadcast):
    """Of a paid message to this citizen; NULL where none can leave."""
    prices = paying.prices(broadcast)
    return case(prices, value=Citizen.oa_id) if prices else null().cast(Integer)


def _unknown(broadcast: Broadcast) -> int:
    listed = BroadcastListed
    known_phone = db.select(Citizen.id).where(Citizen.phone_index == listed.phone_index).exists()
    known_uid = db.select(Citizen.id).where(Citizen.uid_index == listed.uid_index).exists()
    return db.session.scalar(
        db.select(func.count())
        .select_from(listed)
        .where(listed.broadcast_id == broadcast.id, listed.fault.is_(None), not_(or_(known_phone, known_uid)))
    )
