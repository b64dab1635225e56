"""Conversations that are not between one citizen and one account: groups, and visitors of a web page."""

from dataclasses import dataclass, field

from .chats import CHAT_LIMIT
from .records import Message, Record

MEMBERS_BY_PRODUCT = {"gmf10": 10, "gmf50": 50, "gmf100": 100, "gmf1000": 1_000}


class Room(Record):
    """What groups and visitors have in common: an account and its messages."""

    __slots__ = ()

    def keep(self, message: Message) -> None:
        self.messages.append(message)
        del self.messages[:-CHAT_LIMIT]

    def find(self, message_id: str) -> Message | None:
        return next((item for item in reversed(self.messages) if item.message_id == message_id), None)

    def dump(self) -> dict:
        return Record.dump(self) | {"messages": [message.dump() for message in self.messages]}

    @classmethod
    def load(cls, data: dict) -> "Room":
        messages = [Message.load(row) for row in data["messages"]]
        return super().load(data | {"messages": messages})


@dataclass(slots=True)
class GroupAsset(Record):
    """A bought place for one group (GMF); `used_by` is the group that lives on it."""

    asset_id: str
    oa_id: str
    product_type: str
    quota_type: str
    valid_through_ms: int
    used_by: str = ""

    @property
    def max_member(self) -> int:
        return MEMBERS_BY_PRODUCT[self.product_type]


@dataclass(slots=True)
class Group(Room):
    """A group chat of an Official Account; people are citizen ids, admins are members too."""

    group_id: str
    oa_id: str
    name: str
    asset_id: str
    link: str
    created_at_ms: int
    description: str = ""
    status: str = "enabled"  # or disabled
    members: list = field(default_factory=list)
    admins: list = field(default_factory=list)
    pending: list = field(default_factory=list)
    unread: dict = field(default_factory=dict)  # by citizen
    lock_send_msg: bool = False
    join_appr: bool = False
    enable_msg_history: bool = True
    enable_link_join: bool = True
    messages: list = field(default_factory=list)


@dataclass(slots=True)
class Visitor(Room):
    """Somebody without a Zalo identity who writes from the chat widget of a web page."""

    anonymous_id: str
    conversation_id: str
    oa_id: str
    name: str
    last_interaction_ms: int
    unread: int = 0
    messages: list = field(default_factory=list)

    @property
    def page(self) -> str:
        """The key under which open widget pages listen."""
        return f"visitor:{self.anonymous_id}"
