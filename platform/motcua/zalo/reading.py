"""Reading what Zalo sends: numbers as text or number, times in milliseconds, JSON nobody can vouch for."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_DEPTH = 64
MAX_EVENT_BYTES = 1024 * 1024
# Zalo's longest real events have a few thousand of either; more is only there to keep us busy.
MAX_EVENT_PARTS = 20_000
MAX_EVENT_ESCAPES = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_NUMBER = 40
_LARGEST_NUMBER = 2**63
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def read_event(raw: bytes) -> Any:
    """As `read_json`, for bytes from anybody: ValueError also for what is large or made to be slow."""
    if len(raw) > MAX_EVENT_BYTES:
        raise ValueError("too large")
    parts = raw.count(b",") + raw.count(b"[") + raw.count(b"{")
    if parts > MAX_EVENT_PARTS or raw.count(b"\\") > MAX_EVENT_ESCAPES:
        raise ValueError("too many parts")
    return read_json(raw)


def read_json(raw: bytes) -> Any:
    """The value of strict UTF-8 JSON. Raises ValueError for everything else, and for deep nesting."""
    text = raw.decode("utf-8")
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    return value


def _refuse(name: str):
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def _check_depth(value: Any) -> None:
    # The standard reader's own limit depends on how deep the caller already is; ours must not.
    level = [value]
    for _ in range(MAX_DEPTH):
        following: list = []
        for node in level:
            children = node.values() if type(node) is dict else node
            following += [child for child in children if type(child) is dict or type(child) is list]
        if not following:
            return
        level = following
    raise ValueError("nested too deeply")


def as_text(value: Any) -> str | None:
    """Text that a database and a log can hold: numbers as their digits, broken emoji replaced, no NUL."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def clean(text: str) -> str:
    if not text.isascii():
        text = _HALF_PAIR.sub("\ufffd", text)  # half an emoji, where a long text was cut
    return text.replace("\x00", "")


def as_id(value: Any, longest: int = 128) -> str | None:
    """An identifier as text, whether it came as text or as a number; None when it cannot be one."""
    text = as_text(value)
    text = text.strip() if text is not None else ""
    return text if 0 < len(text) <= longest and text.isprintable() else None


def as_int(value: Any) -> int | None:
    """A whole number of 64 bits, given as number or text."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < _LARGEST_NUMBER else None
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        digits = value.strip()
        unsigned = digits[1:] if digits[:1] in ("-", "+") else digits
        if unsigned.isascii() and unsigned.isdigit():
            return as_int(int(digits))
    return None


def as_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "false": False, "0": False}
    return known.get(str(value).lower()) if isinstance(value, str | int) else None


def as_time(value: Any) -> datetime | None:
    """An aware UTC time from epoch milliseconds, given as number or text."""
    milliseconds = as_int(value)
    if milliseconds is None:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def as_mapping(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list:
    return value if isinstance(value, list) else []
