"""`var/run/keeper.json`: how a keeper's servers are, written by the keeper, read by everyone."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from motcua.embedded.folders import VarFolder
from motcua.embedded.problems import EmbeddedProblem, restore_problem

SERVERS = ("postgres", "redis")


@dataclass
class ServerState:
    """`status`: idle, starting, ready, waiting (for its next start), stopped. `pid` is 0 while down."""

    status: str = "idle"
    pid: int = 0
    problem: dict | None = None

    def tell(self, problem: EmbeddedProblem | None) -> None:
        self.problem = problem and {"code": problem.code, "details": problem.details}

    def raise_problem(self) -> None:
        if self.problem:
            raise restore_problem(self.problem["code"], self.problem["details"])


@dataclass
class KeeperState:
    """`sockets` is the folder of both sockets."""

    pid: int = 0
    sockets: str = ""
    servers: dict[str, ServerState] = field(default_factory=lambda: {name: ServerState() for name in SERVERS})
    # What stopped the keeper before it had any server.
    own: ServerState = field(default_factory=ServerState)

    def write(self, folder: VarFolder) -> None:
        path = _path(folder)
        staging = path.with_suffix(".new")
        staging.write_text(json.dumps(asdict(self)), encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(staging, *folder.owner)
        staging.replace(path)

    @classmethod
    def read(cls, folder: VarFolder) -> "KeeperState":
        """The last state written, an empty one when there is none (or its writer was another version)."""
        try:
            known = json.loads(_path(folder).read_text(encoding="utf-8"))
            servers = {name: ServerState(**one) for name, one in known.pop("servers").items()}
            return cls(servers=servers, own=ServerState(**known.pop("own")), **known)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()


def wish_file(folder: VarFolder, server: str) -> Path:
    """Exists from the moment a consumer wants `server` started (or tried anew) until the keeper saw it."""
    return folder.run / f"want.{server}"


def _path(folder: VarFolder) -> Path:
    return folder.run / "keeper.json"
