import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from tests.zalo_simulator.driving import APP, BUSINESS, OA, TEMPLATE

PHONE = "84912345678"
DATA = {"ho_ten": "Nguyễn Thị Lan", "ma": "HS-001"}


@pytest.fixture
def journey_template(zalo) -> str:
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "400001", "is_journey": True})
    return "400001"


def open_journey(zalo, phone: str = PHONE) -> dict:
    return zalo.api("POST", BUSINESS + "/journey/get-token", {"phone": phone})


def send(zalo, template: str, token: str = "", phone: str = PHONE) -> dict:
    body = {"phone": phone, "template_id": template, "template_data": DATA}
    return zalo.api("POST", BUSINESS + "/message/template", body, journey_token=token)


def test_a_journey_is_paid_once_and_ends_after_seven_days(zalo, listener, journey_template):
    opened = open_journey(zalo)
    spent = []
    for _ in range(2):
        assert send(zalo, journey_template, opened["token"])["data"]["msg_id"]
        spent.append(zalo.sim("GET", "/oas")["oas"][0]["spent_vnd"])
    checked = zalo.api("GET", BUSINESS + "/journey/check-token", journey_token=opened["token"])["data"]

    assert spent == [120, 120] and opened["data"]["token"] == opened["token"]
    assert (checked["appId"], checked["oaId"]) == (APP, OA)
    assert int(checked["expiredAt"]) - int(checked["createdAt"]) == 7 * 86_400_000
    assert listener.wait("event_journey_acknowledged")[0]["journey_id"] == opened["journey_id"]
    zalo.advance(days=7, seconds=1)
    assert listener.wait("event_journey_time_out")[0]["journey_id"] == opened["journey_id"]
    assert len(listener.events("event_journey_acknowledged")) == 1


def test_codes_of_journeys(zalo, journey_template):
    zalo.settings(journey_life_s=60)
    token = open_journey(zalo)["token"]

    assert send(zalo, journey_template)["error"] == -148
    assert send(zalo, journey_template, "x")["error"] == -149
    assert send(zalo, "300001", token)["error"] == -150
    assert send(zalo, journey_template, token, phone="84987654321")["error"] == -150
    assert zalo.api("GET", BUSINESS + "/journey/check-token")["error"] == -148
    zalo.advance(minutes=2)
    assert send(zalo, journey_template, token)["error"] == -1491
    assert zalo.api("GET", BUSINESS + "/journey/check-token", journey_token=token)["error"] == -1491
    assert open_journey(zalo, "12")["error"] == -108


def test_a_journey_template_is_not_for_user_ids(zalo, uid, journey_template):
    assert zalo.by_uid(uid, journey_template)["error"] == -249


def encrypt(public_base64: str, text: str) -> str:
    key = serialization.load_der_public_key(base64.b64decode(public_base64))
    scheme = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return base64.b64encode(key.encrypt(text.encode(), scheme)).decode()


def test_an_encrypted_message_arrives_readable(zalo):
    public = zalo.api("GET", BUSINESS + "/rsa/key/gen")["data"]["publicKey"]
    assert zalo.api("GET", BUSINESS + "/rsa/key/get")["data"]["public_key"] == public
    body = {
        "rsa_phone": encrypt(public, PHONE),
        "template_id": "300001",
        "template_data": {name: encrypt(public, value) for name, value in DATA.items()},
        "tracking_id": "t-1",
    }

    answer = zalo.api("POST", BUSINESS + "/rsa/message/template", body)

    assert answer["data"]["msg_id"]
    assert zalo.chat()["messages"][-1]["title"] == "Hồ sơ HS-001 đã được tiếp nhận"


def test_codes_of_keys(zalo):
    path = BUSINESS + "/rsa/message/template"
    body = {"rsa_phone": "AAAA", "template_id": "300001", "template_data": DATA}

    assert zalo.api("GET", BUSINESS + "/rsa/key/get")["error"] == -142
    assert zalo.api("POST", path, body)["error"] == -128
    zalo.settings(rsa_keys="fail")
    assert zalo.api("GET", BUSINESS + "/rsa/key/gen")["error"] == -129
    zalo.settings(rsa_keys="work")
    assert zalo.api("GET", BUSINESS + "/rsa/key/gen")["error"] == 0
    assert zalo.api("GET", BUSINESS + "/rsa/key/gen")["error"] == -143
    assert zalo.api("POST", path, body)["error"] == -123
    assert zalo.api("POST", path, {"template_id": "300001"})["error"] == -123


@pytest.mark.parametrize("spelling", ["hashphone", "hash_phone"])
def test_a_hashed_phone_in_both_spellings(zalo, listener, spelling):
    digest = "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093"  # of 84912345678
    body = {"hash_phone": digest, "template_id": "300001", "template_data": DATA}

    assert zalo.api("POST", f"{BUSINESS}/message/template/{spelling}", body)["data"]["msg_id"]
    assert listener.wait("user_received_message")[0]["recipient"] == {"id": digest}


def test_quick_replies_by_both_methods(zalo):
    button = {"title": "Đồng ý", "type": "response", "payload": ""}
    zalo.sim(
        "POST", "/templates", TEMPLATE | {"id": "300009", "layout": {"title": "Hỏi", "buttons": [button]}}
    )
    message = zalo.zbs(template="300009")["data"]["msg_id"]
    zalo.do("tap", {"message_id": message, "button": 0})
    asked = {"template_id": "300009", "from_time": 0, "to_time": 2**50, "limit": 10}

    by_post = zalo.api("POST", BUSINESS + "/response/get", asked)["data"]["data"]
    by_get = zalo.api("GET", BUSINESS + "/response/get?template_id=300009")["data"]["data"]

    assert by_post == by_get and (by_post[0]["data"], by_post[0]["msgId"]) == ("Đồng ý", message)
