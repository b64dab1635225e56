"""A province's emblem: `emblem.svg` or `emblem.png` in its folder; else its two letters stand in its place."""

import base64
from functools import lru_cache
from pathlib import Path

from flask import current_app

from motcua.core import scope

LARGEST = 300_000  # bytes; it is on every paper
LARGEST_ON_PAGES = 30_000  # bytes; it is inside every page of the staff's
PNG = b"\x89PNG\r\n\x1a\n"


def emblem() -> dict | None:
    """{"format": "svg", "text"} or {"format": "png", "bytes": [int]}; None where there is none, or no picture."""
    found = _file()
    return _read(*found) if found else None


def address() -> str | None:
    """The emblem inside an address (data:), for a page's `img`; None where there is none, or one too large for that."""
    found = _file()
    return _address(*found) if found else None


def _file() -> tuple[Path, int] | None:
    folder = current_app.config["SETTINGS"].home / "tenants" / scope.required()
    for name in ("emblem.svg", "emblem.png"):
        file = folder / name
        if file.is_file():
            return file, file.stat().st_mtime_ns
    return None


@lru_cache(maxsize=64)
def _read(file: Path, changed_ns: int) -> dict | None:
    raw = file.read_bytes()
    if len(raw) > LARGEST:
        return None
    if raw.startswith(PNG):
        return {"format": "png", "bytes": list(raw)}
    if b"<svg" in raw[:2000]:
        return {"format": "svg", "text": raw.decode("utf-8-sig")}
    return None


@lru_cache(maxsize=64)
def _address(file: Path, changed_ns: int) -> str | None:
    found = _read(file, changed_ns)
    if found is None or file.stat().st_size > LARGEST_ON_PAGES:
        return None
    kind, raw = (
        ("png", bytes(found["bytes"])) if found["format"] == "png" else ("svg+xml", found["text"].encode())
    )
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode()}"
