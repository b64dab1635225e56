"""The five buttons a consultation message may carry (Zalo OA API v3.0, message/cs).

Pressing a query button sends its text as if the citizen had typed it; there is no webhook of its own.
"""

from dataclasses import dataclass
from typing import ClassVar

from . import limits
from .stored import Stored


class Button(Stored):
    """Base of all buttons; each has a `title` and an `action`."""

    action: ClassVar[str]
    title: str

    def to_wire(self) -> dict:
        return {"title": self.title, "type": self.action, "payload": self.payload()}

    def to_default_action(self) -> dict:
        """The same as the action of a list element, which has no title of its own."""
        return {"type": self.action, "payload": self.payload()}

    def payload(self) -> dict | str:
        raise TypeError(f"{type(self).__name__} has no payload")

    def _keep(self, **checked: str) -> None:
        checked["title"] = limits.text_of("title", self.title, limits.TITLE_MAX)
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, repr=False)
class OpenUrl(Button):
    """Opens a page in Zalo's browser."""

    kind: ClassVar[str] = "open_url"
    action: ClassVar[str] = "oa.open.url"
    title: str
    url: str

    def __post_init__(self):
        self._keep(url=limits.url_of("url", self.url))

    def payload(self) -> dict:
        return {"url": self.url}

    def to_default_action(self) -> dict:
        return {"type": self.action, "url": self.url}  # here Zalo wants no payload


@dataclass(frozen=True, repr=False)
class QueryShow(Button):
    """Sends `text` to the OA, visible in the chat."""

    kind: ClassVar[str] = "query_show"
    action: ClassVar[str] = "oa.query.show"
    title: str
    text: str

    def __post_init__(self):
        self._keep(text=limits.text_of("text", self.text, limits.QUERY_MAX))

    def payload(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False)
class QueryHide(QueryShow):
    """Sends `text` to the OA without showing it in the chat."""

    kind: ClassVar[str] = "query_hide"
    action: ClassVar[str] = "oa.query.hide"


@dataclass(frozen=True, repr=False)
class CallPhone(Button):
    """Dials `phone`, which may be a hotline."""

    kind: ClassVar[str] = "call_phone"
    action: ClassVar[str] = "oa.open.phone"
    title: str
    phone: str

    def __post_init__(self):
        self._keep(phone=limits.dialled_of("phone", self.phone))

    def payload(self) -> dict:
        return {"phone_code": self.phone}


@dataclass(frozen=True, repr=False)
class SendSms(Button):
    """Opens the SMS composer with `content` to `phone`."""

    kind: ClassVar[str] = "send_sms"
    action: ClassVar[str] = "oa.open.sms"
    title: str
    phone: str
    content: str

    def __post_init__(self):
        self._keep(
            phone=limits.dialled_of("phone", self.phone),
            content=limits.text_of("content", self.content, limits.SMS_MAX),
        )

    def payload(self) -> dict:
        return {"content": self.content, "phone_code": self.phone}
