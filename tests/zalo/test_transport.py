"""Sent, surely not sent, or nobody knows: the client against a server that answers any bytes."""

import asyncio

import aiohttp
import pytest

from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import (
    RateLimited,
    RecipientUnreachable,
    UnknownZaloCode,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
)
from motcua.zalo.hosts import Hosts
from motcua.zalo.messages import TextMessage
from tests.zalo.scripted import CLOSE, HANG, HTML_502, Cut, ask, http, ok, refusal

SENT = ok({"message_id": "m-1", "user_id": "7", "sent_time": "1760000000000"})


def send(client):
    return client.send_consultation("token", "7000000000000000001", TextMessage("Chào"))


def read(client):
    return client.oa_info("token")


LOST = {
    "html 502": HTML_502,
    "json 500": http({"error": 500, "message": "Internal"}, 500),
    "closed before the answer": CLOSE,
    "closed inside the answer": Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "closed inside the headers": Cut(b"HTTP/1.1 200 OK\r\nConte"),
    "html 200": http("<html>maintenance</html>"),
    "empty 200": http(""),
    "a list": http("[]"),
    "no error field": http({"message": "Success", "data": {"message_id": "m-1"}}),
    "error is no number": http({"error": "none"}),
    "not http at all": Cut(b"\x16\x03\x01\x02\x00 what is this\r\n\r\n"),
    "deep nesting": http("[" * 100_000),
}


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_a_send_whose_answer_is_lost_is_uncertain_and_asked_once(answer):
    error, zalo = ask(answer, do=send)

    assert (type(error), len(zalo.asked)) == (ZaloUncertain, 1)


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_a_read_whose_answer_is_lost_may_be_repeated(answer):
    error, _zalo = ask(answer, do=read)

    assert type(error) is ZaloUnavailable


def test_a_server_that_hangs_is_uncertain_for_a_send_and_unavailable_for_a_read():
    sent, zalo = ask(HANG, do=send, timeout_s=0.2)
    seen, _zalo = ask(HANG, do=read, timeout_s=0.2)

    assert (type(sent), len(zalo.asked), type(seen)) == (ZaloUncertain, 1, ZaloUnavailable)


def test_an_answer_that_trickles_is_cut_off_by_the_total_time():
    async def play():
        async def trickle(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            try:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                while True:
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(trickle, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with aiohttp.ClientSession() as session:
            with pytest.raises(ZaloUncertain):
                await send(ZaloClient(Hosts.under(base), session, timeout_s=0.2))
        server.close()
        await asyncio.sleep(0.1)

    asyncio.run(play())


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:{port}", "http://name.invalid:{port}", "https://127.0.0.1:{port}"]
)
def test_no_connection_means_surely_not_sent(base, free_port):
    async def play():
        async with aiohttp.ClientSession() as session:
            client = ZaloClient(Hosts.under(base.format(port=free_port)), session)
            with pytest.raises(ZaloUnavailable):
                await send(client)

    asyncio.run(play())


def test_a_server_without_tls_means_surely_not_sent():
    async def talk_plainly(client):
        hosts = Hosts.under(client.hosts.openapi.replace("http://", "https://"))
        return await send(ZaloClient(hosts, client.session, timeout_s=0.3))

    error, _zalo = ask(SENT, do=talk_plainly)

    assert type(error) is ZaloUnavailable


def test_waiting_for_a_place_in_the_pool_means_surely_not_sent():
    async def two_at_once(client):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            narrow = ZaloClient(client.hosts, session, timeout_s=0.3)
            return await asyncio.gather(send(narrow), send(narrow), return_exceptions=True)

    errors, zalo = ask(HANG, do=two_at_once)

    assert {type(error) for error in errors} <= {ZaloUncertain, ZaloUnavailable}
    assert len(zalo.asked) == sum(type(error) is ZaloUncertain for error in errors)


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 413])
def test_a_gateway_that_turns_a_send_away_did_not_send_it(status):
    error, zalo = ask(http("<html>no</html>", status, "Location: /elsewhere\r\n"), do=send)

    assert (type(error), len(zalo.asked)) == (ZaloUnavailable, 1)


def test_http_429_waits_for_the_next_minute():
    assert type(ask(http("slow down", 429), do=send)[0]) is RateLimited


@pytest.mark.parametrize("code", [-213, "-213", " -213 "])
def test_a_business_error_comes_with_http_200_and_may_be_quoted(code):
    error, _zalo = ask(refusal(code, "User has not followed"), do=send)

    assert (type(error), error.zalo_code) == (RecipientUnreachable, -213)
    assert error.details["zalo_message"] == "User has not followed"


@pytest.mark.parametrize("code", [-9999, 12345, "404"])
def test_an_unknown_code_is_reported_as_such(code):
    assert type(ask(refusal(code), do=send)[0]) is UnknownZaloCode


@pytest.mark.parametrize("zero", [0, "0"])
def test_a_quoted_zero_is_a_success(zero):
    answer = http({"error": zero, "data": {"message_id": "m-1", "sent_time": "1760000000000"}})

    assert ask(answer, do=send)[0].message_id == "m-1"


def test_accepted_without_an_id_is_to_be_reconciled():
    assert type(ask(ok({}), do=send)[0]) is ZaloUncertain


def test_the_token_goes_into_a_bare_header_and_the_message_into_json():
    _sent, zalo = ask(SENT, do=send)

    (asked,) = zalo.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/openapi/v3.0/oa/message/cs", {})
    assert asked.headers["access_token"] == "token"
    assert asked.headers["content-type"] == "application/json"
    assert "authorization" not in asked.headers and "appsecret_proof" not in asked.headers
    assert asked.json == {"recipient": {"user_id": "7000000000000000001"}, "message": {"text": "Chào"}}


def test_the_proof_travels_when_there_is_an_app_secret():
    proof = "6941b4dde014af5147d222dad3501a3a49758dc0effea0296c32c5a480d46b83"

    _sent, zalo = ask(SENT, do=lambda c: c.oa_info("SIM_ACCESS_TOKEN"), app_secret="SIM_APP_SECRET")
    _sent, other = ask(SENT, do=lambda c: c.proving("SIM_APP_SECRET").oa_info("SIM_ACCESS_TOKEN"))

    assert zalo.asked[0].headers["appsecret_proof"] == proof
    assert other.asked[0].headers["appsecret_proof"] == proof


@pytest.mark.parametrize("token", ["", "a\r\nX-Evil: 1", "khóa", "a\x00b"])
def test_what_cannot_be_a_token_never_leaves(token):
    error, zalo = ask(SENT, do=lambda client: client.oa_info(token))

    assert (type(error), zalo.asked) == (ZaloTokenInvalid, [])


def test_the_remaining_rate_is_on_the_result():
    data = {"message_id": "m-1", "sent_time": "1"}

    assert ask(ok(data, "X-RateLimit-Remain: 3999\r\n"), do=send)[0].rate_remain == 3999
    assert ask(SENT, do=send)[0].rate_remain is None


def test_what_sent_says():
    data = {
        "message_id": 123456789012345678901,
        "sent_time": 1760000000000,
        "quota": {"quota_type": "reply", "remain": 7, "owner_id": "1"},
    }
    sent, _zalo = ask(ok(data), do=send)

    assert sent.message_id == "123456789012345678901"
    assert sent.sent_at.isoformat() == "2025-10-09T08:53:20+00:00"
    assert sent.quota == {"quota_type": "reply", "remain": "7", "owner_id": "1"}


def test_a_connection_is_used_again():
    async def twice(client):
        await send(client)
        return await send(client)

    ports = set()

    def answer(asked):
        ports.add(asked.headers["host"])
        return SENT

    sent, zalo = ask(answer, do=twice)

    assert (sent.message_id, len(zalo.asked), len(ports)) == ("m-1", 2, 1)
