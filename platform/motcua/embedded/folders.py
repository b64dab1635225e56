"""The data folder `var/`: what lies where, who owns it, and where its sockets fit."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from motcua.embedded.problems import VarNotWritable, problem_from_os_error

# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class VarFolder:
    """`root` is absolute; use `VarFolder.at`."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "VarFolder":
        return cls(Path(path).expanduser().resolve())

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def owner(self) -> tuple[int, int]:
        """(uid, gid) of `root`. What root makes inside is theirs, so that they can go on without root."""
        status = self.root.stat()
        return status.st_uid, status.st_gid

    def data(self, server: str) -> Path:
        return self.root / server

    def prepare(self) -> None:
        """Make root, run and log. Raises VarNotWritable or DiskFull."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            make_folder(self.run, 0o711, self.owner)
            make_folder(self.log, 0o700, self.owner)
        except OSError as error:
            raise problem_from_os_error(error, self.root) from error
        if not os.access(self.run, os.W_OK | os.X_OK):
            raise VarNotWritable(self.root)

    def fits_sockets(self, place: Path) -> bool:
        """Whether the sockets' paths in `place/s` stay below the system's limit."""
        return len(os.fsencode(place)) + len("/s") + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH

    @property
    def short_path(self) -> Path:
        """Our place in the system's temporary folder: for a `root` too deep, or closed to the servers' uid."""
        name = f"motcua-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"
        base = Path(tempfile.gettempdir())
        if len(os.fsencode(base)) > LONGEST_SOCKET_PATH - LONGEST_SOCKET_NAME - len(name) - len("/s"):
            base = Path("/tmp")  # noqa: S108 - the name is checked for its owner just below
        return base / name

    def short_folder(self) -> Path:
        """`short_path`, made and certainly ours. Raises VarNotWritable."""
        folder = self.short_path
        folder.mkdir(mode=0o711, exist_ok=True)
        # lstat: nobody may have laid a link or a folder of theirs in our place.
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != os.geteuid():
            raise VarNotWritable(folder)
        folder.chmod(0o711)
        return folder


def make_folder(path: Path, mode: int, owner: tuple[int, int]) -> None:
    """Make `path` if missing; as root hand a new one to `owner` (uid, gid). Raises OSError."""
    if path.is_dir():
        return
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        if path.is_dir():  # another process was quicker, and hands it over
            return
        raise
    path.chmod(mode)
    hand_over(path, owner)


def hand_over(path: Path, owner: tuple[int, int]) -> None:
    """As root, give `path` and all below it to `owner`; does nothing for an ordinary user."""
    if os.geteuid() != 0:
        return
    for folder, _, files in os.walk(path):
        for place in (Path(folder), *(Path(folder, file) for file in files)):
            status = place.lstat()
            if (status.st_uid, status.st_gid) != owner:
                os.chown(place, *owner, follow_symlinks=False)


def copy_once(sources: Sequence[Path], base: Path, into: Path) -> Path:
    """Copy `sources` (all below `base`) to the same places below a folder of `into`; returns that folder.

    A copy that is already there and was made of the same files is used again.
    """
    stamp = hashlib.sha256()
    for source in sources:
        stamp.update(f"{source} {source.stat().st_mtime_ns}\n".encode())
    target = into / stamp.hexdigest()[:12]
    if target.is_dir():
        return target
    staging = into / f"{target.name}.{os.getpid()}"
    for source in sources:
        place = staging / source.relative_to(base)
        if source.is_dir():
            shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    for folder, _, files in os.walk(staging):
        Path(folder).chmod(0o755)
        for file in files:
            (Path(folder) / file).chmod(0o755)
    staging.rename(target)
    return target
