"""Messages an OA sends, checked when they are made (Zalo OA API v3.0, message/cs).

Each goes to the wire with `to_wire()` and into the outbox with `to_stored()`; `from_stored` is the way
back. A broken rule raises ZaloRejected with the field named in `details`, before anything is sent.
"""

from dataclasses import dataclass
from typing import ClassVar

from . import limits
from .buttons import Button, CallPhone, OpenUrl, QueryHide, QueryShow, SendSms
from .stored import Stored, from_stored
from .zbs import TemplateParam, ZbsTemplate

__all__ = [
    "Button",
    "CallPhone",
    "ConsultationMessage",
    "FileMessage",
    "GifMessage",
    "ImageMessage",
    "ListElement",
    "ListMessage",
    "OpenUrl",
    "QueryHide",
    "QueryShow",
    "RequestUserInfo",
    "SendSms",
    "StickerMessage",
    "TemplateParam",
    "TextMessage",
    "ZbsTemplate",
    "from_stored",
]


class ConsultationMessage(Stored):
    """Base of all consultation messages; `to_wire()` answers the value of `message`."""

    def to_wire(self) -> dict:
        raise TypeError(f"{type(self).__name__} has no wire form")

    def _keep(self, **checked: object) -> None:
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, repr=False)
class TextMessage(ConsultationMessage):
    """Words, up to five buttons, and the citizen's message they answer."""

    kind: ClassVar[str] = "text"
    text: str
    buttons: tuple[Button, ...] = ()
    quote_message_id: str | None = None

    def __post_init__(self):
        self._keep(
            text=limits.text_of("text", self.text, limits.TEXT_MAX),
            buttons=_checked_buttons(self.buttons),
        )
        if self.quote_message_id is not None:
            limits.id_of("quote_message_id", self.quote_message_id)

    def to_wire(self) -> dict:
        message: dict = {"text": self.text}
        if self.buttons:
            buttons = [button.to_wire() for button in self.buttons]
            message["attachment"] = _template({"template_type": "button", "buttons": buttons})
        if self.quote_message_id:
            message["quote_message_id"] = self.quote_message_id
        return message


@dataclass(frozen=True, repr=False)
class ImageMessage(ConsultationMessage):
    """A picture, by the id of its upload or by an https address; `text` is its caption."""

    kind: ClassVar[str] = "image"
    media_type: ClassVar[str] = "image"
    attachment_id: str | None = None
    url: str | None = None
    text: str = ""

    def __post_init__(self):
        _check_source(self.attachment_id, self.url)
        self._keep(text=limits.text_of("text", self.text, limits.TEXT_MAX, required=False))

    def to_wire(self) -> dict:
        return _captioned(self.text, self._element())

    def _element(self) -> dict:
        source = {"attachment_id": self.attachment_id} if self.attachment_id else {"url": self.url}
        return {"media_type": self.media_type} | source


@dataclass(frozen=True, repr=False)
class GifMessage(ImageMessage):
    """A moving picture; Zalo wants its size in pixels."""

    kind: ClassVar[str] = "gif"
    media_type: ClassVar[str] = "gif"
    width: int = 0
    height: int = 0

    def __post_init__(self):
        super().__post_init__()
        for name in ("width", "height"):
            if not 0 < getattr(self, name) <= 10_000:
                limits.refuse(name, "Ảnh động cần kích thước tính bằng điểm ảnh. Xin điền kích thước.")

    def _element(self) -> dict:
        return super()._element() | {"width": self.width, "height": self.height}


@dataclass(frozen=True, repr=False)
class StickerMessage(ConsultationMessage):
    """A sticker of Zalo's catalogue."""

    kind: ClassVar[str] = "sticker"
    attachment_id: str

    def __post_init__(self):
        limits.id_of("attachment_id", self.attachment_id)

    def to_wire(self) -> dict:
        return _captioned("", {"media_type": "sticker", "attachment_id": self.attachment_id})


@dataclass(frozen=True, repr=False)
class FileMessage(ConsultationMessage):
    """A file by the token of its upload; words go in a message of their own."""

    kind: ClassVar[str] = "file"
    token: str

    def __post_init__(self):
        limits.id_of("token", self.token)

    def to_wire(self) -> dict:
        return {"attachment": {"type": "file", "payload": {"token": self.token}}}


@dataclass(frozen=True, repr=False)
class RequestUserInfo(ConsultationMessage):
    """Asks the citizen to share name, phone and address; the answer is the event user_submit_info."""

    kind: ClassVar[str] = "request_user_info"
    title: str
    subtitle: str
    image_url: str

    def __post_init__(self):
        self._keep(
            title=limits.text_of("title", self.title, limits.TITLE_MAX),
            subtitle=limits.text_of("subtitle", self.subtitle, limits.SUBTITLE_MAX),
            image_url=limits.url_of("image_url", self.image_url, secure=True),
        )

    def to_wire(self) -> dict:
        element = {"title": self.title, "subtitle": self.subtitle, "image_url": self.image_url}
        return {"attachment": _template({"template_type": "request_user_info", "elements": [element]})}


@dataclass(frozen=True, repr=False)
class ListElement(Stored):
    """One row of a list; tapping it does what `action` does (the button's title is not shown)."""

    kind: ClassVar[str] = "list_element"
    title: str
    subtitle: str = ""
    image_url: str | None = None
    action: Button | None = None

    def __post_init__(self):
        object.__setattr__(self, "title", limits.text_of("title", self.title, limits.TITLE_MAX))
        subtitle = limits.text_of("subtitle", self.subtitle, limits.SUBTITLE_MAX, required=False)
        object.__setattr__(self, "subtitle", subtitle)
        if self.image_url is not None:
            limits.url_of("image_url", self.image_url, secure=True)
        if self.action is not None and not isinstance(self.action, Button):
            limits.refuse("action", "Thao tác của dòng chưa đúng loại. Xin chọn một loại nút bấm.")

    def to_wire(self) -> dict:
        element: dict = {"title": self.title}
        if self.subtitle:
            element["subtitle"] = self.subtitle
        if self.image_url:
            element["image_url"] = self.image_url
        if self.action:
            element["default_action"] = self.action.to_default_action()
        return element


@dataclass(frozen=True, repr=False)
class ListMessage(ConsultationMessage):
    """One to five rows and up to five buttons.

    Zalo's SDKs send it, the v3.0 pages no longer list it: `as_text()` is the fallback on code -233.
    """

    kind: ClassVar[str] = "list"
    elements: tuple[ListElement, ...]
    buttons: tuple[Button, ...] = ()

    def __post_init__(self):
        elements = tuple(self.elements) if isinstance(self.elements, list | tuple) else (self.elements,)
        self._keep(elements=elements, buttons=_checked_buttons(self.buttons))
        limits.count_of("elements", self.elements, limits.ELEMENTS_MAX, least=1)
        if not all(isinstance(element, ListElement) for element in self.elements):
            limits.refuse("elements", "Danh sách có dòng chưa đúng loại. Xin tạo lại các dòng.")

    def to_wire(self) -> dict:
        payload: dict = {"template_type": "list", "elements": [one.to_wire() for one in self.elements]}
        if self.buttons:
            payload["buttons"] = [button.to_wire() for button in self.buttons]
        return {"attachment": _template(payload)}

    def as_text(self) -> TextMessage:
        """The same words as a text message; actions of the rows become buttons while there is room."""
        lines = [f"{one.title}\n{one.subtitle}" if one.subtitle else one.title for one in self.elements]
        actions = tuple(one.action for one in self.elements if one.action)
        return TextMessage(
            "\n\n".join(lines)[: limits.TEXT_MAX], (self.buttons + actions)[: limits.BUTTONS_MAX]
        )


def _template(payload: dict) -> dict:
    return {"type": "template", "payload": payload}


def _captioned(text: str, element: dict) -> dict:
    attachment = _template({"template_type": "media", "elements": [element]})
    return {"text": text, "attachment": attachment} if text else {"attachment": attachment}


def _checked_buttons(buttons) -> tuple[Button, ...]:
    buttons = tuple(buttons) if isinstance(buttons, list | tuple) else (buttons,)
    limits.count_of("buttons", buttons, limits.BUTTONS_MAX)
    if not all(isinstance(button, Button) for button in buttons):
        limits.refuse("buttons", "Có nút bấm chưa đúng loại. Xin tạo lại các nút.")
    return buttons


def _check_source(attachment_id: str | None, url: str | None) -> None:
    if bool(attachment_id) == bool(url):
        limits.refuse(
            "attachment_id", "Ảnh cần đúng một nguồn: mã tải lên hoặc địa chỉ. Xin điền một trong hai."
        )
    if attachment_id:
        limits.id_of("attachment_id", attachment_id)
    else:
        limits.url_of("url", url, secure=True)
