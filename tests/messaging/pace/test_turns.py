"""The turns of one tenant: what comes back while a turn ends is not forgotten."""

import threading
from dataclasses import replace

from motcua.core.fair_ring import Settled
from motcua.messaging.pace.turns import OneTenant


class Counted(int):
    """A number that, each time it has been compared, lets another thread go on for a moment."""

    def __new__(cls, value: int, meanwhile):
        made = super().__new__(cls, value)
        made.meanwhile = meanwhile
        return made

    def __eq__(self, other: object) -> bool:
        is_same = int(self) == other
        self.meanwhile.start()
        self.meanwhile.join(0.2)
        return is_same

    __hash__ = int.__hash__


def test_a_tenant_whose_message_comes_back_as_its_turn_ends_still_has_work():
    turns = OneTenant("binh-thuan", "urgent")
    [turn] = turns.next(1, 16)
    waking = threading.Thread(target=turns.again, args=("urgent", ["binh-thuan"]))

    turns.settle([Settled(replace(turn, woken=Counted(turn.woken, waking)), 1, leaves=True)])
    waking.join()

    assert turns.next(1, 16)
