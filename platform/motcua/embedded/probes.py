"""Does a server answer? Asked over its unix socket in its own protocol, without a client library.

A plain connect proves nothing: PostgreSQL accepts connections while it still recovers.
"""

import socket
import struct
from pathlib import Path

PROTOCOL_3_0 = 196608
TOO_MANY_CONNECTIONS = b"C53300"
PATIENCE_S = 2.0


def postgres_answers(socket_path: Path, user: str) -> bool:
    """Whether PostgreSQL lets `user` into the database `postgres`, or would if it had a place left."""
    pairs = ("user", user, "database", "postgres", "application_name", "motcua keeper")
    parameters = b"".join(text.encode() + b"\0" for text in pairs) + b"\0"
    hello = struct.pack("!ii", len(parameters) + 8, PROTOCOL_3_0) + parameters
    answer = _ask(socket_path, hello, goodbye=b"X\0\0\0\4")
    return answer.startswith(b"R") or TOO_MANY_CONNECTIONS in answer.split(b"\0")


def redis_answers(socket_path: Path) -> bool:
    """Whether the server answers PING; one that still loads its data does not."""
    return _ask(socket_path, b"PING\r\n", goodbye=b"").startswith(b"+PONG")


def _ask(socket_path: Path, question: bytes, *, goodbye: bytes) -> bytes:
    """The first answer, or b"" when there is none within PATIENCE_S."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(PATIENCE_S)
        try:
            door.connect(str(socket_path))
            door.sendall(question)
            answer = door.recv(4096)
            door.sendall(goodbye)
        except OSError:
            return b""
    return answer
