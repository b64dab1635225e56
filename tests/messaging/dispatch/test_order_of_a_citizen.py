"""Messages to one person leave in the order they were written, whatever keeps an earlier one back for a moment."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core import background_loop, crypto, months, queue
from motcua.core.clock import now
from motcua.core.fair_ring import Turn
from motcua.core.throttle import Grant
from motcua.messaging.channels.rules import Budget, Rules
from motcua.messaging.dispatch import claims, deciding, paying
from motcua.messaging.dispatch.claims import Due
from motcua.messaging.dispatch.deciding import Decision
from motcua.messaging.dispatch.paying import Purse
from motcua.messaging.limits import plans, spending
from motcua.messaging.pace.standing import Account, Standing
from motcua.messaging.pace.traffic import CIRCUIT_OPEN, QUOTA_SPENT, Line

TURN = Turn("binh-thuan", "normal", 16)
MONTH = months.month_at(now())
KINDS = ("consultation", "zbs")
REASONS = ("rate", CIRCUIT_OPEN, QUOTA_SPENT)
TEXT, TEMPLATE = {"text": "Xin chào"}, {"purpose": "dossier_receipt", "data": {}}
CONTENTS = {
    "consultation": json.dumps({"consultation": TEXT}),
    "zbs": json.dumps({"zbs": TEMPLATE}),
    "both": json.dumps({"consultation": TEXT, "zbs": TEMPLATE}),
    "nothing": "{}",
}


def account(number: int, token: str | None = "token", *, is_connected: bool = True) -> Account:
    oa_id = f"oa-{number}"
    line = Line("app", oa_id, "", 100, 100)
    return Account(number, oa_id, {"dossier_receipt": "300000"}, is_connected, token, line)


ACCOUNTS = (account(1), account(2), account(3, None), account(4, None, is_connected=False))


def standing(monthly_limit: int | None = None, paused: frozenset[str] = frozenset()) -> Standing:
    return Standing("active", paused, 1.0, monthly_limit, {one.oa_id: one for one in ACCOUNTS}, ACCOUNTS[0])


def due(number: int, recipient: int, after_s: float = 0.0, kind: str = "consultation", **other) -> Due:
    moment = now()
    words = {
        "is_expired": False, "phone_encrypted": None, "event": "help", "attempts": 0, "refused": frozenset(),
        "oa_id": "oa-1", "last_interaction_at": moment, "looked_at": moment, "is_behind": False,
        "is_allowed": True,
    }  # fmt: skip
    return Due(
        id=number,
        next_attempt_at=moment - timedelta(hours=1) + timedelta(seconds=after_s),
        recipient=recipient,
        content=CONTENTS[kind],
        uid_encrypted=crypto.keyring().encrypt("binh-thuan", "zalo_uid", "70001"),
        **words | other,
    )


def decide(*found: Due, rules: Rules = Rules(), given: Standing | None = None) -> Decision:  # noqa: B008
    in_queue = sorted(found, key=lambda one: (one.next_attempt_at, one.id))
    return deciding.decide(TURN, in_queue, given or standing(), rules, {})


def granted(decision: Decision, many: int = 99, reason: str = "rate", **other) -> dict:
    """`many` of each kind, or as `other` says: `zbs=0`."""
    return {key: Grant(other.get(key[1], many), 1.0, reason) for key in decision.wants()}


def leaving(decision: Decision) -> list[int]:
    return [one.id for one in decision.claimed]


def test_what_was_written_first_leaves_first_although_it_is_due_later(app):
    decision = decide(due(7, 1, after_s=5), due(8, 1))

    deciding.allow(decision, granted(decision, 1))

    assert (leaving(decision), decision.left) == ([7], 1)


def test_a_later_one_of_another_kind_does_not_pass_an_earlier_one_at_the_rate_limit(app):
    decision = decide(due(7, 1, after_s=5, kind="zbs"), due(8, 1), due(9, 2, after_s=9))

    unused = deciding.allow(decision, granted(decision, zbs=0))

    assert (leaving(decision), decision.left) == ([9], 2)
    assert unused == {(1, "zbs"): 0, (1, "consultation"): 98}


def test_a_later_one_waits_for_an_earlier_one_whose_account_has_no_token(app):
    decision = decide(due(7, 1, after_s=5, oa_id="oa-3"), due(8, 1))

    deciding.allow(decision, granted(decision))

    assert (leaving(decision), decision.left) == ([], 2)


def test_a_later_one_does_not_wait_for_one_that_is_put_off_for_long(app):
    decision = decide(due(7, 1, oa_id="oa-4"), due(8, 1))

    deciding.allow(decision, granted(decision))

    assert leaving(decision) == [8]
    assert list(decision.put_off.values()) == [[7]]


def test_what_an_expired_one_was_behind_is_ahead_of_the_next_one_too(app):
    """LOOK says of the second only what stands between the two."""
    decision = decide(due(7, 1, is_expired=True, is_behind=True), due(8, 1))

    deciding.allow(decision, granted(decision))

    assert (leaving(decision), decision.left) == ([], 1)


def test_who_is_held_back_after_all_takes_the_later_ones_along(app):
    decision = decide(due(7, 1), due(8, 1), due(9, 2))
    deciding.allow(decision, granted(decision))

    staying = deciding.hold_back(decision, decision.claimed[:1], CIRCUIT_OPEN, now() + timedelta(seconds=30))

    assert (leaving(decision), [one.id for one in staying], decision.left) == ([9], [7, 8], 1)


# Whatever is found, granted and bought


MESSAGES = st.fixed_dictionaries(
    {
        "recipient": st.integers(1, 3),
        "after_s": st.integers(0, 20),
        "kind": st.sampled_from(["consultation", "consultation", "zbs", "both", "nothing"]),
        "oa_id": st.sampled_from(["oa-1"] * 4 + ["oa-2"] * 3 + ["oa-3", "oa-4"]),
        "is_expired": st.sampled_from([False] * 5 + [True]),
        "is_behind": st.sampled_from([False] * 5 + [True]),
        "is_allowed": st.sampled_from([True] * 5 + [False]),
    }
)
GRANTS = st.lists(
    st.builds(Grant, st.integers(0, 6), st.sampled_from([0.0, 30.0, 300.0]), st.sampled_from(REASONS)),
    min_size=4,
    max_size=4,
)


@dataclass
class Bought:
    plan: int | None
    cap: int | None
    paused: frozenset[str]

    @property
    def standing(self) -> Standing:
        return standing(self.plan, self.paused)

    @property
    def rules(self) -> Rules:
        return Rules(budget=Budget(0, self.cap, self.cap, MONTH if self.cap is not None else None))


BOUGHT = st.builds(
    Bought,
    st.none() | st.integers(0, 8),
    st.none() | st.integers(0, 600),
    st.frozensets(st.sampled_from(["oa-2"])),
)


@pytest.mark.parametrize("dear_s", [30, 3600], ids=["for a moment", "for long"])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MESSAGES, min_size=1, max_size=12), GRANTS, BOUGHT)
def test_nobody_gets_a_later_message_while_an_earlier_one_stays_for_a_moment(
    app, dear_s, messages, grants, bought
):
    paying.LOOK_AGAIN, before = timedelta(seconds=dear_s), paying.LOOK_AGAIN
    try:
        turn_over(messages, grants, bought)
    finally:
        paying.LOOK_AGAIN = before


def turn_over(messages: list[dict], grants: list[Grant], bought: Bought) -> None:
    queue.connection().delete(plans.key_of("binh-thuan", MONTH))
    queue.connection().set(spending.key_of("binh-thuan", MONTH), 0)
    found = [due(number, **one) for number, one in enumerate(messages, 1)]
    decision = decide(*found, rules=bought.rules, given=bought.standing)
    keys = [(number, kind) for number in (1, 2) for kind in KINDS]
    wants = decision.wants()
    given_now = {
        key: Grant(min(grant.count, wants[key]), grant.wait_s, grant.reason)
        for key, grant in zip(keys, grants, strict=True)
        if key in wants
    }

    unused = Counter(deciding.allow(decision, given_now))
    purse = Purse(lambda tenant, month: 0, lambda tenant, since: 0)
    for one in background_loop.run(purse.take(decision, bought.standing, bought.rules)):
        unused[one.account.id, one.route.kind] += 1

    left = Counter((one.account.id, one.route.kind) for one in decision.claimed)
    assert all(grant.count == left[key] + unused[key] for key, grant in given_now.items())
    plan, money = used()
    assert bought.plan is None or plan == len(decision.claimed)
    assert bought.cap is None or money == sum(one.route.price_vnd for one in decision.claimed)
    closed = {number for ids in decision.closed.values() for number in ids}
    put_off = {number: until for (_, until), ids in decision.put_off.items() for number in ids}
    assert len(decision.claimed) + decision.left + len(closed) + len(put_off) == len(found)
    for first in found:
        stays = first.id not in closed and first.id not in set(leaving(decision))
        if (first.is_behind or stays) and is_for_a_moment(put_off.get(first.id)):
            passing = [one.id for one in decision.claimed if one.recipient == first.recipient]
            assert all(number < first.id for number in passing), (first.id, passing)


def used() -> tuple[int, int]:
    """(messages of the plan, VND) as Redis counts them."""
    keys = plans.key_of("binh-thuan", MONTH), spending.key_of("binh-thuan", MONTH)
    return tuple(int(one or 0) for one in queue.connection().mget(keys))


def is_for_a_moment(until) -> bool:
    """In its old place, or put off for less than others wait for it."""
    return until is None or (until != deciding.FOREVER and until <= now() + claims.LINE_WAITS)
