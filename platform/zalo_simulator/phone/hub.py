import asyncio
from collections import deque

from ..world.chats import Chat
from ..world.records import Message

QUEUE_LENGTH = 500
RECENT_LENGTH = 20_000
RESYNC = ("resync", {})


class PhoneHub:
    """Who is looking: open phone pages (server-sent events) and scripts waiting for a message.

    A page that cannot keep up gets one `resync` instead of a growing queue.
    """

    def __init__(self):
        self._pages: dict[str, set[asyncio.Queue]] = {}
        self._waiting: set[asyncio.Future] = set()
        self.recent: deque[tuple[Chat, Message]] = deque(maxlen=RECENT_LENGTH)

    def open(self, citizen_id: str) -> asyncio.Queue:
        page: asyncio.Queue = asyncio.Queue(QUEUE_LENGTH)
        self._pages.setdefault(citizen_id, set()).add(page)
        return page

    def close(self, citizen_id: str, page: asyncio.Queue) -> None:
        pages = self._pages.get(citizen_id, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(citizen_id, None)

    def tell(self, chat: Chat, event: str, data: dict) -> None:
        if chat.citizen_id in self._pages:
            about = {"oa_id": chat.oa_id, "unread": chat.unread, "is_follower": chat.is_follower}
            self.tell_page(chat.citizen_id, event, about | data)

    def tell_page(self, name: str, event: str, data: dict) -> None:
        """Tell every open page of one citizen, or of one visitor of the widget."""
        item = (event, data)
        for page in self._pages.get(name, ()):
            if page.qsize() >= QUEUE_LENGTH - 1:
                while not page.empty():
                    page.get_nowait()
                page.put_nowait(RESYNC)
            page.put_nowait(item)

    def show(self, chat: Chat, message: Message) -> None:
        self.recent.append((chat, message))
        if chat.citizen_id in self._pages:
            self.tell(chat, "message", {"message": message.view()})
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def next_message(self, timeout_s: float) -> bool:
        """Wait until some phone shows something; False when the time is over."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            async with asyncio.timeout(timeout_s):
                await waiting
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiting)
        return True

    def reset(self) -> None:
        self.recent.clear()
        for pages in self._pages.values():
            for page in pages:
                if not page.full():
                    page.put_nowait(RESYNC)

    def messages_since(self, since_ms: int, citizen_id: str, oa_id: str, sender: str) -> list[dict]:
        """Shown at or after `since_ms` (real clock), oldest first; empty filters match everything."""
        found = []
        for chat, message in reversed(self.recent):
            if (message.received_at_ms or 0) < since_ms:
                break
            if (
                (not citizen_id or chat.citizen_id == citizen_id)
                and (not oa_id or chat.oa_id == oa_id)
                and (not sender or message.sender == sender)
            ):
                found.append(
                    message.view() | {"citizen_id": chat.citizen_id, "oa_id": chat.oa_id, "uid": chat.uid}
                )
        return found[::-1]
