"""A machine that lets nobody have networks of one's own: nothing is measured, and the reason is told."""

import sys

import pytest

from tests.bench import plan
from tests.bench.hosts import network
from tests.bench.hosts.network import NoNamespaces

REFUSES_CABLES = """#!/bin/sh
case "$*" in
*veth*) echo "RTNETLINK answers: Operation not supported" >&2; exit 2;;
esac
"""


@pytest.fixture
def without_cables(tmp_path, monkeypatch):
    """An `ip` for which the kernel has no veth, and an `unshare` that stays in our namespaces."""
    for name, text in (
        ("ip", REFUSES_CABLES),
        ("unshare", '#!/bin/sh\nwhile case "$1" in -*) true;; *) false;; esac; do shift; done\nexec "$@"\n'),
    ):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
        monkeypatch.setattr(network, name.upper(), str(tmp_path / name))


def test_refused_cables_are_told_before_anything_is_started(without_cables, tmp_path):
    with pytest.raises(NoNamespaces, match=r"veth.*Operation not supported"):
        network.inside([sys.executable, "-c", f"open({str(tmp_path / 'began')!r}, 'w')"], 10)

    assert not (tmp_path / "began").exists()


def test_the_row_says_why_it_was_not_measured_and_that_is_no_failure(without_cables):
    figures = plan.hosts(None, True)

    assert "Operation not supported" in figures["not measured"]["why"]
    assert plan.BENCHMARKS["hosts"].holds(figures)


def test_a_machine_without_the_programs_is_told_so_too(monkeypatch):
    monkeypatch.setattr(network, "UNSHARE", "/nowhere/unshare")

    with pytest.raises(NoNamespaces, match="iproute2"):
        network.inside(["true"], 10)
