import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.zalo_simulator.driving import APP, OPENAPI, SECRET
from zalo_simulator.oauth.pkce import challenge_of

V2, V3 = OPENAPI + "/v2.0/oa", OPENAPI + "/v3.0/oa"
ASK = {"phone": "84912345678", "call_type": "audio", "reason_code": 103}


def check(zalo) -> dict:
    return zalo.get(V2 + "/call/checkconsent", {"phone": "84912345678"})


@pytest.mark.parametrize(("allow", "code", "word"), [(True, 0, "ALLOW"), (False, 4, "USER_BLOCKED")])
def test_consent_to_be_called(zalo, uid, listener, allow, code, word):
    assert check(zalo)["error"] == 20
    assert zalo.api("POST", V2 + "/call/requestconsent", ASK)["error"] == 0
    assert (check(zalo)["error"], zalo.api("POST", V2 + "/call/requestconsent", ASK)["error"]) == (8, 2)

    zalo.do("consent", {"allow": allow})

    sent, reply = listener.wait("oa_send_consent")[0], listener.wait("user_reply_consent")[0]
    assert (sent["request_type"], sent["phone"]) == ("SENT", "84912345678")
    assert (reply["user_consent"], reply["phone"], check(zalo)["error"]) == (word, "84912345678", code)
    assert zalo.chat()["messages"][-1]["consent_state"] == word


def test_a_request_nobody_answers_expires(zalo, uid, listener):
    zalo.api("POST", V2 + "/call/requestconsent", ASK)
    zalo.advance(hours=24, seconds=1)

    assert [event["request_type"] for event in listener.wait("oa_send_consent", 2)] == ["SENT", "EXPIRED"]
    assert check(zalo)["error"] == 16
    zalo.do("consent", {"allow": True}, expect=404)


@pytest.mark.parametrize("changes", [{"phone": "12"}, {"call_type": "fax"}, {"reason_code": 1}])
def test_wrong_requests_to_call(zalo, uid, changes):
    assert zalo.api("POST", V2 + "/call/requestconsent", ASK | changes)["error"] == -201


def test_call_links_and_ended_calls(zalo, uid, listener):
    link = zalo.api("POST", V3 + "/call/outbound", {"user_id": uid, "call_type": "audio"})["data"]
    assert link["call_link"].startswith("https://zalo.me/") and link["ttl"] == 172_800
    assert zalo.api("POST", V3 + "/call/inbound", {"call_type": "video"})["data"]["qr_code"]
    assert zalo.get(V3 + "/call/getmccinfo")["data"]["agents"]

    zalo.do("call", {"talk_s": 30})
    zalo.do("call", {"from": "oa", "answered": False})

    ended = listener.wait("user_call_oa")[0]
    assert (ended["talk_time"], ended["status_code"], ended["user_id"]) == ("30000", "0", uid)
    assert listener.wait("oa_call_user")[0]["status_code"] == "1"


def test_logging_in_with_zalo(zalo):
    verifier = "v" * 43
    place = {"app_id": APP, "redirect_uri": "https://app.example/cb", "state": "s"}
    place["code_challenge"] = challenge_of(verifier)
    status, _, page = zalo.http("GET", "/v4/permission?" + urlencode(place))
    assert status == 200 and "Nguyễn Thị Lan" in page.decode()
    form = urlencode(place | {"citizen_id": "lan"}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    _, answered, _ = zalo.http("POST", "/v4/permission", form, headers)
    back = parse_qs(urlsplit(answered["Location"]).query)
    code = {
        "code": back["code"][0],
        "app_id": APP,
        "grant_type": "authorization_code",
        "code_verifier": verifier,
    }

    def exchange(**given) -> dict:
        _, _, body = zalo.http(
            "POST", "/v4/access_token", urlencode(given).encode(), headers | {"secret_key": SECRET}
        )
        return json.loads(body)

    pair = exchange(**code)
    assert (back["state"], pair["expires_in"]) == (["s"], "3600") and exchange(**code)["error"] == -14019
    zalo.advance(days=29)
    renew = {"app_id": APP, "grant_type": "refresh_token"}
    fresh = exchange(refresh_token=pair["refresh_token"], **renew)
    assert int(fresh["refresh_token_expires_in"]) == 86_400
    assert exchange(refresh_token=pair["refresh_token"], **renew)["error"] == -14014
    proof = hmac.new(SECRET.encode(), fresh["access_token"].encode(), hashlib.sha256).hexdigest()
    _, _, me = zalo.http(
        "GET",
        "/v2.0/me?fields=id,name",
        None,
        {"access_token": fresh["access_token"], "appsecret_proof": proof},
    )
    assert json.loads(me)["name"] == "Nguyễn Thị Lan"
    zalo.advance(days=2)
    assert exchange(refresh_token=fresh["refresh_token"], **renew)["error"] == -14014


def test_videos_for_articles(zalo):
    edge = "b"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    body = head.encode() + b"\0" * 2_000_000 + f"\r\n--{edge}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}", "access_token": zalo.token}
    path = OPENAPI + "/v2.0/article/upload_video"
    token = json.loads(zalo.http("POST", path + "/preparevideo", body, kind)[2])["data"]["token"]

    assert zalo.get(f"{path}/verify?token={token}")["data"]["status"] == 3
    zalo.advance(seconds=11)
    video = zalo.get(f"{path}/verify?token={token}")["data"]

    assert (video["status"], video["convert_percent"]) == (1, 100)
    article = {"type": "video", "title": "Phim", "description": "Giới thiệu", "video_id": video["video_id"]}
    assert zalo.api("POST", OPENAPI + "/v2.0/article/create", article)["data"]["token"]
    assert zalo.api("POST", OPENAPI + "/v2.0/article/create", article | {"video_id": "x"})["error"] == -201


def test_custom_fields_hold_values(zalo, uid):
    made = zalo.api("POST", V3 + "/userfield/create", {"name": "Mã hộ", "key": "ma_ho"})["data"]

    assert (
        zalo.api("POST", V3 + "/user/update", {"user_id": uid, "custom_fields": {"ma_ho": "H1"}})["error"]
        == 0
    )
    assert zalo.api("POST", V3 + "/userfield/get", {"user_id": uid})["data"]["fields"][0]["value"] == "H1"
    assert (
        zalo.api("POST", V3 + "/userfield/update", {"id": made["id"], "name": "Mã"})["data"]["name"] == "Mã"
    )
    assert (
        zalo.api("POST", V3 + "/user/update", {"user_id": uid, "custom_fields": {"x": "1"}})["error"] == -201
    )
    assert zalo.api("POST", V3 + "/userfield/update", {"key": "ma_ho", "data_type": "date"})["error"] == -201


@pytest.mark.parametrize("name", ["menu", "menu_items", "offical_account_menu"])
def test_the_menu_under_every_clients_name(zalo, name):
    button = {"title": "Tra cứu", "type": "oa.query.show", "payload": "#tra_cuu"}

    zalo.api("POST", V3 + "/menu", {name: [button]})

    assert zalo.get(V3 + "/menu")["data"]["menu"] == [button] == zalo.chat()["menu"]


def test_fifty_reactions_on_one_message(zalo, uid):
    message = zalo.do("text", {"text": "Chào"})["message_id"]
    action = {"react_icon": "/-heart", "react_message_id": message}
    body = {"recipient": {"user_id": uid}, "sender_action": action}

    codes = [zalo.api("POST", V2 + "/message", body)["error"] for _ in range(51)]

    assert codes == [0] * 50 + [-210]
