"""Log files that a child writes and that stay small."""

import contextlib
import os
from pathlib import Path

LIMIT_BYTES = 5_000_000
TAIL_BYTES = 4_000


class BoundedLog:
    """One log of at most about `limit_bytes`, plus its predecessor `<name>.1`."""

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES):
        self.path, self.limit_bytes = path, limit_bytes

    def open_for_child(self, owner: tuple[int, int] | None = None) -> int:
        """An appending descriptor to use as a child's stdout and stderr; the caller closes it."""
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if owner and os.geteuid() == 0:
            os.fchown(fd, *owner)
        return fd

    def size(self) -> int:
        """Bytes written so far; where `tail` may begin."""
        return self.path.stat().st_size if self.path.exists() else 0

    def tail(self, since: int = 0, limit_bytes: int = TAIL_BYTES) -> str:
        """The last whole lines, at most `limit_bytes`, of what was written after byte `since`."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            since = since if since <= size else 0
            start = max(since, size - limit_bytes)
            file.seek(start)
            text = file.read().decode("utf-8", "replace")
        return text if start == since else text.partition("\n")[2]

    def trim(self) -> None:
        """Move an oversized log's end to `<name>.1` and empty it in place.

        In place, because the child keeps its descriptor; it appends, so it goes on at the new end.
        """
        if self.size() <= self.limit_bytes:
            return
        older = self.path.with_name(self.path.name + ".1")
        with contextlib.suppress(OSError):  # on a full disk the room matters more
            older.write_text(self.tail(limit_bytes=self.limit_bytes), encoding="utf-8")
            older.chmod(0o600)
        os.truncate(self.path, 0)
