"""The simulator's signed webhooks, verified and read by our receiver's code."""

import json

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.messages import QueryHide, TextMessage
from motcua.zalo.signature import is_probe
from tests.zalo.simulated import heard_events, is_genuine, on_stage


def test_saving_the_address_sends_the_unsigned_probe(simulator):
    async def play(stage):
        async with stage.listening() as probe:
            return probe

    probe = on_stage(simulator, play)

    assert is_probe(probe.body) and probe.signature is None


def test_what_a_citizen_does(simulator):
    async def play(stage):
        await stage.act("unfollow")
        async with stage.listening():
            for act, given in (
                ("follow", {}),
                ("chatnow", {}),
                ("text", {"text": "Tra cứu hồ sơ 😀"}),
                ("image", {}),
                ("gif", {}),
                ("video", {"url": "https://mc.vn/a.mp4"}),
                ("audio", {"url": "https://mc.vn/a.m4a"}),
                ("link", {"url": "https://mc.vn"}),
                ("file", {"name": "don.pdf"}),
                ("location", {"latitude": 10.77, "longitude": 106.69}),
                ("sticker", {}),
                ("business-card", {}),
                ("share-info", {}),
                ("withdraw", {}),
                ("unfollow", {}),
            ):
                await stage.act(act, **given)
            return stage, await heard_events(stage, 15)

    stage, found = on_stage(simulator, play)

    messages = [event for event in found if isinstance(event, events.UserMessage)]
    assert [event.kind for event in messages] == [
        "text", "image", "gif", "video", "audio", "link", "file", "location", "sticker", "business_card",
    ]  # fmt: skip
    assert messages[0].text == "Tra cứu hồ sơ 😀"
    assert (messages[7].attachments[0].latitude, messages[6].attachments[0].name) == (10.77, "don.pdf")
    assert [type(event).__name__ for event in found if event not in messages] == [
        "Follow", "ChatNow", "UserInfoSubmitted", "UserWithdrew", "Unfollow",
    ]  # fmt: skip
    assert found[12].phone == stage.phone
    assert {event.oa_candidates[0] for event in found} == {stage.oa_id}
    assert {event.user_for(stage.oa_id) for event in found} == {stage.user_id}
    assert {event.app_id for event in found} == {stage.app_id}
    assert len({event.event_key for event in found}) == len(found)
    assert all(event.timestamp is not None for event in found)


def test_what_becomes_of_a_message(simulator):
    async def play(stage):
        async with stage.listening():
            message = TextMessage("Chào", (QueryHide("Theo dõi", "#theo_doi"),))
            sent = await stage.client.send_consultation(stage.token, stage.user_id, message)
            await stage.hear(2)
            await stage.act("seen")
            await stage.act("tap", message_id=sent.message_id, button=0)
            await stage.act("react", message_id=sent.message_id, icon="/-heart")
            return sent, await heard_events(stage, 5)

    sent, found = on_stage(simulator, play)

    by_type = {type(event): event for event in found}
    assert by_type[events.OaEcho].msg_id == sent.message_id and by_type[events.OaEcho].text == "Chào"
    received = by_type[events.MessageReceived]
    assert (received.msg_id, received.channel) == (sent.message_id, "oa")
    assert by_type[events.MessageSeen].msg_ids == (sent.message_id,)
    assert by_type[events.UserMessage].text == "#theo_doi"
    assert (by_type[events.Reaction].msg_id, by_type[events.Reaction].icon) == (sent.message_id, "/-heart")


@pytest.mark.parametrize("hashed", [False, True])
def test_the_receipt_of_a_template_by_phone(simulator, hashed):
    async def play(stage):
        client = stage.client
        send = client.send_template_to_hashed_phone if hashed else client.send_template_to_phone
        async with stage.listening():
            sent = await send(stage.token, stage.phone, stage.template(), "t-1")
            return stage, sent, await heard_events(stage, 1)

    stage, sent, found = on_stage(simulator, play)

    (received,) = [event for event in found if isinstance(event, events.MessageReceived)]
    assert (received.msg_id, received.channel, received.tracking_id) == (sent.message_id, "zbs", "t-1")
    assert received.phone == (None if hashed else stage.phone)
    assert (received.phone_hash is not None) is hashed
    assert received.delivered_at is not None and received.oa_candidates == (stage.oa_id,)


def test_the_receipt_of_a_template_by_user_id(simulator):
    async def play(stage):
        async with stage.listening():
            sent = await stage.client.send_template_to_user(stage.token, stage.user_id, stage.template())
            return stage, sent, await heard_events(stage, 2)

    stage, sent, found = on_stage(simulator, play)

    (received,) = [event for event in found if isinstance(event, events.MessageReceived)]
    assert (received.msg_id, received.user_id) == (sent.message_id, stage.user_id)


def test_templates_tags_and_grants_tell_of_their_changes(simulator):
    async def play(stage):
        async with stage.listening():
            await stage.client.tag_user(stage.token, stage.user_id, "đã hẹn")
            review = {"status": "DISABLE", "reason": "Chất lượng thấp"}
            await stage.ask("POST", f"/templates/{stage.template_id}/review", review)
            await stage.ask("DELETE", "/grants", {"app_id": stage.app_id, "oa_id": stage.oa_id})
            return stage, await heard_events(stage, 3)

    stage, found = on_stage(simulator, play)

    by_type = {type(event): event for event in found}
    tagged, changed = by_type[events.Tagged], by_type[events.TemplateChanged]
    assert (tagged.action, tagged.tag, tagged.user_ids) == ("added", "đã hẹn", (stage.user_id,))
    assert (changed.template_id, changed.previous, changed.new) == (stage.template_id, "ENABLE", "DISABLE")
    assert by_type[events.PermissionRevoked].oa_candidates == (stage.oa_id,)


def test_a_rating_comes_live(simulator):
    async def play(stage):
        template_id = "377" + stage.template_id[3:]
        await stage.put_template(template_id, template_type=5)
        async with stage.listening():
            sent = await stage.client.send_template_to_phone(
                stage.token, stage.phone, type(stage.template())(template_id, stage.template().data), "t-9"
            )
            await stage.act("rate", message_id=sent.message_id, stars=5, feedbacks=["Thân thiện"])
            return sent, await heard_events(stage, 2)

    sent, found = on_stage(simulator, play)

    (feedback,) = [event for event in found if isinstance(event, events.Feedback)]
    assert (feedback.msg_id, feedback.rate, feedback.feedbacks) == (sent.message_id, 5, ("Thân thiện",))


@pytest.mark.parametrize("kind", ["bare_mac", "spaced_mac", "numeric_ids", "swapped_ids", "duplicate"])
def test_the_simulators_whims_are_understood(simulator, kind):
    async def play(stage):
        async with stage.listening():
            await stage.ask("POST", "/webhook-faults", {"kind": kind, "oa_id": stage.oa_id, "count": 1})
            await stage.act("text", text="Chào")
            return stage, await heard_events(stage, 2 if kind == "duplicate" else 1)

    stage, found = on_stage(simulator, play)

    assert {event.text for event in found} == {"Chào"}
    assert {event.user_for(stage.oa_id) for event in found} == {stage.user_id}
    assert stage.oa_id in found[0].oa_candidates
    assert len({event.event_key for event in found}) == 1


def test_a_forged_signature_is_seen(simulator):
    async def play(stage):
        async with stage.listening():
            await stage.ask("POST", "/webhook-faults", {"kind": "bad_mac", "oa_id": stage.oa_id, "count": 1})
            await stage.act("text", text="Chào")
            (heard,) = await stage.hear(1)
            return is_genuine(heard, stage), json.loads(heard.body)["event_name"]

    assert on_stage(simulator, play) == (False, "user_send_text")


def test_every_event_of_the_catalogue_is_known_and_names_its_oa_and_citizen(simulator):
    async def play(stage):
        async with stage.listening():
            names = list((await stage.ask("GET", "/events"))["events"])
            for name in names:
                await stage.ask(
                    "POST", "/events", {"event": name, "oa_id": stage.oa_id, "citizen_id": stage.citizen}
                )
            return stage, names, await heard_events(stage, len(names))

    stage, names, found = on_stage(simulator, play)

    wire_names = ["user_received_message" if name == "zbs_delivered" else name for name in names]
    assert sorted(event.event_name for event in found) == sorted(wire_names)
    assert [event for event in found if isinstance(event, events.UnknownEvent)] == []
    assert {event.oa_candidates[0] for event in found} == {stage.oa_id}
    assert {event.app_id for event in found} == {stage.app_id}
    citizens = [event for event in found if not isinstance(event, events.AnonymousMessage)]
    assert {event.user_for(stage.oa_id) for event in citizens} <= {stage.user_id, None}
    assert all(event.group_id for event in found if isinstance(event, events.GroupEvent))
    assert len({event.event_key for event in found}) == len(found)
