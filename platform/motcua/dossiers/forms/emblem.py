"""A province's emblem: `emblem.svg` or `emblem.png` in its folder; else its two letters stand in its place."""

from functools import lru_cache
from pathlib import Path

from flask import current_app

from motcua.core import scope

LARGEST = 300_000  # bytes; it is on every paper
PNG = b"\x89PNG\r\n\x1a\n"


def emblem() -> dict | None:
    """{"format": "svg", "text"} or {"format": "png", "bytes": [int]}; None where there is none, or no picture."""
    folder = current_app.config["SETTINGS"].home / "tenants" / scope.required()
    for name in ("emblem.svg", "emblem.png"):
        file = folder / name
        if file.is_file():
            return _read(file, file.stat().st_mtime_ns)
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
