"""Token buckets and circuits in a real Redis, shared by whoever asks."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from motcua.core import queue, throttle
from motcua.core.throttle import Bucket, Report, Request

APP, OA = Bucket("app", 400), Bucket("oa", 4000)
CIRCUIT = "zalo:1"


@pytest.fixture(autouse=True)
def redis(app):
    """The `app` fixture empties Redis."""
    yield


def until(claim, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.01)


def open_circuit(times: int = throttle.FAILURES_TO_OPEN) -> None:
    for _ in range(times):
        throttle.note_results(CIRCUIT, ok=0, failed=1)


def let_the_pause_pass() -> None:
    queue.connection().hset(f"motcua:circuit:{CIRCUIT}", "open_until", 1)


def test_a_quarter_of_a_minutes_calls_may_leave_at_once_and_no_more():
    first, second = throttle.take([APP], [], 150), throttle.take([APP], [], 1)

    assert first.count == 100
    assert (second.count, second.reason) == (0, "rate")
    assert 0 < second.wait_s < 1


def test_the_bucket_fills_again_with_time():
    fast = Bucket("fast", 60_000)
    assert throttle.take([fast], [], 15_000).count == 15_000

    until(lambda: throttle.take([fast], [], 1).count == 1)

    assert throttle.take([fast], [], 15_000).count < 15_000  # some, and not all at once


def test_no_minute_sees_more_than_was_allowed():
    for per_minute in (1, 7, 60, 4000, 600_000):
        bucket = Bucket("any", per_minute)

        assert bucket.capacity + 60 * bucket.per_second <= max(per_minute, 2)


def test_the_smaller_bucket_decides_and_the_larger_one_is_not_charged_for_what_did_not_leave():
    assert throttle.take([APP, OA], [], 500).count == 100

    assert 900 <= throttle.take([OA], [], 1000).count < 1000  # it refills meanwhile


def test_a_reserve_is_left_for_the_urgent():
    broadcast, urgent = Bucket("shared", 400, reserved=0.3), Bucket("shared", 400)

    assert throttle.take([broadcast], [], 100).count == 70
    assert throttle.take([broadcast], [], 1).count == 0
    assert throttle.take([urgent], [], 100).count == 30


def test_many_processes_together_take_no_more_than_there_is():
    slow = Bucket("slow", 200)
    with ThreadPoolExecutor(8) as pool:
        granted = list(pool.map(lambda _: throttle.take([slow], [], 1).count, range(100)))

    assert 50 <= sum(granted) <= 55  # what was there, and what a moment refills


def test_unused_tokens_come_back():
    throttle.take([APP], [], 100)

    throttle.give_back([APP], 40)

    assert throttle.take([APP], [], 100).count == 40


def test_what_the_other_side_says_is_left_counts():
    throttle.spend(APP, 3)

    assert throttle.take([APP], [], 100).count == 3


def test_an_exhausted_bucket_waits_for_the_next_minute_of_the_clock():
    throttle.spend(APP, 0, exhausted=True)

    grant = throttle.take([APP, OA], [], 5)

    assert (grant.count, grant.reason) == (0, "rate")
    assert grant.wait_s <= 60


def test_failures_in_a_row_open_the_circuit():
    open_circuit(throttle.FAILURES_TO_OPEN - 1)
    assert throttle.take([], [CIRCUIT], 5).count == 5

    throttle.note_results(CIRCUIT, ok=0, failed=1)

    grant = throttle.take([], [CIRCUIT], 5)
    assert (grant.count, grant.reason) == (0, "circuit_open")
    assert 0 < grant.wait_s <= throttle.FIRST_PAUSE_S


def test_one_success_forgets_the_failures():
    open_circuit(throttle.FAILURES_TO_OPEN - 1)

    throttle.note_results(CIRCUIT, ok=1, failed=1)
    throttle.note_results(CIRCUIT, ok=0, failed=1)

    assert throttle.take([], [CIRCUIT], 5).count == 5


def test_after_the_pause_a_single_call_tries_and_its_success_lets_all_pass():
    open_circuit()
    let_the_pause_pass()

    tries = [throttle.take([APP], [CIRCUIT], 5).count for _ in range(3)]
    throttle.note_results(CIRCUIT, ok=1, failed=0)

    assert tries == [1, 0, 0]
    assert throttle.take([APP], [CIRCUIT], 5).count == 5


def test_a_try_that_fails_makes_the_next_pause_twice_as_long():
    open_circuit()
    let_the_pause_pass()
    throttle.take([], [CIRCUIT], 1)

    throttle.note_results(CIRCUIT, ok=0, failed=1)

    assert throttle.FIRST_PAUSE_S < throttle.look(CIRCUIT).open_s <= 2 * throttle.FIRST_PAUSE_S


def test_the_pause_grows_no_longer_than_its_limit():
    for _ in range(20):
        open_circuit()
        let_the_pause_pass()
    open_circuit()

    assert throttle.look(CIRCUIT).open_s <= throttle.LONGEST_PAUSE_S


def test_a_circuit_can_be_opened_at_once_and_closed_by_hand():
    throttle.note_results(CIRCUIT, ok=0, failed=1, open_for_s=600, why="Hết gói.")
    assert throttle.take([], [CIRCUIT], 1).wait_s > 590
    assert throttle.look(CIRCUIT).why == "Hết gói."

    throttle.close_circuit(CIRCUIT)

    assert throttle.look(CIRCUIT).open_s == 0
    assert throttle.take([], [CIRCUIT], 1).count == 1


def test_without_redis_everything_passes(monkeypatch):
    gone = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(queue, "_connection", gone)

    assert throttle.take([APP], [CIRCUIT], 7).count == 7
    throttle.note_results(CIRCUIT, ok=0, failed=1)
    throttle.spend(APP, 0, exhausted=True)


def test_many_requests_of_several_apps_are_answered_each_by_its_own_limits_in_their_order():
    one, other = Bucket("zalo:{1}", 400), Bucket("zalo:{2}", 40)
    throttle.note_results("zalo:{1}:oa:7", ok=0, failed=1, open_for_s=60)

    grants = throttle.take_all(
        [
            Request((one,), ("zalo:{1}:oa:6",), 70),
            Request((other,), (), 7),
            Request((one,), ("zalo:{1}:oa:7",), 1),
            Request((one, Bucket("zalo:{1}:oa:6", 4000)), ("zalo:{1}:oa:6",), 70),
            Request((other,), (), 7),
        ]
    )

    assert [one.count for one in grants] == [70, 7, 0, 30, 3]
    assert [one.reason for one in grants] == ["", "", "circuit_open", "rate", "rate"]


def test_many_reports_are_each_taken_for_what_they_are():
    one, other = Bucket("zalo:{1}", 400), Bucket("zalo:{2}", 400)
    throttle.take_all([Request((one,), (), 100), Request((other,), (), 100)])

    throttle.report_all(
        [
            Report(((one, 7, None, False),), (("zalo:{1}:a", 0, 1, 60.0, "Xin gia hạn."),)),
            Report((), (("zalo:{2}:b", 0, 1, 0.0, ""), ("zalo:{2}:c", 0, 1, 60.0, ""))),
            Report(((other, 9, None, False), (Bucket("zalo:{2}:oa", 400), 0, 3, False)), ()),
        ]
    )

    assert throttle.look("zalo:{1}:a").why == "Xin gia hạn."
    assert [throttle.look(f"zalo:{{2}}:{name}").open_s > 0 for name in "bc"] == [False, True]
    wants = [Request((each,), (), 50) for each in (one, other, Bucket("zalo:{2}:oa", 400))]
    assert [grant.count for grant in throttle.take_all(wants)] == [7, 9, 3]


def test_who_wants_nothing_does_not_use_up_the_one_try_behind_an_open_circuit():
    open_circuit()
    let_the_pause_pass()

    assert throttle.take([], [CIRCUIT], 0).count == 0
    assert throttle.take([], [CIRCUIT], 5).count == 1


def set_redis_clock_back(hours: float = 5) -> None:
    """Every time that Redis keeps is then so much further in the future than it was."""
    redis = queue.connection()
    for key in redis.scan_iter("motcua:*"):
        for name in ("at", "hold", "opened_at", "open_until", "probe_until"):
            if float(redis.hget(key, name) or 0) > 0:
                redis.hincrbyfloat(key, name, hours * 3_600_000)


def test_when_redis_clock_is_set_back_an_exhausted_bucket_is_not_held_for_as_long():
    throttle.spend(APP, 0, exhausted=True)

    set_redis_clock_back()

    assert throttle.take([APP], [], 5).wait_s < 1
    until(lambda: throttle.take([APP], [], 5).count > 0)


@pytest.mark.parametrize("hours", [5, 0.1], ids=["by hours", "by minutes"])
def test_when_redis_clock_is_set_back_one_call_tries_an_open_circuit(hours):
    throttle.note_results(CIRCUIT, ok=0, failed=1, open_for_s=600, why="Hết gói.")

    set_redis_clock_back(hours)

    assert throttle.look(CIRCUIT).open_s == 0
    assert [throttle.take([APP], [CIRCUIT], 5).count for _ in range(3)] == [1, 0, 0]


def test_when_redis_clock_is_set_back_a_circuit_that_failures_opened_opens_anew_when_its_try_fails():
    open_circuit()
    set_redis_clock_back()
    throttle.take([], [CIRCUIT], 1)

    throttle.note_results(CIRCUIT, ok=0, failed=1)

    assert throttle.FIRST_PAUSE_S < throttle.look(CIRCUIT).open_s <= 2 * throttle.FIRST_PAUSE_S
    assert throttle.take([], [CIRCUIT], 1).count == 0


def test_when_redis_clock_is_set_back_a_try_that_nobody_finished_is_followed_by_another():
    open_circuit()
    let_the_pause_pass()
    assert throttle.take([], [CIRCUIT], 1).count == 1

    set_redis_clock_back()

    assert throttle.take([], [CIRCUIT], 1).count == 1
