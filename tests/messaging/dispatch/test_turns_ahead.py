"""Whose turn is next is asked while a claim for many is written; nobody pays for a turn that is not used."""

import pytest

from motcua.core import background_loop, queue
from motcua.core.database import db, tenant_scope
from motcua.messaging.dispatch import claiming, serving
from motcua.messaging.dispatch.claiming import Claim, Claimer
from motcua.messaging.outbox import owe
from motcua.messaging.pace.turns import SharedRing
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen

MANY, WANT = 100, 32


@pytest.fixture
def claimer(two_provinces, lan) -> Claimer:
    for slug in ("binh-thuan", "da-nang"):
        with tenant_scope(slug):
            for number in range(MANY):
                citizen = make_citizen(f"7100000000000000{number:03d}")
                owe(
                    citizen,
                    "dossier_accepted",
                    dedupe_key=str(number),
                    consultation=TextMessage(f"Tin {number}"),
                )
            db.session.commit()
    return Claimer(serving.means(), SharedRing(queue.LANES))


def claim(claimer: Claimer, want: int) -> Claim | None:
    return background_loop.run(claimer.claim(want, busy=False))


def charged() -> float:
    """What the provinces have had of the ring, by its own account."""
    return sum(float(one) for one in queue.connection().hvals("motcua:{ring}:urgent:spent"))


def test_the_next_claim_begins_with_the_turns_that_were_asked_for(claimer):
    claim(claimer, WANT)
    asked = claimer._coming

    second = claim(claimer, WANT)

    assert asked is not None
    assert second.claimed


def test_turns_that_nobody_uses_are_given_back(claimer):
    found = claim(claimer, WANT)
    asked = claimer._coming
    background_loop.run(claimer.let_go())

    assert asked is not None
    assert charged() == len(found.claimed)


def test_turns_that_waited_for_long_are_given_back_and_asked_for_anew(claimer, monkeypatch):
    monkeypatch.setattr(claiming, "STALE_AFTER_S", 0.0)
    found = [claim(claimer, WANT) for _ in range(2)]
    background_loop.run(claimer.let_go())

    assert charged() == sum(len(one.claimed) for one in found)
