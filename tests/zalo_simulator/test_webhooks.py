import json
import time

import pytest

from tests.zalo_simulator.driving import APP, OA, OA_SECRET, OTHER_OA, wait_until
from zalo_simulator.webhooks.mischief import KINDS, STRANGER
from zalo_simulator.webhooks.signature import event_mac

PAST = 0.15


def state(zalo) -> dict:
    return next(app for app in zalo.sim("GET", "/apps")["apps"] if app["app_id"] == APP)


def attempts(zalo, event: str) -> list[dict]:
    rows = zalo.sim("GET", f"/webhooks?event={event}&limit=1")["webhooks"]
    return rows[0]["attempts"] if rows else []


def test_saving_the_address_sends_an_unsigned_probe(zalo, listener):
    probe = listener.received[0]

    assert probe["body"] == b"{}" and "X-ZEvent-Signature" not in probe["headers"]
    wait_until(lambda: state(zalo)["webhook_probe"] == "HTTP 200", "the probe's outcome")


def test_following_and_leaving(zalo, listener, uid):
    zalo.do("unfollow")

    follow, unfollow = listener.wait("follow")[0], listener.wait("unfollow")[0]
    assert follow["follower"] == {"id": uid} and follow["oa_id"] == OA and follow["app_id"] == APP
    assert follow["source"] == "oa_profile" and follow["timestamp"].isdigit()
    assert unfollow["follower"] == {"id": uid}


def test_what_a_citizen_writes(zalo, listener, uid):
    asked = zalo.do("text", {"text": "Tra cứu hồ sơ 😀"})["message_id"]

    event = listener.wait("user_send_text")[0]
    assert event["sender"] == {"id": uid} and event["recipient"] == {"id": OA}
    assert event["message"] == {"msg_id": asked, "text": "Tra cứu hồ sơ 😀"}
    assert event["user_id_by_app"].isdigit()


@pytest.mark.parametrize(
    ("act", "body", "event", "kind", "fields"),
    [
        ("image", {}, "user_send_image", "image", {"thumbnail", "url"}),
        ("gif", {}, "user_send_gif", "gif", {"thumbnail", "url"}),
        ("file", {"name": "đơn.pdf"}, "user_send_file", "file", {"url", "size", "name", "checksum", "type"}),
        ("location", {}, "user_send_location", "location", {"coordinates"}),
        ("sticker", {}, "user_send_sticker", "sticker", {"id", "url"}),
        ("link", {"url": "https://mc.vn"}, "user_send_link", "link", {"thumbnail", "description", "url"}),
        ("audio", {"url": "https://mc.vn/a.m4a"}, "user_send_audio", "audio", {"url"}),
        (
            "video",
            {"url": "https://mc.vn/a.mp4"},
            "user_send_video",
            "video",
            {"thumbnail", "description", "url"},
        ),
        ("business-card", {}, "user_send_business_card", "link", {"thumbnail", "description", "url"}),
    ],
)
def test_what_a_citizen_encloses(zalo, listener, uid, act, body, event, kind, fields):
    zalo.do(act, body)

    (attachment,) = listener.wait(event)[0]["message"]["attachments"]
    assert attachment["type"] == kind and set(attachment["payload"]) == fields


def test_sharing_contact_data(zalo, listener, uid):
    zalo.do("share-info")

    event = listener.wait("user_submit_info")[0]
    assert event["sender"] == {"id": uid}
    assert (
        event["info"]["phone"] == "84912345678"
        and event["info"]["full_address"]["user_address"] == "Phan Thiết"
    )


def test_an_account_hears_its_echo_the_receipt_and_that_it_was_seen(zalo, listener, uid):
    sent = zalo.cs(uid, "Đã xong")["data"]["message_id"]
    received = listener.wait("user_received_message")[0]
    zalo.do("seen")

    echo, seen = listener.wait("oa_send_text")[0], listener.wait("user_seen_message")[0]
    assert echo["sender"] == {"id": OA} and echo["recipient"] == {"id": uid}
    assert echo["message"] == {"msg_id": sent, "text": "Đã xong"}
    assert received["message"] == {"msg_id": sent} and received["recipient"] == {"id": uid}
    assert seen["message"] == {"msg_ids": [sent]}
    names = [event["event_name"] for event in listener.events()]
    assert names == ["follow", "oa_send_text", "user_received_message", "user_seen_message"]


def test_seen_by_itself_when_wanted(zalo, listener, uid):
    zalo.settings(auto_seen=True)
    sent = zalo.cs(uid, "a")["data"]["message_id"]

    assert listener.wait("user_seen_message")[0]["message"]["msg_ids"] == [sent]


@pytest.mark.parametrize(
    ("attachment", "event"),
    [
        ({"template_type": "list", "elements": [{"title": "a"}]}, "oa_send_list"),
        (
            {"template_type": "media", "elements": [{"media_type": "image", "url": "https://m.vn/a"}]},
            "oa_send_image",
        ),
        (
            {"template_type": "media", "elements": [{"media_type": "sticker", "attachment_id": "1"}]},
            "oa_send_sticker",
        ),
    ],
)
def test_echoes_of_attachments(zalo, listener, uid, attachment, event):
    zalo.cs(uid, {"attachment": {"type": "template", "payload": attachment}})

    assert listener.wait(event)[0]["message"]["attachments"]


def test_the_receipt_of_a_send_by_phone(zalo, listener):
    msg_id = zalo.zbs()["data"]["msg_id"]

    event = listener.wait("user_received_message")[0]
    assert event["recipient"] == {"id": "84912345678"} and "user_id_by_app" not in event
    message = event["message"]
    assert message["delivery_time"].isdigit() and (message["msg_id"], message["tracking_id"]) == (
        msg_id,
        "t-1",
    )
    assert listener.received[-1]["headers"]["X-ZEvent-Server"] == "ZNS"
    assert listener.events("oa_send_template") == []


def test_a_send_by_phone_may_be_echoed_too(zalo, listener):
    zalo.settings(echo_zbs_by_phone=True)
    zalo.zbs()

    assert len(listener.wait("oa_send_template")) == 1


def test_the_receipt_of_a_send_by_user_id(zalo, listener, uid):
    sent = zalo.by_uid(uid)["data"]["message_id"]

    echo = listener.wait("oa_send_template")[0]["message"]
    assert echo["msg_id"] == sent and echo["attachments"][0]["type"] == "template"
    received = listener.wait("user_received_message")[0]
    assert received["message"] == {"msg_id": sent} and received["recipient"] == {"id": uid}


def test_pressing_buttons_and_the_menu(zalo, listener, uid):
    buttons = [
        {"title": "Hiện", "type": "oa.query.show", "payload": "#hien"},
        {"title": "Ẩn", "type": "oa.query.hide", "payload": "#an"},
        {"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://mc.vn/"}},
        {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84912345678"}},
    ]
    card = zalo.attach(uid, "button", text="Chọn", buttons=buttons)["data"]["message_id"]

    assert zalo.do("tap", {"message_id": card, "button": 0})["effect"] == "text"
    assert zalo.do("tap", {"message_id": card, "button": "Ẩn"})["effect"] == "hidden_text"
    assert zalo.do("tap", {"message_id": card, "button": 2})["url"] == "https://mc.vn/"
    assert zalo.do("tap", {"message_id": card, "button": 3})["phone"] == "84912345678"
    assert zalo.do("menu", {"title": "Tra cứu"})["effect"] == "text"
    assert "Hiện, Ẩn" in zalo.do("tap", {"message_id": card, "button": "Không có"}, expect=404)["error"]
    texts = [event["message"]["text"] for event in listener.wait("user_send_text", 3)]
    assert texts == ["#hien", "#an", "#tra_cuu"]
    assert [m["text"] for m in zalo.chat()["messages"] if m["from"] == "user"] == ["#hien", "#tra_cuu"]


def test_the_rest_of_a_citizens_life(zalo, listener, uid):
    sent = zalo.cs(uid, "a")["data"]["message_id"]
    zalo.do("chatnow")
    zalo.do("react", {"message_id": sent})
    zalo.do("withdraw")

    assert listener.wait("user_click_chatnow")[0]["user_id"] == uid
    assert listener.wait("user_reacted_message")[0]["message"] == {"msg_id": sent, "react_icon": "/-heart"}
    withdrawn = listener.wait("user_withdraw")[0]
    assert (withdrawn["oa_id"], withdrawn["user_id"]) == (OA, uid) and withdrawn["user_id_by_app"]
    assert zalo.chat()["messages"] == [] and zalo.chat()["notices"]


def test_only_apps_with_a_grant_hear(zalo, listener):
    zalo.follow(oa=OTHER_OA)
    zalo.follow()

    listener.wait("follow")
    assert [event["oa_id"] for event in listener.events("follow")] == [OA]


def test_the_retry_ladder_runs_on_the_virtual_clock(zalo, listener):
    listener.answers = [500, 401, 503]
    zalo.follow()
    wait_until(lambda: len(attempts(zalo, "follow")) == 1, "the first try")

    for number, pause_s in ((1, 30), (2, 300), (3, 900)):
        zalo.advance(seconds=pause_s - 1)
        time.sleep(0.03)
        assert len(attempts(zalo, "follow")) == number
        zalo.advance(seconds=1)
        wait_until(lambda number=number: len(attempts(zalo, "follow")) == number + 1, f"retry {number}")

    tries = [item for item in listener.received if item["json"].get("event_name") == "follow"]
    assert [item["headers"].get("num_retry") for item in tries] == [None, "1", "2", "3"]
    assert len({item["body"] for item in tries}) == 1
    assert state(zalo)["webhook_enabled"]


def test_five_failed_retries_disable_the_webhook_until_it_is_enabled(zalo, listener):
    zalo.settings(webhook_retry_factor=0)
    listener.answers = [500] * 6
    zalo.follow()
    wait_until(lambda: not state(zalo)["webhook_enabled"], "the webhook disabled")
    tries = [item for item in listener.received if item["json"].get("event_name") == "follow"]

    zalo.do("text", {"text": "nobody hears"})
    zalo.sim("POST", "/apps", {"app_id": APP, "webhook_enabled": True})
    zalo.do("text", {"text": "heard"})

    assert len(tries) == 6
    assert [event["message"]["text"] for event in listener.wait("user_send_text")] == ["heard"]
    assert zalo.sim("GET", "/stats")["webhooks"]["skipped"] == 1


def test_no_answer_in_time_counts_as_failed(zalo, listener):
    zalo.settings(webhook_timeout_s=PAST)
    listener.delay_s = PAST * 3
    zalo.follow()

    wait_until(lambda: len(attempts(zalo, "follow")) == 1, "the first try")
    assert attempts(zalo, "follow")[0]["outcome"].startswith("không trả lời")
    listener.delay_s = 0
    zalo.advance(seconds=30)
    wait_until(lambda: attempts(zalo, "follow")[-1]["status"] == 200, "the retry")


def test_events_of_one_chat_come_in_order(zalo, listener, uid):
    listener.delay_s = 0.002
    for number in range(30):
        zalo.do("text", {"text": str(number)})

    texts = [event["message"]["text"] for event in listener.wait("user_send_text", 30)]
    assert texts == [str(number) for number in range(30)]


def test_a_retry_does_not_hold_up_what_follows(zalo, listener, uid):
    listener.wait("follow")
    listener.answers = [500]
    zalo.do("text", {"text": "first"})
    zalo.do("text", {"text": "second"})
    listener.wait("user_send_text", 2)
    zalo.advance(seconds=30)

    texts = [event["message"]["text"] for event in listener.wait("user_send_text", 3)]
    assert texts == ["first", "second", "first"]


def mischief(zalo, listener, kind: str, **more) -> list[dict]:
    zalo.sim("POST", "/webhook-faults", {"kind": kind, "event": "user_send_text", "count": 1} | more)
    zalo.do("text", {"text": "chào"})
    listener.wait("sim_unknown_event" if kind == "unknown_event" else "user_send_text")
    time.sleep(0.02)
    return [item for item in listener.received if item["json"].get("message", {}).get("text") == "chào"]


def test_duplicates(zalo, listener, uid):
    zalo.sim("POST", "/webhook-faults", {"kind": "duplicate", "event": "user_send_text", "count": 1})
    zalo.do("text", {"text": "chào"})

    first, second = listener.wait("user_send_text", 2)
    assert first == second


def test_disorder(zalo, listener, uid):
    zalo.sim("POST", "/webhook-faults", {"kind": "reorder", "event": "user_send_text", "count": 1})
    zalo.do("text", {"text": "first"})
    zalo.do("text", {"text": "second"})

    texts = [event["message"]["text"] for event in listener.wait("user_send_text", 2)]
    assert texts == ["second", "first"]


def test_signatures_that_do_not_fit_or_look_odd(zalo, listener, uid):
    for kind in ("bad_mac", "bare_mac", "spaced_mac"):
        item = mischief(zalo, listener, kind)[-1]
        mac = event_mac(APP, item["body"], item["json"]["timestamp"], OA_SECRET)
        given = item["headers"]["X-ZEvent-Signature"]
        assert given == {"bare_mac": mac, "spaced_mac": f"mac = {mac}"}.get(kind, given)
        assert (mac in given) is (kind != "bad_mac")


def test_swapped_and_numeric_ids(zalo, listener, uid):
    swapped = mischief(zalo, listener, "swapped_ids")[-1]["json"]
    numeric = mischief(zalo, listener, "numeric_ids")[-1]["json"]

    assert swapped["sender"] == {"id": OA} and swapped["recipient"] == {"id": uid}
    assert numeric["sender"] == {"id": int(uid)} and isinstance(numeric["timestamp"], int)


def test_strangers_and_missing_headers(zalo, listener, uid):
    assert mischief(zalo, listener, "unknown_oa")[-1]["json"]["recipient"] == {"id": STRANGER}
    assert mischief(zalo, listener, "unknown_event")[-1]["json"]["event_name"] == "sim_unknown_event"
    assert "X-ZEvent-Timestamp" not in mischief(zalo, listener, "no_timestamp_header")[-1]["headers"]


def test_an_event_that_never_leaves(zalo, listener, uid):
    zalo.sim("POST", "/webhook-faults", {"kind": "lost", "count": 1})
    zalo.do("text", {"text": "lost"})
    zalo.do("text", {"text": "there"})

    assert [event["message"]["text"] for event in listener.wait("user_send_text")] == ["there"]


def test_webhook_faults_are_listed_and_switched_off(zalo):
    fault = zalo.sim("POST", "/webhook-faults", {"kind": "duplicate"})["fault_id"]
    shown = zalo.sim("GET", "/webhook-faults")

    assert [item["fault_id"] for item in shown["faults"]] == [fault] and shown["kinds"] == KINDS
    assert zalo.http("DELETE", f"/sim/api/webhook-faults/{fault}")[0] == 200
    assert zalo.http("DELETE", f"/sim/api/webhook-faults/{fault}")[0] == 404
    assert zalo.sim("GET", "/webhook-faults")["faults"] == []


def test_replaying_a_webhook_sends_the_same_bytes(zalo, listener, uid):
    listener.wait("follow")
    number = zalo.sim("GET", "/webhooks?event=follow")["webhooks"][0]["n"]

    answer = zalo.sim("POST", f"/webhooks/{number}/replay", {})

    assert answer["status"] == 200
    first, second = (item for item in listener.received if item["json"].get("event_name") == "follow")
    assert first["body"] == second["body"]
    assert first["headers"]["X-ZEvent-Signature"] == second["headers"]["X-ZEvent-Signature"]
    assert json.loads(zalo.http("POST", "/sim/api/webhooks/99999999/replay", b"{}")[2])["error"]


def test_a_person_answers_in_oa_manager(zalo, listener, uid):
    sent = zalo.do("staff-text", {"text": "Cán bộ trả lời", "admin_id": "77"})["message_id"]

    echo = listener.wait("oa_send_text")[0]
    assert echo["sender"] == {"id": OA, "admin_id": "77"} and echo["message"]["msg_id"] == sent
    assert zalo.chat()["messages"][-1]["text"] == "Cán bộ trả lời"


def test_what_zalo_changes_by_itself_is_told(zalo, listener):
    zalo.sim("POST", "/oas", {"oa_id": OA, "daily_quota": 10_000, "template_tags": ["TRANSACTION"]})
    zalo.sim("POST", "/templates", {"id": "300001", "quality": "LOW", "status": "DISABLE"})

    quota = listener.wait("change_oa_daily_quota")[0]
    assert (quota["oaId"], quota["quota"]) == (OA, {"prev_value": "500000", "new_value": "10000"})
    assert listener.wait("change_oa_template_tags")[0]["tags"]["new_tags"] == ["TRANSACTION"]
    assert listener.wait("change_template_quality")[0]["quality"]["new_quality"] == "LOW"
    assert listener.wait("change_template_status")[0]["status"]["new_status"] == "DISABLE"


def test_a_receiver_that_closes_every_connection_loses_nothing(zalo, listener, uid):
    listener.closes = True
    for number in range(10):
        zalo.do("text", {"text": str(number)})

    assert len(listener.wait("user_send_text", 10)) == 10
    assert zalo.sim("GET", "/stats")["webhooks"]["failed"] == 0
