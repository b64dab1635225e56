"""Two hosts on one machine: network namespaces, each joined to ours by a cable that can be pulled.

Needs no root: `inside` starts a program in a user, network and mount namespace of its own, where it is root
of its own network; everything made there is gone when it ends.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from tests import children

IP, NSENTER, UNSHARE = (shutil.which(name) or f"/usr/sbin/{name}" for name in ("ip", "nsenter", "unshare"))

A_CABLE = "link add {cable} type veth peer name {far}"
PROBED_WITHIN_S = 20.0


class NoNamespaces(Exception):
    """This machine lets nobody have a network namespace; the sentence says what would help."""


def inside(argv: list[str], timeout_s: float, **options) -> tuple[int, str, str]:
    """Run `argv` in a network of its own; exit status and, where piped, its words. Raises NoNamespaces."""
    own = [UNSHARE, *([] if os.geteuid() == 0 else ["-Ur"]), "-n", "-m"]
    _require(
        [*own, IP, "link", "set", "lo", "up"],
        "No network namespaces here. Run as root, or allow user namespaces"
        " (sysctl kernel.unprivileged_userns_clone=1), with iproute2 and util-linux installed.",
    )
    _require(
        [*own, IP, *A_CABLE.format(cable="cable", far="far").split()],
        "No virtual cables (veth) between network namespaces here. Have the kernel's module veth loaded"
        " (modprobe veth), and run outside a sandbox that refuses it.",
    )
    _require(
        [*own, UNSHARE, "-n", IP, "link", "set", "lo", "up"],
        "No network namespace inside another here. Run outside a sandbox that refuses it.",
    )
    with children.start([*own, *argv], text=True, **options) as child:
        try:
            said, complained = child.communicate(timeout=timeout_s)
        except BaseException:
            child.terminate()  # not killed: it has servers and workers to end
            raise
    return child.returncode, said, complained


def _require(argv: list[str], without: str) -> None:
    """Raises NoNamespaces with those words, and the system's own behind them, where `argv` fails."""
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=PROBED_WITHIN_S)
    except subprocess.CalledProcessError as error:
        raise NoNamespaces(f"{without} ({error.stderr.strip()})") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoNamespaces(f"{without} ({error})") from error


@dataclass
class Host:
    """A namespace with one cable to ours: our end has `gateway`, its end the address after that."""

    name: str
    number: int

    def __post_init__(self):
        self.gateway, self.address = f"10.77.{self.number}.1", f"10.77.{self.number}.2"
        self.cable = f"cable-{self.name}"
        # Something must live in a namespace for it to be.
        self.holder = children.start([UNSHARE, "-n", "sleep", "infinity"], stdout=DEVNULL, stderr=DEVNULL)
        self._join()

    def _join(self) -> None:
        pid, far = str(self.holder.pid), f"far-{self.name}"
        run(IP, *A_CABLE.format(cable=self.cable, far=far).split())
        ours, theirs = Path("/proc/self/ns/net"), Path(f"/proc/{pid}/ns/net")
        while theirs.readlink() == ours.readlink():
            time.sleep(0.01)  # unshare has not come to it yet
        run(IP, "link", "set", far, "netns", pid)
        run(IP, "addr", "add", f"{self.gateway}/24", "dev", self.cable)
        run(IP, "link", "set", self.cable, "up")
        run(*self.enter(), IP, "link", "set", "lo", "up")
        run(*self.enter(), IP, "addr", "add", f"{self.address}/24", "dev", far)
        run(*self.enter(), IP, "link", "set", far, "up")

    def enter(self) -> list[str]:
        """What to put before a command so that it runs on this host."""
        return [NSENTER, "-t", str(self.holder.pid), "-n", "--"]

    def pull_cable(self) -> None:
        run(IP, "link", "set", self.cable, "down")

    def plug_in(self) -> None:
        run(IP, "link", "set", self.cable, "up")

    def end(self) -> None:
        self.holder.send_signal(signal.SIGKILL)
        self.holder.wait()


def run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
