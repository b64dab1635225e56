from tests.zalo_simulator.driving import APP, OA, wait_until
from zalo_simulator.webhooks.catalogue import EVENTS, wire_name


def test_every_event_can_be_sent_on_its_own(zalo, listener):
    for name in EVENTS:
        zalo.sim("POST", "/events", {"event": name, "oa_id": OA, "citizen_id": "lan"})
        event = listener.wait(wire_name(name))[-1]
        people = [event.get(side, {}).get("id") for side in ("sender", "recipient")]

        assert event["app_id"] == APP and event["timestamp"].isdigit(), name
        assert OA in (event.get("oa_id"), event.get("oaId"), *people), name


def test_fields_are_laid_over_the_body(zalo, listener):
    zalo.sim("POST", "/events", {"event": "shop_has_order", "oa_id": OA, "fields": {"order": {"id": "7"}}})

    assert listener.wait("shop_has_order")[0]["order"] == {"id": "7"}


def test_an_event_nobody_would_hear_is_refused(zalo):
    assert "webhook" in zalo.sim("POST", "/events", {"event": "follow", "oa_id": OA}, expect=400)["error"]
    zalo.sim("POST", "/events", {"event": "no_such", "oa_id": OA}, expect=400)
    zalo.sim("POST", "/events", {"event": "follow", "oa_id": "1"}, expect=404)
    assert len(zalo.sim("GET", "/events")["events"]) == len(EVENTS)


def test_the_probe_can_be_repeated(zalo, listener):
    before = len(listener.received)

    assert zalo.sim("POST", f"/apps/{APP}/probe", {})["outcome"] == "HTTP 200"

    wait_until(lambda: len(listener.received) == before + 1, "the probe")
    assert (
        listener.received[-1]["body"] == b"{}"
        and "X-ZEvent-Signature" not in listener.received[-1]["headers"]
    )


def test_the_web_widget_ties_a_person_to_an_outside_id(zalo, listener):
    uid = zalo.do("widget", {"user_external_id": "KH-1", "url": "https://shop.example/"})["uid"]
    accepted = listener.wait("widget_interaction_accepted")[0]["data"]
    assert accepted == {"user_id": uid, "user_external_id": "KH-1", "url": "https://shop.example/"}
    assert zalo.get("/v3.0/oa/user/detail", {"user_id": uid})["data"]["user_external_id"] == "KH-1"

    zalo.do("widget", {"user_external_id": "KH-2"})
    zalo.do("widget", {"user_external_id": "KH-1"}, citizen="minh")

    said = [event["data"]["message"] for event in listener.wait("widget_failed_to_sync_user_external_id", 2)]
    assert "already has" in said[0] and "another user" in said[1]


def test_what_staff_do_by_hand(zalo, uid, listener):
    message = zalo.do("text", {"text": "Chào"})["message_id"]
    zalo.do("staff-text", {"text": "Chào bà"})
    zalo.do("staff-react", {"message_id": message, "icon": "/-strong"})
    zalo.do("staff-info", {"name": "Bà Lan", "phone": "84912345678"})
    zalo.do("react", {"message_id": message})

    assert listener.wait("oa_send_text")[0]["sender"]["admin_id"]
    assert listener.wait("oa_reacted_message")[0]["message"]["react_icon"] == "/-strong"
    changed = listener.wait("update_user_info")[0]
    assert changed["info"] == {"name": "Bà Lan", "phone": "84912345678"} and changed["user_id"] == uid
    assert listener.wait("user_reacted_message")[0]["message"]["react_icon"] == "/-heart"


def test_a_templates_quota_changes(zalo, listener):
    zalo.sim("POST", "/templates", {"id": "300001", "daily_quota": 500})

    quota = listener.wait("change_template_quota")[0]["quota"]
    assert quota == {"prev_quota": "0", "new_quota": "500"}
