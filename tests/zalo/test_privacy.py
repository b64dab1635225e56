"""Neither tokens nor anything of a citizen shows in an error, a log or a printed event."""

import asyncio
import json
import traceback

import aiohttp
import pytest
from structlog.testing import capture_logs

from motcua.zalo import oauth
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import masked
from motcua.zalo.hosts import Hosts
from motcua.zalo.messages import RequestUserInfo, TextMessage, ZbsTemplate
from motcua.zalo.reading import read_json
from motcua.zalo.webhooks import WebhookMalformed, parse
from tests.zalo.scripted import CLOSE, HANG, HTML_502, Cut, ask, http, refusal, scripted
from tests.zalo.webhook_bodies import FROM_USER, read

TOKEN, REFRESH, SECRET = "token-AAAA1111bbbb2222", "refresh-CCCC3333dddd4444", "secret-EEEE5555ffff6666"
PHONE, USER, NAME, WORDS = "84987000111", "7000000000000000001", "Nguyễn Thị Bưởi", "hồ sơ ly hôn"
SECRETS = (TOKEN, REFRESH, SECRET, PHONE, "0987000111", USER, NAME, WORDS, "Bưởi", "ly hôn")
TEMPLATE = ZbsTemplate("300001", {"ho_ten": NAME, "noi_dung": WORDS})

CALLS = {
    "text": lambda c: c.send_consultation(TOKEN, USER, TextMessage(WORDS)),
    "template": lambda c: c.send_template_to_phone(TOKEN, PHONE, TEMPLATE, "t-1"),
    "status": lambda c: c.message_status(TOKEN, "m-1", PHONE),
    "person": lambda c: c.user_detail(TOKEN, USER),
    "consent": lambda c: c.call_consent(TOKEN, PHONE),
    "phone": lambda c: c.mini_app_phone(TOKEN, SECRET, REFRESH),
    "renewal": lambda c: oauth.refresh(c.session, c.hosts, "app-1", SECRET, REFRESH, timeout_s=0.3),
}
ECHO = f"user {USER} phone {PHONE} name '{NAME}' text “{WORDS}” token {TOKEN} {REFRESH}"
ANSWERS = {
    "refusal": refusal(-201, ECHO),
    "unknown code": refusal(-987654, ECHO),
    "quoted": http({"error": "-14014", "error_name": ECHO, "error_description": ECHO}),
    "page": http(f"<html>{ECHO}</html>"),
    "502": HTML_502,
    "redirect": http(ECHO, 302, f"Location: /{PHONE}\r\n"),
    "closed": CLOSE,
    "cut": Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "hangs": HANG,
    "half a JSON": http('{"data":"' + ECHO),
    "wrong letters": http(b'{"error":0,"x":"\xff' + ECHO.encode() + b'"}'),
}


def seen_of(error: BaseException) -> str:
    """All that a careless log would hold: the error, its details, and its traceback with what led to it."""
    details = json.dumps(getattr(error, "details", {}), ensure_ascii=False, default=str)
    return "\n".join([str(error), repr(error), details, *traceback.format_exception(error)])


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("call", CALLS)
def test_an_error_shows_nothing_of_what_was_sent(call, answer):
    with capture_logs() as logs:
        error, _zalo = ask(ANSWERS[answer], do=CALLS[call], timeout_s=0.3)

    assert isinstance(error, Exception)
    told = seen_of(error) + repr(logs)
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "http://a b", "gopher://x"]
)
@pytest.mark.parametrize("call", CALLS)
def test_a_connection_that_fails_shows_nothing_either(call, base, free_port):
    async def play():
        async with aiohttp.ClientSession() as session:
            client = ZaloClient(Hosts.under(base.format(port=free_port)), session, timeout_s=0.5)
            try:
                await CALLS[call](client)
            except Exception as error:
                return error

    told = seen_of(asyncio.run(play()))

    assert [secret for secret in SECRETS if secret in told] == []


REFUSED_HERE = {
    "half an emoji": lambda c: c.send_consultation(TOKEN, USER, TextMessage(WORDS + "\ud83d")),
    "too long": lambda c: c.send_consultation(TOKEN, USER, TextMessage(WORDS * 500)),
    "no number": lambda c: c.send_template_to_phone(TOKEN, PHONE + "9", TEMPLATE, "t-1"),
    "no text": lambda c: c.custom_info_update(TOKEN, USER, {"ho_ten": [NAME]}),
    "no JSON": lambda c: c._call("openapi", "POST", "/x", TOKEN, json_body={"a": {NAME}}),
    "no token": lambda c: c.oa_info(TOKEN + "\n"),
    "no address": lambda c: c.send_consultation(TOKEN, USER, RequestUserInfo(WORDS, WORDS, NAME)),
}


@pytest.mark.parametrize("call", REFUSED_HERE)
def test_what_we_refuse_ourselves_is_not_repeated_in_the_refusal(call):
    async def play():
        async with scripted(CLOSE) as zalo, aiohttp.ClientSession() as session:
            try:
                await REFUSED_HERE[call](ZaloClient(zalo.hosts, session))
            except Exception as error:
                return error

    error = asyncio.run(play())

    assert [secret for secret in SECRETS if secret in str(error) + repr(error) + repr(error.details)] == []


def test_messages_and_events_do_not_print_what_they_hold():
    said = read("user_send_text", FROM_USER, message={"msg_id": "m-1", "text": WORDS})
    shared = read("user_submit_info", FROM_USER, info={"name": NAME, "phone": PHONE})

    told = repr((said, shared, TEMPLATE, TextMessage(WORDS), oauth.TokenPair(TOKEN, REFRESH, 1)))

    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    "raw", [b'{"text":"' + WORDS.encode(), WORDS.encode() + b"\xff", b'{"phone":"84912345678"}']
)
def test_a_webhook_that_cannot_be_read_is_not_repeated(raw):
    with pytest.raises(WebhookMalformed) as malformed:
        parse(raw)

    told = seen_of(malformed.value)
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("ho_ten is invalid!", "ho_ten is invalid!"),
        ("User has not followed OA", "User has not followed OA"),
        ("phone 84912345678 is invalid", "phone *** is invalid"),
        ("phone +84 912 345 678", "phone ***"),
        ("limit 5000 of 2000", "limit 5000 of 2000"),
        ("value 'Nguyễn Văn A' too long", "value *** too long"),
        ("token abcdefghijklmnopqrstuvwxyz123 expired", "token *** expired"),
        ("mail <a@b.vn>", "mail ***"),
    ],
)
def test_zalos_words_keep_what_helps_and_lose_who_it_is_about(words, shown):
    assert masked(words) == shown


def test_reading_json_says_why_not_and_not_what():
    with pytest.raises(ValueError, match="NaN is not JSON"):
        read_json(b'{"a":NaN}')
