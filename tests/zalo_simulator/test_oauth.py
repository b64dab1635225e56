import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.zalo_simulator.driving import APP, OA, OPENAPI, OTHER_OA, SECRET, SIM
from zalo_simulator.oauth.pkce import challenge_of
from zalo_simulator.world.tokens import appsecret_proof

CALLBACK = "https://motcua.test/zalo/callback"
TOKEN_PATH = "/oauth/v4/oa/access_token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def exchange(zalo, secret=SECRET, **form) -> bytes:
    body = urlencode({"app_id": APP} | form).encode()
    status, _, answer = zalo.http("POST", TOKEN_PATH, body, FORM | {"secret_key": secret})
    assert status == 200
    return answer


def refresh(zalo, token: str, **more) -> bytes:
    return exchange(zalo, refresh_token=token, grant_type="refresh_token", **more)


def consent(zalo, challenge="", oa=OTHER_OA, state="xyz", redirect=CALLBACK, app=APP):
    form = {"app_id": app, "redirect_uri": redirect, "code_challenge": challenge, "state": state, "oa_id": oa}
    status, headers, _ = zalo.http("POST", "/oauth/v4/oa/permission", urlencode(form).encode(), FORM)
    return status, headers["Location"]


def code_of(zalo, challenge="") -> str:
    return parse_qs(urlsplit(consent(zalo, challenge)[1]).query)["code"][0]


def redeem(zalo, code: str, **more) -> dict:
    return json.loads(exchange(zalo, code=code, grant_type="authorization_code", **more))


def test_the_consent_page_offers_every_account(zalo):
    query = urlencode({"app_id": APP, "redirect_uri": CALLBACK, "state": '"><script>'})

    status, headers, page = zalo.http("GET", f"/oauth/v4/oa/permission?{query}")

    assert status == 200 and "Tỉnh Bình Thuận" in page.decode() and OTHER_OA in page.decode()
    assert "<script>" not in page.decode()
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "form-action 'self' https://motcua.test" in headers["Content-Security-Policy"]


def test_agreeing_sends_code_account_and_state_to_the_callback(zalo):
    status, location = consent(zalo)

    answer = parse_qs(urlsplit(location).query)
    assert status == 302 and location.startswith(CALLBACK + "?")
    assert answer["oa_id"] == [OTHER_OA] and answer["state"] == ["xyz"] and answer["code"]


@pytest.mark.parametrize(
    ("given", "code"),
    [({"app": "nobody"}, "-14002"), ({"redirect": "javascript:alert(1)"}, "-14003")],
    ids=["unknown app", "impossible redirect"],
)
def test_a_wrong_consent_request_ends_on_the_error_page(zalo, given, code):
    status, location = consent(zalo, **given)

    assert (status, location) == (302, f"/oauth/v4/permission/error?error_code={code}")
    assert code in zalo.http("GET", location)[2].decode()


def test_only_registered_redirects_when_there_are_any(zalo):
    zalo.sim("POST", "/apps", {"app_id": APP, "redirect_uris": [CALLBACK]})

    assert consent(zalo)[1].startswith(CALLBACK)
    assert consent(zalo, redirect=CALLBACK + "/other")[1].endswith("-14003")


def test_a_code_gives_a_pair_once(zalo):
    code = code_of(zalo)

    pair = redeem(zalo, code)

    assert set(pair) == {"access_token", "refresh_token", "expires_in"} and pair["expires_in"] == "90000"
    assert (
        zalo.api("GET", OPENAPI + "/v2.0/oa/getoa", token=pair["access_token"])["data"]["oa_id"] == OTHER_OA
    )
    assert redeem(zalo, code)["error"] == -14019


def test_a_code_lives_ten_minutes(zalo):
    code = code_of(zalo)
    zalo.advance(minutes=11)

    assert "access_token" not in redeem(zalo, code)


def test_pkce_per_request(zalo):
    verifier = "v" * 43

    assert redeem(zalo, code_of(zalo, challenge_of(verifier)), code_verifier="w" * 43)["error"] == -14019
    assert redeem(zalo, code_of(zalo, challenge_of(verifier)), code_verifier=verifier)["access_token"]
    assert redeem(zalo, code_of(zalo))["access_token"]


def test_pkce_fixed_in_the_console(zalo):
    verifier = "v" * 43
    zalo.settings(pkce_mode="console_fixed")
    zalo.sim("POST", "/apps", {"app_id": APP, "fixed_code_challenge": challenge_of(verifier)})

    assert redeem(zalo, code_of(zalo, challenge_of("other" * 9)), code_verifier=verifier)["access_token"]
    assert "error" in redeem(zalo, code_of(zalo), code_verifier="w" * 43)


def test_pkce_off(zalo):
    zalo.settings(pkce_mode="off")

    assert redeem(zalo, code_of(zalo, "whatever"), code_verifier="not it")["access_token"]


def test_a_refresh_gives_a_new_pair_and_keeps_the_old_access_token(zalo):
    pair = json.loads(refresh(zalo, zalo.refresh_token))

    assert pair["refresh_token"] != zalo.refresh_token
    for token in (pair["access_token"], zalo.token):
        assert zalo.api("GET", OPENAPI + "/v2.0/oa/getoa", token=token)["error"] == 0


def test_the_old_access_token_may_die_with_the_refresh(zalo):
    zalo.settings(refresh_kills_old_access_token=True)

    refresh(zalo, zalo.refresh_token)

    assert zalo.get(OPENAPI + "/v2.0/oa/getoa")["error"] == -220


def test_a_consumed_refresh_token_gets_an_empty_body(zalo):
    refresh(zalo, zalo.refresh_token)

    assert refresh(zalo, zalo.refresh_token) == b""


def test_a_consumed_refresh_token_may_get_an_error_instead(zalo):
    zalo.settings(consumed_refresh_answer="error")
    refresh(zalo, zalo.refresh_token)

    assert json.loads(refresh(zalo, zalo.refresh_token))["error"] == -14014


def test_an_unknown_refresh_token(zalo):
    answer = json.loads(refresh(zalo, "nobody"))

    assert (answer["error"], answer["error_name"]) == (-14014, "Invalid refresh token.")
    assert {"error_reason", "error_description", "ref_doc"} <= set(answer) and "message" not in answer


def test_a_refresh_token_lives_three_months(zalo):
    zalo.advance(days=91)

    assert json.loads(refresh(zalo, zalo.refresh_token))["error"] == -14014


def test_wrong_app_and_wrong_secret(zalo):
    assert json.loads(refresh(zalo, zalo.refresh_token, app_id="nobody"))["error"] == -14002
    assert json.loads(exchange(zalo, secret="no", refresh_token="x", grant_type="refresh_token"))["error"] < 0
    assert json.loads(refresh(zalo, zalo.refresh_token))["access_token"]


def test_access_tokens_expire_after_25_hours(zalo):
    zalo.advance(hours=24)
    assert zalo.get(OPENAPI + "/v2.0/oa/getoa")["error"] == 0
    zalo.advance(hours=1)

    answer = zalo.get(OPENAPI + "/v2.0/oa/getoa")

    assert answer["error"] == -216 and "expired" in answer["message"]
    assert zalo.get("/business/quality")["error"] == -124


def test_unknown_and_removed_tokens(zalo):
    assert zalo.api("GET", OPENAPI + "/v2.0/oa/getoa", token="x")["error"] == -216
    assert zalo.api("GET", "/business/quality", token="x")["error"] == -124
    zalo.sim("POST", "/tokens/remove", {"app_id": APP, "oa_id": OA})
    assert zalo.get(OPENAPI + "/v2.0/oa/getoa")["error"] == -220


def test_a_revoked_consent(zalo, listener):
    body = json.dumps({"app_id": APP, "oa_id": OA}).encode()
    status, _, _ = zalo.http("DELETE", SIM + "/grants", body, {"Content-Type": "application/json"})

    assert status == 200
    assert zalo.get(OPENAPI + "/v2.0/oa/getoa")["error"] == -223
    assert zalo.get("/business/quality")["error"] == -105
    assert json.loads(refresh(zalo, zalo.refresh_token))["error"] == -14014
    assert listener.wait("permission_revoked")[0]["oa_id"] == OA


def test_the_graph_tells_an_app_who_logged_in(zalo):
    login = zalo.sim("POST", "/user-tokens", {"app_id": APP, "citizen_id": "lan"})
    token = login["access_token"]
    proof = appsecret_proof(token, SECRET)

    profile = zalo.api("GET", "/graph/v2.0/me?fields=id,name", token=token, appsecret_proof=proof)
    number = zalo.api("GET", "/graph/v2.0/me/info", token=token, code=login["phone_token"], secret_key=SECRET)

    assert profile["name"] == "Nguyễn Thị Lan" and number["data"]["number"] == "84912345678"
    assert zalo.api("GET", "/graph/v2.0/me", token=token)["error"] == -242
    again = zalo.api("GET", "/graph/v2.0/me/info", token=token, code=login["phone_token"], secret_key=SECRET)
    assert again["error"] != 0
