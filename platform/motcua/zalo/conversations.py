"""What was said: the OA's recent chats, and its conversation with one citizen."""

from dataclasses import dataclass
from datetime import datetime

from .call import Answer, Caller
from .errors import ZaloUnavailable
from .limits import id_of, page_of
from .reading import as_id, as_int, as_mapping, as_text, as_time

PAGE = 10
_FROM_OA = 0


@dataclass(frozen=True, repr=False)
class ConversationItem:
    """One message, newest first in listings; `user_id` is the citizen's, `type` text, photo, GIF ..."""

    message_id: str
    from_oa: bool
    sent_at: datetime
    type: str
    text: str
    user_id: str | None = None
    display_name: str | None = None
    url: str | None = None


class Conversations(Caller):
    async def conversation(
        self, access_token: str, user_id: str, offset: int = 0, count: int = PAGE
    ) -> list[ConversationItem]:
        """Up to ten messages with one citizen."""
        query = {"user_id": id_of("user_id", user_id)} | page_of(offset, count, PAGE)
        return await self._list(access_token, "/v2.0/oa/conversation", query)

    async def recent_chats(
        self, access_token: str, offset: int = 0, count: int = PAGE
    ) -> list[ConversationItem]:
        """The last message with each of up to ten citizens."""
        query = page_of(offset, count, PAGE)
        return await self._list(access_token, "/v2.0/oa/listrecentchat", query)

    async def _list(self, access_token: str, path: str, query: dict) -> list[ConversationItem]:
        answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        return _items(answer)


def _items(answer: Answer) -> list[ConversationItem]:
    # An item left out would read as "never sent" when an uncertain message is looked for: all or nothing.
    if not isinstance(answer.data, list):
        raise ZaloUnavailable(details={"cause": "unreadable_answer"})
    return [_item(as_mapping(one)) for one in answer.data]


def _item(data: dict) -> ConversationItem:
    source, sent_at = as_int(data.get("src")), as_time(data.get("time"))
    message_id = as_id(data.get("message_id"))
    if source is None or sent_at is None or message_id is None:
        raise ZaloUnavailable(details={"cause": "unreadable_answer"})
    from_oa = source == _FROM_OA
    other = "to" if from_oa else "from"
    return ConversationItem(
        message_id=message_id,
        from_oa=from_oa,
        sent_at=sent_at,
        type=as_text(data.get("type")) or "",
        text=as_text(data.get("message")) or "",
        user_id=as_id(data.get(f"{other}_id")),
        display_name=as_text(data.get(f"{other}_display_name")),
        url=as_text(data.get("url")) or as_text(data.get("thumb")),
    )
