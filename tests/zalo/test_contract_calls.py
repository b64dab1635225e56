"""Calls and purchases: the client against the simulator, and the webhooks they cause."""

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.calls import CALL_TYPES, REASONS
from motcua.zalo.errors import NotEntitled, QuotaExceeded, RecipientUnreachable, ZaloRejected
from tests.zalo.simulated import heard_events, on_stage

DAY = 86_400


async def refusal_of(family, call):
    with pytest.raises(family) as refused:
        await call
    return refused.value


@pytest.mark.parametrize("call_type", CALL_TYPES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_kind_of_call_and_reason_may_be_asked_for(simulator, call_type, reason):
    async def play(stage):
        client, token = stage.client, stage.token
        before = await client.call_consent(token, stage.phone)
        await client.call_consent_request(token, stage.phone, call_type=call_type, reason=reason)
        return before, await client.call_consent(token, stage.phone), await stage.shown()

    before, after, shown = on_stage(simulator, play)

    assert (before.state, after.state) == ("not_asked", "waiting")
    assert [one["kind"] for one in shown] == ["consent"]


@pytest.mark.parametrize(("allow", "state", "again"), [(True, "allowed", 1), (False, "refused", None)])
def test_a_citizen_answers_and_is_not_asked_in_vain(simulator, allow, state, again):
    async def play(stage):
        client, token = stage.client, stage.token
        await client.call_consent_request(token, stage.phone)
        waiting = await refusal_of(ZaloRejected, client.call_consent_request(token, stage.phone))
        await stage.act("consent", allow=allow)
        consent = await client.call_consent(token, stage.phone)
        if again is None:
            return waiting, consent, await client.call_consent_request(token, stage.phone)
        return (
            waiting,
            consent,
            await refusal_of(ZaloRejected, client.call_consent_request(token, stage.phone)),
        )

    waiting, consent, second = on_stage(simulator, play)

    assert (waiting.zalo_code, waiting.retry.name) == (2, "NEVER")
    assert (consent.state, consent.is_allowed, consent.expires_at) == (state, allow, None)
    assert (second and second.zalo_code) == again


def test_a_request_nobody_answers_expires_in_a_day(simulator):
    async def play(stage):
        async with stage.listening():
            await stage.client.call_consent_request(stage.token, stage.phone)
            await stage.hear(1)
            await stage.later(DAY + 60)
            found = await heard_events(stage, 2)
            return stage, found, await stage.client.call_consent(stage.token, stage.phone)

    stage, found, consent = on_stage(simulator, play)

    assert [(type(event), event.action) for event in found] == [(events.CallEvent, "oa_send_consent")] * 2
    assert {event.phone for event in found} == {stage.phone}
    assert (consent.state, consent.is_allowed) == ("expired", False)


@pytest.mark.parametrize(("allow", "answer"), [(True, "ALLOW"), (False, "USER_BLOCKED")])
def test_the_answer_comes_by_webhook(simulator, allow, answer):
    async def play(stage):
        async with stage.listening():
            await stage.client.call_consent_request(stage.token, stage.phone)
            await stage.act("consent", allow=allow)
            return stage, await heard_events(stage, 2)

    stage, (asked, reply) = on_stage(simulator, play)

    assert (type(asked), asked.action) == (events.CallEvent, "oa_send_consent")
    assert (type(reply), reply.answer, reply.is_allowed) == (events.ConsentReply, answer, allow)
    assert {asked.phone, reply.phone} == {stage.phone}
    assert (asked.oa_candidates, reply.oa_candidates) == ((stage.oa_id,),) * 2


def test_calls_that_took_place_come_by_webhook(simulator):
    async def play(stage):
        async with stage.listening():
            await stage.act("call", **{"from": "oa"})
            await stage.act("call", **{"from": "user", "call_type": "video", "answered": False})
            return stage, await heard_events(stage, 2)

    stage, found = on_stage(simulator, play)

    assert [(type(event), event.action) for event in found] == [
        (events.CallEvent, "oa_call_user"),
        (events.CallEvent, "user_call_oa"),
    ]
    assert {(event.user_for(stage.oa_id), event.phone) for event in found} == {(stage.user_id, stage.phone)}


def test_nobody_without_zalo_can_be_asked(simulator):
    async def play(stage):
        client, token, phone = stage.client, stage.token, stage.phone
        citizen = {"citizen_id": stage.citizen, "name": "Nguyễn Văn A", "phone": phone}
        await stage.ask("POST", "/citizens", citizen | {"has_zalo": False})
        asking = await refusal_of(ZaloRejected, client.call_consent_request(token, phone))
        checking = await refusal_of(ZaloRejected, client.call_consent(token, phone))
        return asking, checking

    for error in on_stage(simulator, play):
        assert (type(error), error.zalo_code) == (ZaloRejected, -201)


@pytest.mark.parametrize("call_type", CALL_TYPES)
def test_a_link_starts_a_call(simulator, call_type):
    async def play(stage):
        return await stage.client.call_link(
            stage.token, stage.user_id, call_type=call_type, agent_id="5931518706854365424"
        )

    link = on_stage(simulator, play)

    assert link.url.startswith("https://") and link.qr_code
    assert link.ttl_s == 2 * DAY


@pytest.mark.parametrize(("case", "code"), [("nobody", -213), ("silent for a month", -232), ("left", -213)])
def test_who_gets_no_call(simulator, case, code):
    async def play(stage):
        if case == "silent for a month":
            await stage.later(31 * DAY)
        if case == "left":
            await stage.act("unfollow")
        user_id = "7" * 19 if case == "nobody" else stage.user_id
        return await refusal_of(RecipientUnreachable, stage.client.call_link(stage.token, user_id))

    assert on_stage(simulator, play).zalo_code == code


@pytest.mark.parametrize("what", [{"product_id": "2001"}, {"redeem_code": "TANG-GMF10"}], ids=["id", "code"])
def test_an_order_is_paid_when_it_is_confirmed(simulator, what):
    async def play(stage):
        client, token = stage.client, stage.token
        before = await stage.ask("GET", "/oas")
        order = await client.order_create(token, voucher_code="GIAM10", **what)
        ordered = await stage.ask("GET", "/oas")
        await client.order_confirm(token, order.order_id, order.verified_token)
        package = await client.owner_quota(token, product="gmf10", quota_type="purchase_quota")
        balances = [
            next(oa["balance_vnd"] for oa in answer["oas"] if oa["oa_id"] == stage.oa_id)
            for answer in (before, ordered, await stage.ask("GET", "/oas"))
        ]
        return order, balances, package

    order, (before, ordered, after), package = on_stage(simulator, play)

    assert (order.product_name, order.amount_vnd, order.final_amount_vnd) == ("GMF 10", 25_000, 22_500)
    assert order.zbs_account
    assert (before - ordered, before - after) == (0, 22_500)
    assert [one.product_type for one in package] == ["gmf10"]


@pytest.mark.parametrize(
    ("given", "account", "family", "code"),
    [
        ({"product_id": "404"}, {}, ZaloRejected, -201),
        ({"redeem_code": "KHONG-CO"}, {}, ZaloRejected, -201),
        ({"product_id": "1001", "voucher_code": "KHONG-CO"}, {}, ZaloRejected, -201),
        ({"product_id": "1001"}, {"zbs_linked": False}, NotEntitled, -320),
    ],
    ids=["no such product", "no such code", "no such voucher", "no account to pay"],
)
def test_an_order_that_is_refused(simulator, given, account, family, code):
    async def play(stage):
        await stage.ask("POST", "/oas", {"oa_id": stage.oa_id} | account)
        return await refusal_of(family, stage.client.order_create(stage.token, **given))

    error = on_stage(simulator, play)

    assert (type(error), error.zalo_code) == (family, code)


@pytest.mark.parametrize(
    ("case", "family", "code"),
    [
        ("wrong token", ZaloRejected, -201),
        ("wrong order", ZaloRejected, -201),
        ("twice", ZaloRejected, -201),
        ("six minutes later", ZaloRejected, -201),
        ("no money", QuotaExceeded, -321),
    ],
)
def test_a_confirmation_that_is_refused(simulator, case, family, code):
    async def play(stage):
        client = stage.client
        order = await client.order_create(stage.token, product_id="2001", beneficiary="APP")
        order_id = "404" if case == "wrong order" else order.order_id
        secret = "wrong" if case == "wrong token" else order.verified_token
        if case == "twice":
            await client.order_confirm(stage.token, order_id, secret)
        if case == "six minutes later":
            await stage.later(360)
        if case == "no money":
            await stage.ask("POST", "/oas", {"oa_id": stage.oa_id, "balance_vnd": 0})
        return await refusal_of(family, client.order_confirm(stage.token, order_id, secret))

    error = on_stage(simulator, play)

    assert (type(error), error.zalo_code) == (family, code)
