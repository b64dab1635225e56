"""Templates by phone in their rarer ways: encrypted, within a journey, with quick replies."""

from datetime import timedelta

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import RecipientUnreachable, ZaloRejected
from motcua.zalo.messages import ZbsTemplate
from tests.zalo.simulated import DATA, heard_events, on_stage

LIFE_OF_JOURNEY = 7 * 86_400


async def rejected(call) -> ZaloRejected:
    with pytest.raises(ZaloRejected) as refused:
        await call
    assert type(refused.value) is ZaloRejected
    return refused.value


async def another_template(stage, **more) -> ZbsTemplate:
    template_id = "377" + stage.template_id[3:]
    await stage.put_template(template_id, **more)
    return ZbsTemplate(template_id, DATA)


def test_a_key_is_made_once_and_kept(simulator):
    async def play(stage):
        none = await rejected(stage.client.rsa_key(stage.token))
        made = await stage.client.rsa_key_create(stage.token)
        second = await rejected(stage.client.rsa_key_create(stage.token))
        return none, made, second, await stage.client.rsa_key(stage.token)

    none, made, second, kept = on_stage(simulator, play)

    assert (none.zalo_code, second.zalo_code) == (-142, -143)
    assert made.text == kept.text


def test_an_encrypted_template_is_read_by_the_citizen_alone(simulator):
    async def play(stage):
        key = await stage.client.rsa_key_create(stage.token)
        async with stage.listening():
            sent = await stage.client.send_template_encrypted(
                stage.token, key, stage.phone, stage.template(), "t-1"
            )
            found = await heard_events(stage, 1)
        asked = await stage.ask("GET", "/requests?path=/business/rsa/message&limit=1")
        return stage, sent, found, await stage.shown(), str(asked)

    stage, sent, (received,), shown, asked = on_stage(simulator, play)

    assert [one["message_id"] for one in shown] == [sent.message_id]
    assert "Nguyễn Văn A" in shown[0]["text"]
    assert "Nguyễn" not in asked and stage.phone not in asked and "/rsa/message/template" in asked
    assert type(received) is events.MessageReceived
    assert (received.msg_id, received.tracking_id, received.channel) == (sent.message_id, "t-1", "zbs")
    assert received.phone == stage.phone


@pytest.mark.parametrize(
    ("case", "code"),
    [("another mask", -123), ("another key", -123), ("no key", -128), ("too long a value", -1121)],
)
def test_an_encrypted_template_that_is_refused(simulator, case, code):
    async def play(stage):
        key = await stage.client.rsa_key_create(stage.token)
        dialect = Dialect(rsa_mask_hash="sha1" if case == "another mask" else "sha256")
        client = ZaloClient(stage.hosts, stage.session, dialect=dialect)
        token, template = stage.token, stage.template()
        if case == "too long a value":
            template = stage.template(ho_ten="x" * 31)
        if case in ("another key", "no key"):
            other = {"oa_id": stage.oa_id + "9", "name": "Tỉnh bên"}
            await stage.ask("POST", "/oas", other)
            pair = {"app_id": stage.app_id, "oa_id": other["oa_id"]}
            token = (await stage.ask("POST", "/grants", pair))["access_token"]
        if case == "another key":
            await client.rsa_key_create(token)
        send = client.send_template_encrypted(token, key, stage.phone, template, "t-1")
        return await rejected(send), await stage.shown()

    error, shown = on_stage(simulator, play)

    assert (error.zalo_code, error.retry.name, shown) == (code, "NEVER", [])


def test_an_encrypted_template_to_somebody_who_refuses(simulator):
    async def play(stage):
        key = await stage.client.rsa_key_create(stage.token)
        citizen = {"citizen_id": stage.citizen, "name": "A", "phone": stage.phone, "refuses_zbs": True}
        await stage.ask("POST", "/citizens", citizen)
        with pytest.raises(RecipientUnreachable) as refused:
            await stage.client.send_template_encrypted(stage.token, key, stage.phone, stage.template(), "t-1")
        return refused.value

    assert on_stage(simulator, play).zalo_code == -139


def test_a_journey_is_opened_checked_and_billed_once(simulator):
    async def play(stage):
        client, token = stage.client, stage.token
        template = await another_template(stage, is_journey=True)
        opened = await client.journey_open(token, stage.phone)
        checked = await client.journey_check(token, opened.token)
        before = await stage.now()
        async with stage.listening():
            sent = [
                await client.send_template_to_phone(
                    token, stage.phone, template, tracking_id, journey_token=opened.token
                )
                for tracking_id in ("t-1", "t-2")
            ]
            found = await heard_events(stage, 3)
        return stage, opened, checked, before, sent, found

    stage, opened, checked, before, sent, found = on_stage(simulator, play)

    assert (checked.app_id, checked.oa_id) == (stage.app_id, stage.oa_id)
    assert checked.expires_at - checked.created_at == timedelta(seconds=LIFE_OF_JOURNEY)
    assert abs(checked.created_at - before) < timedelta(minutes=1)
    (begun,) = [event for event in found if isinstance(event, events.JourneyEvent)]
    assert (begun.action, begun.journey_id) == ("begun", opened.journey_id)
    assert begun.oa_candidates == (stage.oa_id,)
    received = [event for event in found if isinstance(event, events.MessageReceived)]
    assert [event.msg_id for event in received] == [one.message_id for one in sent]


def test_a_journey_ends_after_a_week(simulator):
    async def play(stage):
        template = await another_template(stage, is_journey=True)
        opened = await stage.client.journey_open(stage.token, stage.phone)
        async with stage.listening():
            await stage.later(LIFE_OF_JOURNEY + 60)
            found = await heard_events(stage, 1)
        check = await rejected(stage.client.journey_check(stage.token, opened.token))
        send = stage.client.send_template_to_phone(
            stage.token, stage.phone, template, "t-1", journey_token=opened.token
        )
        return opened, found, check, await rejected(send)

    opened, (ended,), check, send = on_stage(simulator, play)

    assert (type(ended), ended.action, ended.journey_id) == (events.JourneyEvent, "ended", opened.journey_id)
    assert (check.zalo_code, send.zalo_code) == (-1491, -1491)


@pytest.mark.parametrize(
    ("case", "code"),
    [("no token", -148), ("nobody's token", -149), ("another phone", -150), ("an ordinary template", -150)],
)
def test_a_journey_that_is_refused(simulator, case, code):
    async def play(stage):
        client, token = stage.client, stage.token
        template = await another_template(stage, is_journey=case != "an ordinary template")
        opened = await client.journey_open(token, stage.phone)
        tokens = {"no token": None, "nobody's token": "404"}
        send = client.send_template_to_phone(
            token,
            "0987654321" if case == "another phone" else stage.phone,
            template,
            "t-1",
            journey_token=tokens.get(case, opened.token),
        )
        return await rejected(send)

    error = on_stage(simulator, play)

    assert (error.zalo_code, error.retry.name) == (code, "NEVER")


def test_a_journey_for_nobody_and_a_token_of_nobody(simulator):
    async def play(stage):
        citizens = {"unknown_phone": "no_zalo"}
        await stage.ask("POST", "/settings", citizens)
        try:
            with pytest.raises(RecipientUnreachable) as nobody:
                await stage.client.journey_open(stage.token, "0987000111")
        finally:
            await stage.ask("POST", "/settings", {"unknown_phone": "adopt"})
        return nobody.value, await rejected(stage.client.journey_check(stage.token, "404"))

    nobody, unknown = on_stage(simulator, play)

    assert (nobody.zalo_code, unknown.zalo_code) == (-118, -149)


LAYOUT = {
    "title": "Hồ sơ <ma_ho_so>",
    "paragraphs": ["Chào <ho_ten>, ngày trả <ngay_tra>."],
    "buttons": [
        {"title": "Đồng ý", "type": "response", "payload": ""},
        {"title": "Dời lịch", "type": "response", "payload": ""},
    ],
}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_quick_replies_come_by_webhook_and_are_reported(simulator, method):
    async def play(stage):
        client = ZaloClient(stage.hosts, stage.session, dialect=Dialect(report_method=method))
        template = await another_template(stage, layout=LAYOUT)
        sent = await client.send_template_to_phone(stage.token, stage.phone, template, "t-1")
        async with stage.listening():
            await stage.act("tap", message_id=sent.message_id, button="Dời lịch")
            found = await heard_events(stage, 1)
        now = await stage.now()
        span = (now - timedelta(hours=1), now + timedelta(hours=1))
        page = await client.quick_replies(stage.token, template.template_id, *span)
        early = await client.quick_replies(
            stage.token, template.template_id, span[0] - timedelta(days=2), span[0]
        )
        beyond = await client.quick_replies(stage.token, template.template_id, *span, offset=1)
        return stage, sent, found, page, early, beyond

    stage, sent, (pressed,), page, early, beyond = on_stage(simulator, play)

    assert type(pressed) is events.ResponseButton and pressed.oa_candidates == (stage.oa_id,)
    assert (pressed.msg_id, pressed.label, pressed.tracking_id) == (sent.message_id, "Dời lịch", "t-1")
    (reply,) = page.replies
    assert (reply.message_id, reply.label, reply.tracking_id) == (sent.message_id, "Dời lịch", "t-1")
    assert reply.submitted_at == pressed.submitted_at
    assert (page.total, early.total, beyond.total, beyond.replies) == (1, 0, 1, ())


@pytest.mark.parametrize(("case", "code"), [("nobody's", -109), ("another's", -117)])
@pytest.mark.parametrize("report", ["quick_replies", "ratings"])
def test_reports_of_templates_that_are_not_ours(simulator, case, code, report):
    async def play(stage):
        template_id = "366" + stage.template_id[3:]
        if case == "another's":
            await stage.ask("POST", "/oas", {"oa_id": stage.oa_id + "9", "name": "Tỉnh bên"})
            await stage.put_template(template_id, oa_id=stage.oa_id + "9")
        now = await stage.now()
        ask = getattr(stage.client, report)
        return await rejected(ask(stage.token, template_id, now - timedelta(hours=1), now))

    assert on_stage(simulator, play).zalo_code == code
