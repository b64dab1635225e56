"""Zalo's webhook events as typed values; `webhooks.parse` makes them.

All ids are text. Sources disagree, and Zalo's test events prove, that sender and recipient may stand in
each other's place: `oa_candidates` lists every id that may be the OA, most likely first. The receiver picks
the one it knows and asks `user_for` who the citizen is.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Event:
    """What all events have. `event_key` is the same for every delivery of one event.

    `timestamp` is aware; None where Zalo gave none that can be read. `stated_time` is the one in the body as it
    was written, which the signature covers. Events hold what citizens say and who
    they are, so their repr, which may end up in a log, tells neither.
    """

    event_name: str
    app_id: str | None
    timestamp: datetime | None
    oa_candidates: tuple[str, ...]
    user_id: str | None
    user_id_by_app: str | None
    event_key: str
    stated_time: str | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.event_name}>"

    @property
    def app_user(self) -> str | None:
        """The citizen as all OAs of one app know them; None where Zalo does not say."""
        return f"{self.app_id}:{self.user_id_by_app}" if self.app_id and self.user_id_by_app else None

    def user_for(self, oa_id: str) -> str | None:
        """The citizen's id, given which of the candidates is the OA."""
        if self.user_id != oa_id:
            return self.user_id
        return next((one for one in self.oa_candidates if one != oa_id), None)


@dataclass(frozen=True, kw_only=True, repr=False)
class Attachment:
    """Something sent along; only the fields of its `type` are set. Links to media expire."""

    type: str
    url: str | None = None
    thumbnail: str | None = None
    description: str | None = None
    name: str | None = None
    size: int | None = None
    checksum: str | None = None
    id: str | None = None
    text: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Follow(Event):
    """`source`: oa_profile, message_invite or social_plugin, not always given."""

    source: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Unfollow(Event):
    source: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class UserMessage(Event):
    """A citizen wrote. `kind`: text, image, link, audio, video, sticker, location, business_card, file, gif.

    A pressed query button is a text like any other.
    """

    kind: str
    text: str
    attachments: tuple[Attachment, ...]
    msg_id: str | None
    quote_msg_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class AnonymousMessage(Event):
    """A visitor of the web widget wrote (`from_oa` False) or was answered (True)."""

    kind: str
    text: str
    attachments: tuple[Attachment, ...]
    msg_id: str | None
    conversation_id: str | None
    from_oa: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Reaction(Event):
    """`msg_id` is the message reacted to."""

    msg_id: str | None
    icon: str
    from_oa: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class UserInfoSubmitted(Event):
    """A citizen shared what they were asked for; `phone` as Zalo gave it, each part None if withheld."""

    name: str | None
    phone: str | None
    address: str | None
    ward: str | None
    district: str | None
    city: str | None
    birth_date: str | None
    gender: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class MessageReceived(Event):
    """A message reached a phone. `channel` "oa" (sent by user id) or "zbs" (sent by phone).

    For "zbs" the recipient is `phone` (84...) or `phone_hash` (SHA-256 of it), and `user_id` is None
    unless Zalo named a user after all.
    """

    msg_id: str | None
    channel: str
    delivered_at: datetime | None
    tracking_id: str | None
    phone: str | None
    phone_hash: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class MessageSeen(Event):
    """At most the first 1,000 ids of a delivery."""

    msg_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class OaEcho(Event):
    """Something the OA sent, through us or by a person in OA Manager (`admin_id` is set only then)."""

    kind: str
    msg_id: str | None
    text: str
    attachments: tuple[Attachment, ...]
    admin_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Feedback(Event):
    """A rating template was answered; `rate` 1 to 5, None where it cannot be read."""

    msg_id: str | None
    rate: int | None
    note: str
    feedbacks: tuple[str, ...]
    submitted_at: datetime | None
    tracking_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ResponseButton(Event):
    """The quick-reply button `label` of a template was pressed."""

    msg_id: str | None
    label: str
    submitted_at: datetime | None
    tracking_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class TemplateChanged(Event):
    """`aspect`: status, quality, quota or tags (of the OA, then `template_id` is None)."""

    aspect: str
    template_id: str | None
    previous: str | None
    new: str | None
    reason: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class QuotaChanged(Event):
    """The OA's daily quota of template messages."""

    previous: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True, repr=False)
class PermissionRevoked(Event):
    """The OA's admin took the app's rights away."""


@dataclass(frozen=True, kw_only=True, repr=False)
class UserWithdrew(Event):
    """A citizen asks for erasure: all their data goes."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ChatNow(Event):
    """A citizen pressed chat on the OA's page for the first time."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Tagged(Event):
    """`action`: added, removed, or deleted for the tag itself."""

    action: str
    tag: str | None
    user_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class ProfileUpdated(Event):
    """The OA's staff edited a citizen's profile; look it up for what it says now."""


@dataclass(frozen=True, kw_only=True, repr=False)
class GroupEvent(Event):
    """Something in a group (GMF): `action` is the event's name, `kind` set when it was a message.

    `user_id` is who wrote it, None for the OA's own.
    """

    action: str
    group_id: str | None
    user_ids: tuple[str, ...]
    kind: str | None
    text: str
    msg_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ConsentReply(Event):
    """The answer to a request to call `phone`, by which the citizen is known: `answer` ALLOW or USER_BLOCKED."""

    answer: str | None
    phone: str | None

    @property
    def is_allowed(self) -> bool:
        return self.answer == "ALLOW"


@dataclass(frozen=True, kw_only=True, repr=False)
class CallEvent(Event):
    """`action`: oa_send_consent, user_call_oa or oa_call_user; the citizen by `phone`, `user_id` or both."""

    action: str
    phone: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class WidgetEvent(Event):
    """The web widget tied a visitor to our own id, or failed to."""

    action: str
    external_id: str | None
    url: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class JourneyEvent(Event):
    """A journey of template messages began to be billed ("begun") or ran out ("ended")."""

    action: str
    journey_id: str | None
    msg_id: str | None
    tracking_id: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class OtherKnownEvent(Event):
    """Zalo's shop and extension events: known, and nothing to us."""


@dataclass(frozen=True, kw_only=True, repr=False)
class UnknownEvent(Event):
    """An event of a name we do not know: to be kept and counted."""

    @property
    def name(self) -> str:
        return self.event_name
