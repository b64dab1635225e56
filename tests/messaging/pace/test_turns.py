"""The turns of one tenant: what comes back while a turn ends is not forgotten."""

import sys
import threading

import pytest

from motcua.core.fair_ring import Settled
from motcua.messaging.pace.turns import OneTenant


@pytest.fixture
def hasty_threads():
    """They give way to one another after nearly every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_a_tenant_whose_message_comes_back_as_its_turn_ends_still_has_work(hasty_threads):
    many = [OneTenant("binh-thuan", "urgent") for _ in range(20_000)]
    together = threading.Barrier(2)

    def wake() -> None:
        for turns in many:
            together.wait()
            turns.again("urgent", ["binh-thuan"])

    waking = threading.Thread(target=wake)
    waking.start()
    for turns in many:
        [turn] = turns.next(1, 16)
        together.wait()
        turns.settle([Settled(turn, 1, leaves=True)])
    waking.join()

    assert all(turns.next(1, 16) for turns in many)
