"""What makes a run in which anything died a good one: every message once, and our word of it true."""

from collections import Counter

import pytest

from tests.bench.chaos.counting import WRONG, count
from tests.bench.plan import BENCHMARKS

HELD = {"held": 9, "held_uncertain": 9, "held_settled": 9}
GOOD = {0: "sent", 1: "delivered", 2: "seen"}


def counted(sends=3, told=GOOD, taken=(0, 1, 2), accepted=None) -> dict[str, int]:
    """Only what is not 0."""
    seen = Counter(taken)
    found = count(sends, told, seen, len(taken) if accepted is None else accepted)
    return {name: figure for name, figure in found.items() if figure}


def test_every_message_taken_once_and_told_so_is_right():
    assert counted() == {}


@pytest.mark.parametrize(
    ("told", "taken", "wrong"),
    [
        (GOOD, (0, 1), {"lost": 1}),
        ({0: "sent", 1: "sent"}, (0, 1), {"lost": 1}),
        (GOOD, (0, 1, 1, 1, 2), {"doubled": 2}),
        (GOOD | {2: "failed"}, (0, 1), {"refused": 1}),
        (GOOD | {2: "expired"}, (0, 1), {"refused": 1}),
        (GOOD | {2: "failed"}, (0, 1, 2), {"wronged": 1}),
        ({0: "sent", 1: "sent"}, (0, 1, 2), {"wronged": 1}),
        (GOOD | {2: "uncertain"}, (0, 1), {"unresolved": 1}),
        (GOOD | {2: "queued"}, (0, 1), {"open": 1}),
        (GOOD | {1: "queued", 2: "sending"}, (0,), {"open": 2}),
    ],
)
def test_each_fault_has_a_figure_of_its_own(told, taken, wrong):
    assert counted(told=told, taken=taken) == wrong


@pytest.mark.parametrize("accepted", [2, 4])
def test_zalo_counting_other_than_the_phones_show_is_a_fault(accepted):
    assert counted(accepted=accepted) == {"unread": 1}


@pytest.mark.parametrize("name", ["chaos", "hosts"])
@pytest.mark.parametrize("wrong", WRONG)
def test_one_such_figure_fails_the_run(name, wrong):
    good = dict.fromkeys(WRONG, 0) | HELD

    assert BENCHMARKS[name].holds({"a": good, "b": good})
    assert not BENCHMARKS[name].holds({"a": good, "b": good | {wrong: 1}})


def test_a_stuck_engine_is_no_success():
    stuck = count(1_000, dict.fromkeys(range(1_000), "queued"), {}, 0)

    assert not BENCHMARKS["chaos"].holds({"seed 7": stuck})


def test_a_row_without_its_figures_is_no_success():
    assert not BENCHMARKS["chaos"].holds({"seed 7": {"failed": "TimeoutError: still not: web answers"}})


def test_what_this_machine_cannot_do_is_no_failure():
    assert BENCHMARKS["hosts"].holds({"not measured": {"why": "No network namespaces here."}})


@pytest.mark.parametrize(
    "nothing_shown",
    [{"held": 0, "held_uncertain": 0, "held_settled": 0}, {"held_uncertain": 0}, {"held_settled": 8}],
)
def test_a_host_cut_off_with_nothing_in_its_hands_shows_nothing(nothing_shown):
    row = dict.fromkeys(WRONG, 0) | HELD | nothing_shown

    assert not BENCHMARKS["hosts"].holds({"one of two cut off": row})
