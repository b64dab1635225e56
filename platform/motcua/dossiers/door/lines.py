"""A body of one JSON object a line (NDJSON), however long: kept on disk, read line by line.

The whole body is taken off the wire before the first line is worked on. A client that sends all before it
reads would otherwise wait for us to read while we wait for it to read; and a body that is too large, or whose
sender went away, is refused with nothing done.
"""

import tempfile
from collections.abc import Iterator
from typing import IO, NamedTuple

from werkzeug.exceptions import ClientDisconnected

from motcua.core.errors import MotcuaError

MOST_BYTES = 64 * 1024 * 1024
MOST_LINES = 10_000
LONGEST_LINE = 256 * 1024
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024


class TooMuch(MotcuaError):
    """The request is refused as a whole; nothing was stored."""

    code, status = "too_much", 413


class RawLine(NamedTuple):
    """`number` counts from 1, empty lines too; `content` None: the line was longer than LONGEST_LINE."""

    number: int
    content: bytes | None


def keep(stream: IO[bytes], most_lines: int = MOST_LINES) -> IO[bytes]:
    """The whole body in a nameless file that is gone when closed. Raises TooMuch."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed by who reads it)
    size = count = 0
    last = b"\n"
    try:
        while piece := _piece(stream):
            size += len(piece)
            count += piece.count(b"\n")
            last = piece[-1:]
            if size > MOST_BYTES:
                raise TooMuch("Nội dung gửi lên quá 64 MB. Xin chia thành nhiều lần gửi.")
            if count + (last != b"\n") > most_lines:
                raise TooMuch(f"Gửi quá {most_lines} dòng một lần. Xin chia thành nhiều lần gửi.")
            file.write(piece)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def size(file: IO[bytes]) -> int:
    """Bytes in a file just kept; its place is the beginning again."""
    at = file.seek(0, 2)
    file.seek(0)
    return at


def _piece(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(PIECE)
    except ClientDisconnected as error:
        raise TooMuch(
            "Nội dung gửi lên bị cắt giữa chừng. Xin gửi lại; những dòng đã nhận sẽ không bị tính hai lần."
        ) from error


def read(file: IO[bytes]) -> Iterator[RawLine]:
    """The lines that are not blank."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(PIECE)
            yield RawLine(number, None)
        elif line.strip():
            yield RawLine(number, line)
