"""Zalo's limits, checked before sending: a bad message is an error of ours, the field named, not a bill."""

import re
import unicodedata
from collections.abc import Sized
from typing import NoReturn
from urllib.parse import urlsplit

from .errors import ZaloRejected

TEXT_MAX = 2000
BUTTONS_MAX = 5
TITLE_MAX = 100
SUBTITLE_MAX = 500
QUERY_MAX = 1000
SMS_MAX = 160
ELEMENTS_MAX = 5
URL_MAX = 2000
TRACKING_MAX = 48

_PHONE = re.compile(r"\+?[0-9]{3,15}")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, and half an emoji
_SEPARATORS = re.compile(r"[\s.\-()]")


def refuse(field: str, sentence: str) -> NoReturn:
    """Raise ZaloRejected with `details` mapping the field to its sentence."""
    raise ZaloRejected(f"Tin chưa gửi được: {sentence}", details={field: [sentence]})


def text_of(field: str, value: object, longest: int, *, required: bool = True) -> str:
    """The text in NFC, within `longest` characters and fit for JSON; refused otherwise."""
    if not isinstance(value, str):
        refuse(field, "Mục này phải là chữ. Xin nhập lại.")
    text = unicodedata.normalize("NFC", value)
    if required and not text.strip():
        refuse(field, "Mục này đang trống. Xin điền nội dung.")
    if len(text) > longest:
        refuse(field, f"Mục này dài {len(text)} ký tự, tối đa {longest}. Xin rút gọn.")
    if _UNFIT.search(text):
        refuse(field, "Mục này có ký tự điều khiển. Xin nhập lại bằng chữ thường.")
    return text


def url_of(field: str, value: object, *, secure: bool = False) -> str:
    """An absolute http(s) address; only https where `secure`."""
    text = text_of(field, value, URL_MAX)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ({"https"} if secure else {"http", "https"}) and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or any(char.isspace() for char in text):
        scheme = "https://" if secure else "https:// hoặc http://"
        refuse(field, f"Địa chỉ phải bắt đầu bằng {scheme}. Xin sửa địa chỉ.")
    return text


def dialled_of(field: str, value: object) -> str:
    """A number to dial, hotlines and landlines included: digits only, a leading 0 written as 84."""
    text = _SEPARATORS.sub("", value) if isinstance(value, str) else ""
    if not _PHONE.fullmatch(text):
        refuse(field, "Số điện thoại chưa đúng. Xin nhập từ 3 đến 15 chữ số.")
    digits = text.removeprefix("+")
    return "84" + digits[1:] if digits.startswith("0") else digits


def count_of(field: str, value: Sized, most: int, *, least: int = 0) -> None:
    if not least <= len(value) <= most:
        refuse(field, f"Mục này có {len(value)} phần, cho phép từ {least} đến {most}. Xin bớt hoặc thêm.")


def page_of(offset: int, count: int, most: int, *, names: tuple[str, str] = ("offset", "count")) -> dict:
    """Where a page starts and how many it has, at most `most`, under the names the endpoint gives them."""
    if offset < 0:
        refuse(names[0], "Vị trí bắt đầu phải từ 0 trở lên. Xin sửa lại.")
    if count < 1:
        refuse(names[1], "Số dòng cần lấy phải từ 1 trở lên. Xin sửa lại.")
    return {names[0]: offset, names[1]: min(count, most)}


def tracking_of(value: object) -> str:
    """A tracking id: at most 48 characters, no line breaks."""
    text = text_of("tracking_id", value, TRACKING_MAX)
    if not text.isprintable():
        refuse("tracking_id", "Mã theo dõi không được xuống dòng. Xin viết liền một dòng.")
    return text


def id_of(field: str, value: object) -> str:
    """An identifier given by Zalo: printable, without blanks, at most 512 characters (upload tokens)."""
    if not isinstance(value, str) or not 0 < len(value) <= 512 or not value.isprintable() or " " in value:
        refuse(field, "Mã này chưa đúng. Xin kiểm tra lại mã do Zalo cấp.")
    return value
