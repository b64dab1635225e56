"""The client against the simulator where the sources disagree, and on the endpoints a province seldom needs."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.zalo import oauth
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import UnknownZaloCode, ZaloRejected, ZaloTokenInvalid
from motcua.zalo.messages import QueryShow, TextMessage
from tests.zalo.simulated import on_stage
from tests.zalo.test_contract_oauth import consent


def speaking(stage, **dialect) -> ZaloClient:
    return ZaloClient(stage.hosts, stage.session, dialect=Dialect(**dialect))


@pytest.mark.parametrize("path", ["/message/template/hashphone", "/message/template/hash_phone"])
def test_both_spellings_of_the_hashed_send(simulator, path):
    async def play(stage):
        client = speaking(stage, hashed_phone_path=path)
        sent = await client.send_template_to_hashed_phone(stage.token, stage.phone, stage.template(), "t-1")
        return sent, await stage.shown()

    sent, shown = on_stage(simulator, play)

    assert [one["message_id"] for one in shown] == [sent.message_id]


@pytest.mark.parametrize("nested", [False, True])
def test_both_forms_of_a_template_by_user_id(simulator, nested):
    async def play(stage):
        client = speaking(stage, nested_recipient=nested)
        sent = await client.send_template_to_user(stage.token, stage.user_id, stage.template())
        return sent, await stage.shown()

    sent, shown = on_stage(simulator, play)

    assert [one["message_id"] for one in shown] == [sent.message_id]


def test_a_verifier_fixed_in_the_console(simulator):
    verifier, challenge = oauth.pkce_pair()

    async def play(stage):
        await stage.ask("POST", "/apps", {"app_id": stage.app_id, "fixed_code_challenge": challenge})
        await stage.ask("POST", "/settings", {"pkce_mode": "console_fixed"})
        try:
            who = (stage.session, stage.hosts, stage.app_id, stage.app_secret)
            with pytest.raises(UnknownZaloCode):
                await oauth.exchange_code(*who, (await consent(stage, None))["code"], "another")
            return await oauth.exchange_code(*who, (await consent(stage, None))["code"], verifier)
        finally:
            await stage.ask("POST", "/settings", {"pkce_mode": "per_request"})

    assert on_stage(simulator, play).access_token


def test_a_menu_is_what_the_citizen_can_choose(simulator):
    async def play(stage):
        await stage.client.set_menu(stage.token, (QueryShow("Tra cứu", "#tra_cuu"),))
        await stage.act("menu", title="Tra cứu")
        return [item.text for item in await stage.client.conversation(stage.token, stage.user_id)]

    assert on_stage(simulator, play) == ["#tra_cuu"]


def test_what_became_of_a_message_by_user_id_and_the_older_quota(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        sent = await client.send_consultation(token, stage.user_id, TextMessage("Chào"))
        status = await client.oa_message_status(token, sent.message_id)
        unknown = await client.oa_message_status(token, "0" * 20)
        by_message = await client.reply_quota(token, sent.message_id)
        return status, unknown, by_message, await client.promotion_quota(token, stage.user_id)

    status, unknown, by_message, by_citizen = on_stage(simulator, play)

    assert (status.state, unknown.state) == ("delivered", "unknown")
    assert by_message.total >= by_message.left >= 0 and by_citizen.left is not None


def test_who_signed_in_and_their_phone(simulator):
    async def play(stage):
        session = {"app_id": stage.app_id, "citizen_id": stage.citizen}
        given = await stage.ask("POST", "/user-tokens", session)
        user_token, phone_token = given["access_token"], given["phone_token"]
        detail = await stage.client.user_detail(stage.token, stage.user_id)
        profile = await stage.client.profile(user_token, stage.app_secret)
        phone = await stage.client.mini_app_phone(user_token, stage.app_secret, phone_token)
        with pytest.raises(ZaloRejected) as used:
            await stage.client.mini_app_phone(user_token, stage.app_secret, phone_token)
        with pytest.raises(ZaloTokenInvalid):
            await stage.client.profile("nobody's", stage.app_secret)
        return stage, detail, profile, phone, used.value

    stage, detail, profile, phone, used = on_stage(simulator, play)

    assert profile.user_id_by_app == detail.user_id_by_app
    assert (profile.name, phone, used.zalo_code) == ("Nguyễn Văn A", stage.phone, 117)


def test_quick_replies_of_a_template_nobody_answered(simulator):
    async def play(stage):
        now = datetime.fromtimestamp((await stage.ask("GET", "/clock"))["now_ms"] / 1000, UTC)
        span = (now - timedelta(hours=1), now + timedelta(hours=1))
        return await stage.client.quick_replies(stage.token, stage.template_id, *span)

    assert on_stage(simulator, play).total == 0


def test_the_recent_chats_name_the_citizen(simulator):
    async def play(stage):
        await stage.act("text", text="Chào")
        return stage, await stage.client.recent_chats(stage.token)

    stage, chats = on_stage(simulator, play)

    assert [(chat.user_id, chat.text, chat.from_oa) for chat in chats] == [(stage.user_id, "Chào", False)]
