import http.client
import json
import time

import pytest

from tests.zalo_simulator.driving import APP, OA, OPENAPI, OTHER_OA
from zalo_simulator import magic
from zalo_simulator.errors import OA_MESSAGES, ZBS_MESSAGES

GETOA = OPENAPI + "/v2.0/oa/getoa"


def fault(zalo, kind: str, **more) -> str:
    return zalo.sim("POST", "/faults", {"kind": kind, "count": 1} | more)["fault_id"]


def raw(zalo, path=GETOA, timeout=5.0):
    return zalo.http("GET", path, headers={"access_token": zalo.token}, timeout=timeout)


def test_latency(zalo):
    fault(zalo, "latency", latency_ms=120)
    started = time.perf_counter()

    assert zalo.get(GETOA)["error"] == 0
    assert time.perf_counter() - started >= 0.12


def test_http_500_and_a_gateways_page(zalo):
    fault(zalo, "http_500")
    assert raw(zalo)[0] == 500
    fault(zalo, "html")
    status, headers, page = raw(zalo)
    assert status == 502 and headers["Content-Type"].startswith("text/html") and b"<html>" in page
    assert zalo.get(GETOA)["error"] == 0


def test_no_answer_until_the_client_gives_up(zalo):
    fault(zalo, "timeout")

    with pytest.raises(TimeoutError):
        raw(zalo, timeout=0.2)


def test_a_connection_that_closes_before_anything_is_accepted(zalo, uid):
    fault(zalo, "drop_before", path=OPENAPI + "/v3.0/oa/message")

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        zalo.cs(uid, "a")
    assert zalo.chat()["messages"] == []


def test_accepted_and_delivered_but_the_answer_is_lost(zalo, uid, listener):
    fault(zalo, "lost_answer")

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        zalo.cs(uid, "đã tới")
    assert [message["text"] for message in zalo.chat()["messages"]] == ["đã tới"]
    listener.wait("user_received_message")


def test_a_given_error_and_the_rate_limit(zalo):
    fault(zalo, "error", code=-320)
    assert zalo.get(GETOA) == {"error": -320, "message": OA_MESSAGES[-320]}
    fault(zalo, "rate_limit")
    assert zalo.get(GETOA)["error"] == -32


def test_faults_by_path_and_account_and_count(zalo, uid):
    fault(zalo, "error", code=-200, path="/business")
    fault(zalo, "error", code=-200, oa_id=OTHER_OA)
    assert zalo.get(GETOA)["error"] == 0
    assert zalo.get("/business/quality")["error"] == -200
    assert zalo.get("/business/quality")["error"] == 0
    fault(zalo, "error", code=-200, oa_id=OA, count=2)
    assert [zalo.get(GETOA)["error"] for _ in range(3)] == [-200, -200, 0]


def test_faults_strike_the_token_endpoint_too(zalo):
    fault(zalo, "lost_answer", path="/oauth")
    body = f"app_id={APP}&grant_type=refresh_token&refresh_token={zalo.refresh_token}".encode()
    headers = {"secret_key": "SIM_APP_SECRET", "Content-Type": "application/x-www-form-urlencoded"}

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        zalo.http("POST", "/oauth/v4/oa/access_token", body, headers)
    assert zalo.http("POST", "/oauth/v4/oa/access_token", body, headers)[2] == b""


def test_faults_are_listed_and_switched_off(zalo):
    kept = zalo.sim("POST", "/faults", {"kind": "http_500"})["fault_id"]
    assert raw(zalo)[0] == 500
    assert zalo.sim("GET", "/faults")["faults"][0]["hits"] == 1

    assert zalo.http("DELETE", f"/sim/api/faults/{kept}")[0] == 200
    assert zalo.http("DELETE", f"/sim/api/faults/{kept}")[0] == 404
    assert raw(zalo)[0] == 200
    zalo.sim("POST", "/faults", {"kind": "http_500"})
    assert zalo.http("DELETE", "/sim/api/faults")[0] == 200 and raw(zalo)[0] == 200


@pytest.mark.parametrize(
    "body", [{"kind": "nonsense"}, {}, {"kind": "latency"}, {"kind": "error"}, {"kind": "html", "oops": 1}]
)
def test_faults_that_make_no_sense(zalo, body):
    assert zalo.sim("POST", "/faults", body, expect=400)["error"]


def test_rate_limit_headers_and_refusal(zalo):
    zalo.settings(rate_limit_per_minute=2)
    _, headers, _ = raw(zalo)
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remain"]) == ("2", "1")
    raw(zalo)
    _, headers, answer = raw(zalo)
    assert json.loads(answer)["error"] == -32 and headers["X-RateLimit-Remain"] == "0"

    zalo.advance(minutes=1)

    assert zalo.get(GETOA)["error"] == 0


@pytest.mark.parametrize("code", sorted(OA_MESSAGES | ZBS_MESSAGES))
def test_a_magic_phone_and_a_magic_user_for_every_code(zalo, code):
    assert zalo.zbs(phone=magic.phone_for(code))["error"] == code
    assert zalo.cs(magic.uid_for(code), "a")["error"] == code


def test_magic_numbers_that_misbehave(zalo):
    numbers = zalo.sim("GET", "/magic")["numbers"]
    by_does = {row["does"]: row for row in numbers if not row["code"]}

    def send(phone: str) -> tuple:
        body = {"phone": phone, "template_id": "300001", "template_data": {"ho_ten": "Lan", "ma": "1"}}
        headers = {"access_token": zalo.token}
        return zalo.http(
            "POST", "/business/message/template", json.dumps(body).encode(), headers, timeout=0.3
        )

    assert send(by_does["http_500"]["phone"])[0] == 500
    assert send(by_does["html"]["phone"])[0] == 502
    for kind in ("timeout", "drop_before", "lost_answer"):
        with pytest.raises((TimeoutError, http.client.RemoteDisconnected, ConnectionResetError)):
            send(by_does[kind]["phone"])
    lost = by_does["lost_answer"]["phone"]
    assert len(zalo.chat(lost)["messages"]) == 1
    msg_id = zalo.zbs(phone=by_does["accepted, never delivered"]["phone"])["data"]["msg_id"]
    status = zalo.api("GET", f"/business/message/status?message_id={msg_id}")["data"]["status"]
    assert status == 0


@pytest.mark.parametrize(
    ("what", "changes", "code", "zbs_code"),
    [
        ("apps", {"app_id": APP, "status": "inactive"}, -209, -103),
        ("apps", {"app_id": APP, "status": "disabled"}, -219, -101),
        ("apps", {"app_id": APP, "refused_apis": ["/openapi", "/business"]}, -212, -138),
        ("oas", {"oa_id": OA, "status": "disabled"}, -204, -1351),
        ("oas", {"oa_id": OA, "is_verified": False}, -221, -135),
        ("oas", {"oa_id": OA, "package": ""}, -224, -135),
    ],
)
def test_apps_and_accounts_that_may_not(zalo, what, changes, code, zbs_code):
    zalo.sim("POST", f"/{what}", changes)

    assert (zalo.get(GETOA)["error"], zalo.get("/business/quality")["error"]) == (code, zbs_code)
