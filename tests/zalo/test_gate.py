"""The gate before every request: it may turn one away, and it hears what became of each that passed."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import RateLimited, ZaloRejected, ZaloUnavailable, ZaloUncertain
from motcua.zalo.gate import Outcome
from motcua.zalo.messages import TextMessage
from tests.zalo.scripted import CLOSE, HANG, HTML_502, ask, http, ok, refusal

USER = "7000000000000000001"
TOKEN = "a-token-that-is-secret"
CS = "openapi/v3.0/oa/message/cs"
RATES = "X-RateLimit-Limit: 4000\r\nX-RateLimit-Remain: 3999\r\n"
SENT = ok({"message_id": "m-1", "sent_time": "1760000000000"}, RATES)


@dataclass
class Turnstile:
    """Lets everybody through unless given something to raise, and keeps what it saw."""

    turn_away: Exception | None = None
    choke: Exception | None = None
    admitted: list[str] = field(default_factory=list)
    seen: list[Outcome] = field(default_factory=list)

    async def admit(self, endpoint: str) -> None:
        self.admitted.append(endpoint)
        if self.turn_away:
            raise self.turn_away

    async def observe(self, outcome: Outcome) -> None:
        self.seen.append(outcome)
        if self.choke:
            raise self.choke


def send(client):
    return client.send_consultation(TOKEN, USER, TextMessage("Chào"))


def through(gate, *answers, do=send, **options):
    return ask(*answers, do=lambda client: do(client.gated(gate)), **options)


def test_an_accepted_request_is_told_with_zalos_rate_limit():
    gate = Turnstile()

    through(gate, SENT)

    (seen,) = gate.seen
    assert gate.admitted == [CS]
    assert (seen.endpoint, seen.failure, seen.answered) == (CS, None, True)
    assert (seen.http_status, seen.zalo_code, seen.rate_limit, seen.rate_remain) == (200, 0, 4000, 3999)
    assert 0 < seen.took_s < 10


@pytest.mark.parametrize(
    ("answer", "failure", "http_status", "zalo_code", "remain"),
    [
        (refusal(-213), "zalo_recipient_unreachable", 200, -213, None),
        (refusal(-32), "zalo_rate_limited", 200, -32, None),
        (http({"error": -32}, headers=RATES), "zalo_rate_limited", 200, -32, 3999),
        (refusal(-987654), "zalo_unknown_code", 200, -987654, None),
        (http("slow down", 429, RATES), "zalo_rate_limited", 429, None, 3999),
        (http("<html>no</html>", 403), "zalo_unavailable", 403, None, None),
        (HTML_502, "zalo_uncertain", 502, None, None),
        (http("<html>maintenance</html>"), "zalo_uncertain", 200, None, None),
        (CLOSE, "zalo_uncertain", None, None, None),
        (HANG, "zalo_uncertain", None, None, None),
    ],
)
def test_every_failure_is_told_once_and_still_reaches_the_caller(
    answer, failure, http_status, zalo_code, remain
):
    gate = Turnstile()

    error, zalo = through(gate, answer, timeout_s=0.3)

    (seen,) = gate.seen
    assert error.code == failure and len(zalo.asked) == 1
    assert (seen.failure, seen.http_status, seen.zalo_code, seen.rate_remain) == (
        failure,
        http_status,
        zalo_code,
        remain,
    )
    assert seen.answered == (zalo_code is not None)


@pytest.mark.parametrize("family", [ZaloUnavailable, RateLimited])
def test_a_request_that_is_turned_away_never_leaves_and_says_when_to_come_back(family):
    at = datetime(2026, 11, 25, tzinfo=UTC)
    gate = Turnstile(turn_away=family(retry_at=at))

    error, zalo = through(gate, SENT)

    assert (type(error), error.retry_at, zalo.asked, gate.seen) == (family, at, [], [])


def test_a_gate_out_of_order_lets_nothing_leave_and_that_is_surely_not_sent():
    error, zalo = through(Turnstile(turn_away=ConnectionError("no store")), SENT)

    assert (type(error), error.details, zalo.asked) == (
        ZaloUnavailable,
        {"cause": "gate: ConnectionError"},
        [],
    )


def test_a_gate_that_chokes_on_the_outcome_does_not_lose_the_answer():
    sent, _zalo = through(Turnstile(choke=ConnectionError("no store")), SENT)

    assert sent.message_id == "m-1"


def test_a_cancelled_request_is_told_too():
    gate = Turnstile()

    async def give_up(client):
        task = asyncio.create_task(send(client))
        async with asyncio.timeout(5):
            while not gate.admitted:
                await asyncio.sleep(0)
        task.cancel()
        return (await asyncio.gather(task, return_exceptions=True))[0]

    error, _zalo = through(gate, HANG, do=give_up)

    assert isinstance(error, asyncio.CancelledError)
    assert [(one.failure, one.answered) for one in gate.seen] == [("cancelled", False)]


def test_what_is_refused_before_it_could_leave_never_asks_the_gate():
    gate = Turnstile()

    error, _zalo = through(gate, SENT, do=lambda c: c.send_consultation(TOKEN, "", TextMessage("Chào")))

    assert (type(error), gate.admitted) == (ZaloRejected, [])


def test_reads_uploads_and_templates_pass_the_same_gate():
    gate = Turnstile()

    async def everything(client):
        await client.oa_info(TOKEN)
        await client.quality(TOKEN)
        await client.upload_image(TOKEN, b"\x89PNG\r\n\x1a\n")

    through(gate, ok({"attachment_id": "a-1"}), do=everything)

    paths = ["openapi/v2.0/oa/getoa", "business/quality", "openapi/v2.0/oa/upload/image"]
    assert gate.admitted == paths == [one.endpoint for one in gate.seen]


def test_many_requests_at_once_each_have_their_own_outcome():
    gate = Turnstile()

    async def crowd(client):
        return await asyncio.gather(*(send(client) for _ in range(20)), return_exceptions=True)

    answers, _zalo = through(gate, SENT, refusal(-213), SENT, do=crowd)

    failed = [one for one in answers if isinstance(one, Exception)]
    assert len(gate.admitted) == len(gate.seen) == 20
    assert sum(one.failure is not None for one in gate.seen) == len(failed) == 1


def test_two_accounts_over_the_same_connections_have_gates_of_their_own():
    first, second = Turnstile(), Turnstile()

    async def both(client):
        await send(client.gated(first))
        await send(client.gated(second).proving("app secret"))
        await send(client)

    _none, zalo = ask(SENT, do=both)

    assert (len(zalo.asked), len(first.seen), len(second.seen)) == (3, 1, 1)


def test_the_gate_may_be_given_when_the_client_is_made():
    gate = Turnstile()

    ask(SENT, do=lambda client: send(ZaloClient(client.hosts, client.session, gate=gate)))

    assert len(gate.seen) == 1


def test_a_lost_answer_to_a_send_is_uncertain_also_behind_a_gate():
    assert type(through(Turnstile(), CLOSE)[0]) is ZaloUncertain


def test_an_outcome_holds_no_personal_data():
    gate = Turnstile()

    through(gate, refusal(-201, f"user {USER} 84912345678 Nguyễn Văn A"))

    assert not any(word in repr(gate.seen) for word in (USER, TOKEN, "84912345678", "Nguyễn"))
