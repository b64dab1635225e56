"""Whom a broadcast is for: conditions that must all hold, as one SQL statement over the province's citizens.

Who said “DỪNG” or never agreed to this topic is not written to; a warning of danger goes to every follower of the
OA all the same (Luật 91/2025/QH15 lets what protects life go without consent).
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal_column, not_, or_, true

from motcua.citizens.models import Citizen, Consent
from motcua.core.database import db
from motcua.dossiers.models import Dossier, Follow
from motcua.messaging.channels.routing import FREE_WINDOW
from motcua.tenancy import current
from motcua.tenancy.models import OfficialAccount

from .models import Broadcast, BroadcastListed

LAST_CONTACT = {
    "any": "Bất kỳ",
    "48h": "Trong 48 giờ qua (miễn phí)",
    "7d": "Từ 48 giờ đến 7 ngày",
    "older": "Lâu hơn 7 ngày",
}
WEEK = timedelta(days=7)
AN_AGE = literal_column("interval '100 years'")
SOURCES = ("conditions", "list")


@dataclass(frozen=True)
class Audience:
    """`communes` are codes of agencies, `fields` names of fields of procedures; empty means no condition.

    `source` list: the people of the uploaded list instead, who agreed to announcements or follow the OA.
    """

    source: str = "conditions"
    topic: str | None = None
    communes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()  # of the procedures in those fields when the audience was chosen
    last_contact: str = "any"
    language: str | None = None
    followers_only: bool = False
    ages: tuple[int, ...] = ()  # Zalo's bands, for articles only

    def to_json(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }

    @classmethod
    def of(cls, broadcast: Broadcast) -> "Audience":
        """Members that an older version kept and this one does not know are left out."""
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in broadcast.audience.items() if name in known}
        return cls(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        )

    @property
    def is_narrow(self) -> bool:
        return replace(self, topic=None, codes=(), followers_only=False, ages=()) != Audience()


def topics() -> dict[str, str]:
    """Key -> title of the topics that citizens of the tenant in scope can turn on."""
    chat = current.tenant().settings.get("chat") or {}
    return {one["key"]: one["title"] for one in chat.get("topics", [])}


def described(broadcast: Broadcast, chosen: Audience, at: datetime) -> ColumnElement[bool]:
    """The people that the conditions describe, whether or not they may be written to."""
    fits = _fits(broadcast, chosen, at)
    return and_(is_listed(broadcast.id), fits) if chosen.source == "list" else fits


def _fits(broadcast: Broadcast, chosen: Audience, at: datetime) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if chosen.communes:
        conditions.append(_is_of(chosen.communes))
    if chosen.fields:
        conditions.append(_has_dossier(Dossier.procedure_code.in_(chosen.codes)))
    if chosen.language:
        conditions.append(Citizen.language == chosen.language)
    if _asks_to_follow(broadcast, chosen):
        conditions.append(Citizen.is_follower)
    conditions.append(_contact(chosen.last_contact, at))
    return and_(*conditions)


def _asks_to_follow(broadcast: Broadcast, chosen: Audience) -> bool:
    return chosen.followers_only or reaches_every_follower(broadcast)


def _is_of(communes: tuple[str, ...]) -> ColumnElement[bool]:
    """Has a dossier there, or asked for that commune's news."""
    wants = (Citizen.areas.contains([code]) for code in communes)
    return or_(_has_dossier(Dossier.agency_code.in_(communes)), *wants)


def _contact(last_contact: str, at: datetime) -> ColumnElement[bool]:
    free, week = at - FREE_WINDOW, at - WEEK
    match last_contact:
        case "48h":
            return Citizen.last_interaction_at > free
        case "7d":
            return and_(Citizen.last_interaction_at <= free, Citizen.last_interaction_at > week)
        case "older":
            return or_(Citizen.last_interaction_at.is_(None), Citizen.last_interaction_at <= week)
    return true()


def _has_dossier(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a dossier that they follow now. IN, not EXISTS: planned as one hash of the few that match."""
    matching = (
        db.select(Follow.citizen_id)
        .join(Dossier, (Dossier.tenant_id == Follow.tenant_id) & (Dossier.id == Follow.dossier_id))
        .where(condition, Follow.ended_at.is_(None))
    )
    return Citizen.id.in_(matching)


def is_listed(broadcast_id: int) -> ColumnElement[bool]:
    of_this = BroadcastListed.broadcast_id == broadcast_id
    phones = db.select(BroadcastListed.phone_index).where(of_this, BroadcastListed.phone_index.is_not(None))
    uids = db.select(BroadcastListed.uid_index).where(of_this, BroadcastListed.uid_index.is_not(None))
    return or_(Citizen.phone_index.in_(phones), Citizen.uid_index.in_(uids))


def reaches_every_follower(broadcast: Broadcast) -> bool:
    """A warning by our choice; an article because Zalo itself sends it, and asks nobody's topics."""
    return broadcast.is_emergency or broadcast.channel == "article"


def is_muted(broadcast: Broadcast) -> ColumnElement[bool]:
    return false() if reaches_every_follower(broadcast) else Citizen.muted_at.is_not(None)


def standing_consents() -> Select:
    """The ids of citizens who agreed to announcements, and did not take it back."""
    return db.select(Consent.citizen_id).where(
        Consent.purpose == "broadcasts", Consent.withdrawn_at.is_(None)
    )


def has_agreed(
    broadcast: Broadcast, chosen: Audience, agreed: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """`agreed`: whether a consent stands, where the statement has joined it; else each citizen's is looked up."""
    if reaches_every_follower(broadcast):
        return Citizen.is_follower
    if agreed is None:
        agreed = standing_consents().where(Consent.citizen_id == Citizen.id).exists()
    if chosen.source == "list":
        return or_(Citizen.is_follower, agreed)
    return and_(agreed, Citizen.topics.contains([chosen.topic]))


def may_be_told(
    broadcast: Broadcast, chosen: Audience, agreed: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    return and_(~is_muted(broadcast), has_agreed(broadcast, chosen, agreed))


def why_untold(broadcast: Broadcast, chosen: Audience, at: datetime) -> ColumnElement[str | None]:
    """Of somebody on the uploaded list: a key of not_reached.REASONS, NULL for whoever may be told."""
    has_to_follow = true() if _asks_to_follow(broadcast, chosen) else false()
    return case(
        (and_(has_to_follow, not_(Citizen.is_follower)), "not_follower"),
        (not_(func.coalesce(_fits(broadcast, chosen, at), false())), "outside"),  # NULL: never spoke with us
        (is_muted(broadcast), "muted"),
        (not_(has_agreed(broadcast, chosen)), "not_agreed"),
    )


def is_on_one_oa() -> bool:
    """The province in scope has no other OA."""
    return db.session.scalar(db.select(func.count()).select_from(OfficialAccount)) < 2


def contact_at() -> ColumnElement[datetime]:
    """Of several accounts the one that spoke with us last is written to; first those of OAs that can write at all."""
    spoke = func.coalesce(Citizen.last_interaction_at, Citizen.created_at)
    connected = db.select(OfficialAccount.oa_id).where(OfficialAccount.state == "connected")
    return case((Citizen.oa_id.in_(connected), spoke), else_=spoke - AN_AGE)
