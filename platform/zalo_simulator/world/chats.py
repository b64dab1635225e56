from dataclasses import dataclass, field

from .records import Message, Record

CHAT_LIMIT = 1_000


@dataclass(slots=True)
class Chat(Record):
    """One citizen and one Official Account: their relation and what they wrote."""

    oa_id: str
    citizen_id: str
    uid: str
    is_follower: bool = False
    has_relation: bool = False  # may be written to: interacted, and did not leave since
    last_interaction_ms: int | None = None
    free_replies: int = 0  # sent since the last interaction
    shared_info: dict | None = None
    alias: str = ""
    external_id: str = ""  # the person's id in the account's own systems, given by the web widget
    fields: dict = field(default_factory=dict)  # custom user fields by key
    tags: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    notices: list = field(default_factory=list)
    messages: list = field(default_factory=list)
    unread: int = 0
    texts: set = field(default_factory=set)

    def interact(self, now_ms: int) -> None:
        self.has_relation = True
        self.last_interaction_ms = now_ms
        self.free_replies = 0

    def notice(self, text: str, at_ms: int, wall_ms: int) -> dict:
        notice = {"text": text, "at_ms": at_ms, "received_at_ms": wall_ms}
        self.notices.append(notice)
        del self.notices[:-50]
        return notice

    def find(self, message_id: str) -> Message | None:
        return next((item for item in reversed(self.messages) if item.message_id == message_id), None)

    def dump(self) -> dict:
        row = Record.dump(self)
        del row["texts"]
        row["messages"] = [message.dump() for message in self.messages]
        return row

    @classmethod
    def load(cls, data: dict) -> "Chat":
        messages = [Message.load(row) for row in data["messages"]]
        return super(Chat, cls).load(data | {"messages": messages})
