"""What the keeper needs to know of a server; `postgres` and `valkey` say it for theirs."""

import contextlib
import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from motcua.embedded.folders import VarFolder, hand_over
from motcua.embedded.identity import Identity
from motcua.embedded.problems import VarNotWritable, problem_from_os_error

PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


def server_environment() -> dict[str, str]:
    """Little on purpose: PG* variables would change the server, and our secrets are none of its business."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}


@dataclass
class Server(ABC):
    """One server on `folder`, its socket in `sockets`, run as `identity`."""

    folder: VarFolder
    sockets: Path
    identity: Identity
    name: str = field(init=False)
    title: str = field(init=False)
    data_name: str = field(init=False)
    # Signals for an orderly end, each with the seconds it gets; SIGKILL follows.
    stop_steps: tuple = field(init=False)

    @property
    def data(self) -> Path:
        return self.folder.data(self.data_name)

    @property
    def death_signal(self) -> signal.Signals:
        """What the kernel sends when the keeper is killed: the first, orderly one."""
        return self.stop_steps[0][0]

    @abstractmethod
    def prepare(self, lock_fd: int) -> None:
        """Make the data folder ready. Children hold `lock_fd`. Raises EmbeddedProblem."""

    @abstractmethod
    def arguments(self, data: str) -> list[str | Path]:
        """The command; `data` is how the server may call its data folder."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves."""

    def claim(self, path: Path) -> None:
        """Make `path`, private to the servers' identity. Raises VarNotWritable, DiskFull."""
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            hand_over(path, self.identity.owner)
            if path.stat().st_mode & 0o077:
                path.chmod(0o700)
        except OSError as error:
            raise problem_from_os_error(error, self.folder.root) from error
        self.require_own(path)

    def require_own(self, path: Path) -> None:
        """Raises VarNotWritable when an existing `path` belongs to another account than the servers'."""
        if path.exists() and path.stat().st_uid != self.identity.uid:
            raise VarNotWritable(self.folder.root)

    @contextlib.contextmanager
    def view(self, path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A name by which the servers can open `path`, and the descriptors to pass on for it.

        When a folder above is closed to their identity, they go in through a descriptor that we opened.
        """
        if self.identity.reaches(path):
            yield str(path), ()
            return
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield f"/proc/self/fd/{fd}", (fd,)
        finally:
            os.close(fd)
