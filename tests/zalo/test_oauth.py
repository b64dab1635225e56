import asyncio
import re
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from motcua.zalo import oauth, social
from motcua.zalo.errors import (
    NotEntitled,
    UnknownZaloCode,
    ZaloNeedsConsent,
    ZaloUnavailable,
    ZaloUncertain,
)
from motcua.zalo.hosts import Hosts
from tests.zalo.scripted import CLOSE, HANG, HTML_502, Cut, http, scripted

PAIR = {"access_token": "at-2", "refresh_token": "rt-2", "expires_in": "90000"}


def refresh(answer, timeout_s=2.0, app_secret="app secret", **options):
    async def play():
        async with scripted(answer) as zalo, aiohttp.ClientSession() as session:
            try:
                got = await oauth.refresh(
                    session, zalo.hosts, "app-1", app_secret, "rt-1", timeout_s=timeout_s, **options
                )
            except Exception as error:
                got = error
            return got, zalo

    return asyncio.run(play())


def test_the_challenge_is_that_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert oauth.challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_each_pair_is_new_and_belongs_together():
    first, second = oauth.pkce_pair(), oauth.pkce_pair()

    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first[0])
    assert oauth.challenge_of(first[0]) == first[1]


def test_the_proof_of_the_app_secret_is_the_published_one():
    expected = "6941b4dde014af5147d222dad3501a3a49758dc0effea0296c32c5a480d46b83"

    assert oauth.appsecret_proof("SIM_ACCESS_TOKEN", "SIM_APP_SECRET") == expected


def test_the_consent_page_gets_its_four_parameters_and_no_other():
    url = oauth.consent_url(Hosts.live(), "42", "https://a.vn/cb?x=1&y=é", "chal", "st ate")

    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://oauth.zaloapp.com/v4/oa/permission"
    assert parse_qs(parts.query) == {
        "app_id": ["42"],
        "redirect_uri": ["https://a.vn/cb?x=1&y=é"],
        "code_challenge": ["chal"],
        "state": ["st ate"],
    }
    assert "code_challenge" not in oauth.consent_url(Hosts.live(), "42", "https://a.vn", None, "s")


def test_a_refresh_sends_the_secret_in_a_header_and_a_form():
    got, zalo = refresh(http(PAIR))

    assert got == oauth.TokenPair("at-2", "rt-2", 90_000)
    (asked,) = zalo.asked
    assert (asked.method, asked.path) == ("POST", "/oauth/v4/oa/access_token")
    assert asked.headers["secret_key"] == "app secret"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.body.decode()) == {
        "refresh_token": ["rt-1"],
        "app_id": ["app-1"],
        "grant_type": ["refresh_token"],
    }


def exchange(answer, *verifier, **options):
    async def play():
        async with scripted(answer) as zalo, aiohttp.ClientSession() as session:
            try:
                got = await oauth.exchange_code(
                    session, zalo.hosts, "app-1", "secret", "code-1", *verifier, **options
                )
            except Exception as error:
                got = error
            return got, zalo

    return asyncio.run(play())


EXCHANGE = {"code": ["code-1"], "app_id": ["app-1"], "grant_type": ["authorization_code"]}


@pytest.mark.parametrize(
    ("verifier", "form"),
    [
        (("made-for-this-consent",), EXCHANGE | {"code_verifier": ["made-for-this-consent"]}),
        (("fixed-in-the-console",), EXCHANGE | {"code_verifier": ["fixed-in-the-console"]}),
        ((None,), EXCHANGE),
        (("",), EXCHANGE),
        ((), EXCHANGE),
    ],
)
def test_a_code_is_exchanged_with_whatever_verifier_belongs_to_it(verifier, form):
    got, zalo = exchange(http(PAIR), *verifier)

    assert got.access_token == "at-2"
    assert parse_qs(zalo.asked[0].body.decode()) == form


def test_a_fixed_verifier_from_the_console_gives_the_challenge_that_stands_there():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    url = oauth.consent_url(Hosts.live(), "42", "https://a.vn/cb", oauth.challenge_of(verifier), "s")

    assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" in url


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        (http(""), ZaloNeedsConsent),
        (http({"error": -14019, "error_name": "?"}), UnknownZaloCode),
        (http({"error": "-14003", "error_name": "Invalid redirect uri"}), NotEntitled),
        (HTML_502, ZaloUnavailable),
        (CLOSE, ZaloUncertain),
    ],
)
def test_a_code_that_is_not_exchanged_says_why_and_is_asked_for_once(answer, family):
    got, zalo = exchange(answer, "ver-1")

    assert (type(got), len(zalo.asked)) == (family, 1)


def test_an_unknown_refusal_keeps_code_words_and_endpoint():
    got, _zalo = exchange(http({"error": -14019, "error_name": "Authorized code expired."}))

    assert (got.zalo_code, got.zalo_message, got.endpoint) == (
        -14019,
        "Authorized code expired.",
        "oauth/v4/oa/access_token",
    )


def test_a_person_who_signs_in_goes_through_pages_of_their_own():
    url = social.sign_in_url(Hosts.live(), "42", "https://a.vn/cb", "chal", "st")
    got, zalo = exchange(http({"access_token": "at", "refresh_token": "rt"}), "ver-1", person=True)
    renewed, renewal = refresh(http(PAIR), person=True)

    assert urlsplit(url).path == "/v4/permission"
    assert parse_qs(urlsplit(url).query)["code_challenge"] == ["chal"]
    assert zalo.asked[0].path == renewal.asked[0].path == "/oauth/v4/access_token"
    assert (got.expires_in_s, renewed.expires_in_s) == (3600, 90_000)


@pytest.mark.parametrize(
    ("answer", "pair"),
    [
        (PAIR | {"expires_in": 3600}, oauth.TokenPair("at-2", "rt-2", 3600)),
        ({"access_token": "at-2", "expires_in": "90000"}, oauth.TokenPair("at-2", None, 90_000)),
        ({"access_token": "at-2", "refresh_token": ""}, oauth.TokenPair("at-2", None, 90_000)),
        (PAIR | {"error": 0}, oauth.TokenPair("at-2", "rt-2", 90_000)),
    ],
    ids=["life as a number", "no new refresh token", "an empty one", "with error 0"],
)
def test_the_shapes_of_a_token_answer(answer, pair):
    assert refresh(http(answer))[0] == pair


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        (http(""), ZaloNeedsConsent),
        (http(" \n"), ZaloNeedsConsent),
        (http({"error": -14014, "error_name": "Invalid refresh token."}), ZaloNeedsConsent),
        (http({"error": "-14014", "error_name": "Invalid refresh token."}), ZaloNeedsConsent),
        (http({"error": -14002, "error_name": "Invalid app id."}), NotEntitled),
        (http({"error": -14019, "error_name": "?"}), UnknownZaloCode),
        (http({"access_token": ""}), UnknownZaloCode),
        (http({}), UnknownZaloCode),
        (HTML_502, ZaloUnavailable),
        (http("<html>maintenance</html>"), ZaloUnavailable),
        (http({"error": 500}, 500), ZaloUnavailable),
        (http("", 403), ZaloUnavailable),
        (http('{"access_token": "at-'), ZaloUncertain),
        (http("[]"), ZaloUncertain),
        (CLOSE, ZaloUncertain),
        (Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), ZaloUncertain),
    ],
)
def test_every_other_answer_is_a_failure_of_the_right_family(answer, family):
    got, zalo = refresh(answer)

    assert type(got) is family
    assert len(zalo.asked) == 1


def test_a_time_out_after_the_request_left_is_uncertain_and_not_repeated():
    got, zalo = refresh(HANG, timeout_s=0.2)

    assert (type(got), len(zalo.asked)) == (ZaloUncertain, 1)


def test_a_refused_port_is_unavailable(free_port):
    async def play():
        async with aiohttp.ClientSession() as session:
            hosts = Hosts.under(f"http://127.0.0.1:{free_port}")
            with pytest.raises(ZaloUnavailable):
                await oauth.refresh(session, hosts, "app-1", "s", "rt-1")

    asyncio.run(play())


def test_a_secret_with_a_line_break_never_reaches_a_header():
    got, zalo = refresh(http(PAIR), app_secret="a\r\nX-Evil: 1")

    assert (type(got), zalo.asked) == (NotEntitled, [])


def test_tokens_do_not_show_in_a_log():
    assert "at-2" not in repr(oauth.TokenPair("at-2", "rt-2", 1))
