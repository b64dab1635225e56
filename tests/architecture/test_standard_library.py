"""`platform/` is a folder of sources and must never hide the standard library's module of that name."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_import_platform_is_the_standard_librarys():
    code = "import platform, sysconfig; print(platform.__file__); print(sysconfig.get_paths()['stdlib'])"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    module, stdlib = ran.stdout.split()
    assert Path(module).parent == Path(stdlib)


def test_the_source_root_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


@pytest.mark.parametrize(
    "command",
    [["worker.py", "--help"], ["-m", "pytest", "--version"], ["-m", "gunicorn.app.wsgiapp", "--version"]],
    ids=["worker", "pytest", "gunicorn"],
)
def test_the_usual_commands_start_from_the_repository_root(command):
    ran = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
