"""The few files browsers get, each under an address that changes with its content, packed once a process."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from motcua.core.errors import Misconfigured, NotFound

FOLDER = Path(__file__).resolve().parent
PACKAGES = FOLDER / "node_modules"
OWN = FOLDER.parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
ICONS = (
    "adjustments", "alert-triangle", "api", "bell-ringing", "book-2", "brand-hipchat", "building", "building-bank",
    "calendar-event", "calendar-time", "chart-bar", "checklist", "chevron-down", "chevron-right", "circle-check",
    "clipboard-list", "clipboard-plus", "database-export", "device-mobile-message", "dots", "eye", "file-import",
    "files", "flag", "headset", "help-circle", "history", "home", "info-circle", "key", "language", "list-details",
    "logout", "mail-exclamation", "menu-2", "message-2", "message-report", "messages", "moon", "notebook", "pencil",
    "phone", "plug-connected", "plus", "printer", "report-analytics", "search", "send", "settings", "shield-check",
    "shield-lock", "speakerphone", "sun", "table", "trash", "user", "user-shield", "users", "x",
)  # fmt: skip


def _icons(sprite: bytes) -> bytes:
    """The named symbols out of the whole set of two megabytes, their ids without its prefix."""
    text = sprite.decode("utf-8")
    symbols = []
    for name in ICONS:
        found = re.search(rf'<symbol id="tabler-{re.escape(name)}".*?</symbol>', text, re.DOTALL)
        if found is None:
            raise Misconfigured(f"Bộ biểu tượng không có “{name}”. Xin chạy `make assets` rồi khởi động lại.")
        symbols.append(found.group().replace(f'id="tabler-{name}"', f'id="{name}"', 1))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


@dataclass(frozen=True)
class Source:
    """Where a served file comes from: a path of a package, or of our own folder of static files."""

    path: Path
    package: str | None = None
    made: Callable[[bytes], bytes] | None = None

    @property
    def version(self) -> str:
        if self.package is None:
            return "own"
        return json.loads((PACKAGES / self.package / "package.json").read_text("utf-8"))["version"]


def _of(package: str, path: str, made: Callable[[bytes], bytes] | None = None) -> Source:
    return Source(PACKAGES / package / path, package, made)


SOURCES = {
    "tabler.css": _of("@tabler/core", "dist/css/tabler.min.css"),
    "icons.svg": _of("@tabler/icons-sprite", "dist/tabler-sprite.svg", _icons),
    "echarts.js": _of("echarts", "dist/echarts.min.js"),
    "htmx.js": _of("htmx.org", "dist/htmx.min.js"),
    "shell.css": Source(OWN / "shell.css"),
    "console.css": Source(OWN / "console.css"),
    "public.css": Source(OWN / "public.css"),
    "shell.js": Source(OWN / "shell.js"),
    "theme.js": Source(OWN / "theme.js"),
}


@dataclass(frozen=True)
class Asset:
    """`mark` is the package's version and a digest of the content: it may be kept for ever."""

    name: str
    mark: str
    content_type: str
    content: bytes
    packed: bytes  # gzip


def check() -> None:
    """Raises Misconfigured when a file of the list is not there."""
    missing = sorted(name for name, source in SOURCES.items() if not source.path.is_file())
    if missing:
        raise Misconfigured(
            f"Chưa có các tệp giao diện ({', '.join(missing)}). Xin chạy `make assets` trong thư mục của mã nguồn "
            "rồi khởi động lại."
        )


@cache
def asset(name: str) -> Asset:
    """The file of this name. Raises NotFound for one that is not on the list."""
    source = SOURCES.get(name)
    if source is None:
        raise NotFound
    content = source.path.read_bytes()
    if source.made:
        content = source.made(content)
    mark = f"{source.version}-{hashlib.sha256(content).hexdigest()[:10]}"
    return Asset(name, mark, TYPES[Path(name).suffix], content, gzip.compress(content, 9, mtime=0))
