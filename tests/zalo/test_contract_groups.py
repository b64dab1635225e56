"""Groups (GMF) and visitors of the web widget: the client against the simulator, and the webhooks they cause."""

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import RecipientUnreachable, ZaloRejected
from motcua.zalo.messages import (
    FileMessage,
    ImageMessage,
    ListElement,
    ListMessage,
    QueryShow,
    StickerMessage,
    TextMessage,
)
from tests.zalo.simulated import heard_events, on_stage

LIST = ListMessage((ListElement("Một"), ListElement("Hai")))
WEEK = 7 * 86_400


async def a_group(stage, **more) -> str:
    given = {"oa_id": stage.oa_id, "name": "Tổ dân phố 5", "members": [stage.citizen]}
    return (await stage.ask("POST", "/groups", given | more))["group_id"]


async def in_group(stage, group_id: str, act: str, **body) -> dict:
    return await stage.ask("POST", f"/citizens/{stage.citizen}/groups/{group_id}/{act}", body)


async def a_visitor(stage) -> tuple[str, str]:
    visitor = await stage.ask("POST", "/visitors", {"oa_id": stage.oa_id, "name": "Khách"})
    return visitor["anonymous_id"], visitor["conversation_id"]


def test_a_message_to_a_group_is_on_its_members_phones(simulator):
    async def play(stage):
        group_id = await a_group(stage)
        image = await stage.client.upload_image(stage.token, b"\x89PNG\r\n\x1a\n" + bytes(9), "anh.png")
        file = await stage.client.upload_file(stage.token, b"%PDF-1.7", "lịch.pdf")
        sent = [
            await stage.client.send_to_group(stage.token, group_id, message)
            for message in (
                TextMessage("Họp tối nay"),
                ImageMessage(image, text="Lịch"),
                StickerMessage("bfe458bf64fa8da4d4eb"),
                FileMessage(file),
            )
        ]
        shown = await stage.ask("GET", f"/citizens/{stage.citizen}/groups/{group_id}")
        return sent, shown["messages"]

    sent, shown = on_stage(simulator, play)

    assert [one["message_id"] for one in shown] == [one.message_id for one in sent]
    assert [one["kind"] for one in shown] == ["text", "image", "sticker", "file"]
    assert shown[0]["text"] == "Họp tối nay"


@pytest.mark.parametrize(
    ("case", "code"),
    [("nobody's", -403), ("another's", -403), ("disabled", -237), ("a list", -233), ("buttons", -233)],
)
def test_what_a_group_does_not_take(simulator, case, code):
    async def play(stage):
        message = {"a list": LIST, "buttons": TextMessage("Chọn", (QueryShow("Có", "#co"),))}
        if case == "another's":
            await stage.ask("POST", "/oas", {"oa_id": stage.oa_id + "9", "name": "Tỉnh bên"})
        group_id = await a_group(stage, oa_id=stage.oa_id + ("9" if case == "another's" else ""))
        if case == "disabled":
            await stage.ask("POST", f"/groups/{group_id}", {"status": "disabled"})
        with pytest.raises(ZaloRejected) as refused:
            await stage.client.send_to_group(
                stage.token,
                "404" if case == "nobody's" else group_id,
                message.get(case, TextMessage("Chào")),
            )
        return refused.value

    error = on_stage(simulator, play)

    assert (type(error), error.zalo_code, error.retry.name) == (ZaloRejected, code, "NEVER")


def test_what_happens_in_a_group(simulator):
    async def play(stage):
        async with stage.listening():
            group_id = await a_group(stage)
            sent = await stage.client.send_to_group(stage.token, group_id, TextMessage("Họp tối nay"))
            said = await in_group(stage, group_id, "text", text="Rõ")
            await in_group(stage, group_id, "image")
            await in_group(stage, group_id, "leave")
            await stage.ask("POST", f"/groups/{group_id}", {"join_appr": True})
            await in_group(stage, group_id, "join")
            await stage.ask("DELETE", f"/groups/{group_id}")
            return stage, group_id, sent, said, await heard_events(stage, 9)

    stage, group_id, sent, said, found = on_stage(simulator, play)

    by_name = {event.event_name: event for event in found}
    assert set(by_name) == {
        "create_group", "user_join_group", "oa_send_group_text", "user_send_group_text", "user_send_group_image",
        "user_out_group", "update_group_info", "user_request_join_group", "delete_group",
    }  # fmt: skip
    assert {type(event) for event in found} == {events.GroupEvent}
    assert {event.group_id for event in found} == {group_id}
    assert {event.oa_candidates for event in found} == {(stage.oa_id,)}
    assert by_name["user_join_group"].user_ids == (stage.user_id,)
    assert by_name["user_out_group"].user_ids == (stage.user_id,)
    ours, theirs = by_name["oa_send_group_text"], by_name["user_send_group_text"]
    assert (ours.user_id, ours.kind, ours.text, ours.msg_id) == (None, "text", "Họp tối nay", sent.message_id)
    assert (theirs.user_id, theirs.kind, theirs.text) == (stage.user_id, "text", "Rõ")
    assert theirs.msg_id == said["message_id"]
    assert by_name["user_send_group_image"].kind == "image"


@pytest.mark.parametrize("product", ["gmf10", "gmf50", "gmf100", "gmf1000"])
def test_the_places_for_groups_an_oa_has(simulator, product):
    async def play(stage):
        await stage.ask("POST", "/group-assets", {"oa_id": stage.oa_id, "product_type": product})
        return await stage.client.owner_quota(stage.token, product=product, quota_type="purchase_quota")

    (package,) = on_stage(simulator, play)

    assert (package.product_type, package.quota_type) == (product, "purchase_quota")
    assert package.asset_id


@pytest.mark.parametrize("path", ["/v3.0/oa/message/cs", "/v2.0/oa/message"])
def test_a_visitor_is_answered_on_the_page(simulator, path):
    async def play(stage):
        client = ZaloClient(stage.hosts, stage.session, dialect=Dialect(visitor_path=path))
        who = await a_visitor(stage)
        image = await client.upload_image(stage.token, b"\x89PNG\r\n\x1a\n" + bytes(9), "anh.png")
        sent = [
            await client.send_to_visitor(stage.token, *who, message)
            for message in (TextMessage("Chào bạn"), ImageMessage(image), StickerMessage("1"))
        ]
        return sent, (await stage.ask("GET", f"/visitors/{who[0]}"))["messages"]

    sent, shown = on_stage(simulator, play)

    assert [one["message_id"] for one in shown] == [one.message_id for one in sent]
    assert [one["kind"] for one in shown] == ["text", "image", "sticker"]


@pytest.mark.parametrize(
    ("case", "family", "code"),
    [
        ("nobody", ZaloRejected, -201),
        ("another conversation", ZaloRejected, -201),
        ("a list", ZaloRejected, -233),
        ("silent for a week", RecipientUnreachable, -232),
    ],
)
def test_a_visitor_who_cannot_be_answered(simulator, case, family, code):
    async def play(stage):
        anonymous_id, conversation_id = await a_visitor(stage)
        if case == "silent for a week":
            await stage.later(WEEK + 60)
        who = {"nobody": ("404", conversation_id), "another conversation": (anonymous_id, "404")}
        message = LIST if case == "a list" else TextMessage("Chào")
        with pytest.raises(family) as refused:
            await stage.client.send_to_visitor(
                stage.token, *who.get(case, (anonymous_id, conversation_id)), message
            )
        return refused.value

    error = on_stage(simulator, play)

    assert (type(error), error.zalo_code) == (family, code)


def test_both_sides_of_a_visitors_conversation(simulator):
    async def play(stage):
        async with stage.listening():
            who = await a_visitor(stage)
            said = await stage.ask("POST", f"/visitors/{who[0]}/text", {"text": "Cho hỏi"})
            for kind in ("image", "file", "sticker"):
                await stage.ask("POST", f"/visitors/{who[0]}/{kind}", {})
            sent = await stage.client.send_to_visitor(stage.token, *who, TextMessage("Dạ"))
            return stage, who, said, sent, await heard_events(stage, 5)

    stage, (anonymous_id, conversation_id), said, sent, found = on_stage(simulator, play)

    assert {type(event) for event in found} == {events.AnonymousMessage}
    assert [(event.kind, event.from_oa) for event in found] == [
        ("text", False), ("image", False), ("file", False), ("sticker", False), ("text", True),
    ]  # fmt: skip
    assert {event.conversation_id for event in found} == {conversation_id}
    assert {event.user_for(stage.oa_id) for event in found} == {anonymous_id}
    assert {event.oa_candidates[0] for event in found} == {stage.oa_id}
    assert (found[0].text, found[0].msg_id) == ("Cho hỏi", said["message_id"])
    assert (found[-1].text, found[-1].msg_id) == ("Dạ", sent.message_id)
