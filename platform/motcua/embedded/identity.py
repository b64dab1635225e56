"""Under whom the servers run: PostgreSQL refuses root, and nobody should need root."""

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from motcua.embedded import processes
from motcua.embedded.folders import VarFolder, copy_once

NOBODY = 65534
ROOT_WAY_VARIABLE = "MOTCUA_EMBEDDED_ROOT"


@dataclass(frozen=True)
class Identity:
    """`direct`: as we are. `namespace`: root's files, seen as uid 1000. `user`: a real change to uid and gid.

    uid and gid own the servers' files.
    """

    way: Literal["direct", "namespace", "user"]
    uid: int
    gid: int

    @property
    def owner(self) -> tuple[int, int]:
        return self.uid, self.gid

    def popen_options(self) -> dict:
        """Keyword arguments for `processes.spawn`."""
        if self.way == "user":
            return {"identity": {"user": self.uid, "group": self.gid, "extra_groups": []}}
        if self.way == "namespace":
            return {"become": processes.enter_user_namespace}
        return {}

    def reaches(self, path: Path, access: int = os.R_OK | os.X_OK) -> bool:
        """Whether the servers can read and enter (or run) `path`, every folder above it included."""
        if self.way == "direct":
            return os.access(path, access)

        def look() -> bool:
            if self.way == "namespace":
                processes.enter_user_namespace()
            else:
                os.setgroups([])
                os.setgid(self.gid)
                os.setuid(self.uid)
            return os.access(path, access)

        return _in_a_fork(look)


def choose_identity(folder: VarFolder) -> Identity:
    """Who runs the servers of this folder.

    As root: the account that owns the data (or the folder), when that is not root, so that it can go on
    without root; else a user namespace, which needs no second account; else uid 65534.
    MOTCUA_EMBEDDED_ROOT=user leaves out the namespace.
    """
    if os.geteuid() != 0:
        return Identity("direct", os.geteuid(), os.getegid())
    made = (folder.data("postgres"), folder.data("valkey"), folder.root)
    status = next(place for place in made if place.is_dir()).stat()
    if status.st_uid != 0:
        return Identity("user", status.st_uid, status.st_gid)
    if os.environ.get(ROOT_WAY_VARIABLE) != "user" and _in_a_fork(_namespace_works):
        return Identity("namespace", 0, os.getegid())
    return Identity("user", NOBODY, NOBODY)


def within_reach(
    identity: Identity, folder: VarFolder, program: Path, sources: Sequence[Path], base: Path
) -> Path:
    """`program`, or its copy in a place the servers' identity can enter.

    `sources` is what the program needs, itself included, all of it below `base`.
    """
    if identity.reaches(program):
        return program
    place = (folder.run if identity.reaches(folder.run, os.X_OK) else folder.short_folder()) / "bin"
    place.mkdir(mode=0o755, exist_ok=True)
    place.chmod(0o755)
    return copy_once(sources, base, place) / program.relative_to(base)


def _namespace_works() -> bool:
    processes.enter_user_namespace()
    return os.geteuid() == processes.INSIDE_UID


def _in_a_fork(question: Callable[[], bool]) -> bool:
    """Answer `question` in a throw-away child; an OSError there means no. Single-threaded callers only."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if child == 0:
        answer = False
        try:
            with contextlib.suppress(OSError):
                answer = question()
        finally:
            os._exit(0 if answer else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
