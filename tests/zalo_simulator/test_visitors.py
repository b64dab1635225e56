import pytest

from tests.zalo_simulator.driving import OA, OPENAPI

CS = OPENAPI + "/v3.0/oa/message/cs"


@pytest.fixture
def visitor(zalo) -> dict:
    """Somebody on a web page with the account's widget."""
    return zalo.sim("POST", "/visitors", {"oa_id": OA, "name": "Khách"})


def recipient(visitor: dict) -> dict:
    return {name: visitor[name] for name in ("anonymous_id", "conversation_id")}


def test_a_visitor_asks_and_is_answered(zalo, visitor, listener):
    zalo.sim("POST", f"/visitors/{visitor['anonymous_id']}/text", {"text": "Mấy giờ mở cửa?"})
    heard = listener.wait("anonymous_send_text")[0]
    ids = {"anonymous_id": heard["sender"]["id"], "conversation_id": heard["message"]["conversation_id"]}

    answer = zalo.api("POST", CS, {"recipient": ids, "message": {"text": "7 giờ 30"}})

    assert heard["recipient"] == {"id": OA} and heard["message"]["text"] == "Mấy giờ mở cửa?"
    assert answer["data"]["conversation_id"] == visitor["conversation_id"] and answer["data"]["message_id"]
    shown = zalo.sim("GET", f"/visitors/{visitor['anonymous_id']}")["messages"]
    assert [(m["from"], m["text"]) for m in shown] == [("user", "Mấy giờ mở cửa?"), ("oa", "7 giờ 30")]
    echo = listener.wait("oa_send_anonymous_text")[0]
    assert (echo["sender"], echo["recipient"]) == ({"id": OA}, {"id": visitor["anonymous_id"]})


def test_the_v2_path_still_serves_visitors(zalo, visitor):
    body = {"recipient": recipient(visitor), "message": {"text": "Chào"}}

    assert (
        zalo.api("POST", OPENAPI + "/v2.0/oa/message", body)["data"]["anonymous_id"]
        == visitor["anonymous_id"]
    )


@pytest.mark.parametrize("kind", ["image", "file", "sticker"])
def test_visitors_enclose_things(zalo, visitor, listener, kind):
    zalo.sim("POST", f"/visitors/{visitor['anonymous_id']}/{kind}", {})

    assert listener.wait(f"anonymous_send_{kind}")[0]["message"]["attachments"][0]["type"] == kind


@pytest.mark.parametrize(
    ("changes", "message", "code"),
    [
        ({"conversation_id": "x"}, {"text": "a"}, -201),
        ({"anonymous_id": "x"}, {"text": "a"}, -201),
        ({}, {"text": "d" * 2_001}, -210),
        ({}, {"text": ""}, -201),
        (
            {},
            {"text": "a", "attachment": {"type": "template", "payload": {"buttons": [
                {"title": "Mở", "type": "oa.query.show", "payload": "#a"}]}}},
            -233,
        ),
    ],
    ids=["conversation", "person", "long", "empty", "buttons"],
)  # fmt: skip
def test_what_a_visitor_cannot_get(zalo, visitor, changes, message, code):
    body = {"recipient": recipient(visitor) | changes, "message": message}

    assert zalo.api("POST", CS, body)["error"] == code


def test_a_conversation_grows_cold(zalo, visitor):
    zalo.advance(days=8)
    zalo.settings(access_token_life_s=9_000_000)
    token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OA})["access_token"]

    body = {"recipient": recipient(visitor), "message": {"text": "Chào"}}
    assert zalo.api("POST", CS, body, token=token)["error"] == -232
