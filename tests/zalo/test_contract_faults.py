"""The client against the simulator's disturbances, and against every code of the tables."""

import pytest

from motcua.zalo import codes_business, codes_openapi
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import RateLimited, ZaloError, ZaloUnavailable, ZaloUncertain, error_for
from motcua.zalo.messages import TextMessage
from tests.zalo.simulated import on_stage


async def refusal(awaitable) -> ZaloError | None:
    try:
        await awaitable
    except ZaloError as error:
        return error
    return None


def same(error: ZaloError | None, host: str, code: int) -> bool:
    expected = error_for(host, code)
    return type(error) is type(expected) and (error.zalo_code, error.retry) == (code, expected.retry)


def test_every_code_of_openapi_comes_out_as_its_family(simulator):
    async def play(stage):
        wrong = []
        for code in codes_openapi.CODES:
            await stage.fault("error", code=code, path="/openapi/")
            error = await refusal(
                stage.client.send_consultation(stage.token, stage.user_id, TextMessage("Chào"))
            )
            if not same(error, "openapi", code):
                wrong.append((code, error))
        return wrong, await stage.shown()

    assert on_stage(simulator, play) == ([], [])


def test_every_code_of_business_comes_out_as_its_family(simulator):
    async def play(stage):
        wrong = []
        for code in codes_business.CODES:
            await stage.fault("error", code=code, path="/business/")
            send = stage.client.send_template_to_phone(stage.token, stage.phone, stage.template(), "t-1")
            error = await refusal(send)
            if not same(error, "business", code):
                wrong.append((code, error))
        return wrong, await stage.shown()

    assert on_stage(simulator, play) == ([], [])


def test_every_magic_phone_number_provokes_its_code(simulator):
    async def play(stage):
        wrong = []
        for code in codes_business.CODES:
            phone = f"84900{-code:06d}"
            error = await refusal(
                stage.client.send_template_to_phone(stage.token, phone, stage.template(), "t-1")
            )
            if not same(error, "business", code):
                wrong.append((code, error))
        return wrong

    assert on_stage(simulator, play) == []


def send(stage, client=None):
    return (client or stage.client).send_consultation(stage.token, stage.user_id, TextMessage("Chào"))


@pytest.mark.parametrize(
    ("kind", "arrived"), [("lost_answer", 1), ("drop_before", 0), ("http_500", 0), ("html", 0)]
)
def test_a_send_whose_answer_is_lost_is_uncertain_and_the_conversation_tells(simulator, kind, arrived):
    async def play(stage):
        await stage.fault(kind, path="/openapi/")
        error = await refusal(send(stage))
        items = await stage.client.conversation(stage.token, stage.user_id)
        return type(error), [item.text for item in items], len(await stage.shown())

    assert on_stage(simulator, play) == (ZaloUncertain, ["Chào"] * arrived, arrived)


def test_a_zalo_that_hangs_is_given_up(simulator):
    async def play(stage):
        impatient = ZaloClient(stage.hosts, stage.session, timeout_s=0.3)
        await stage.fault("timeout", path="/openapi/")
        sent = await refusal(send(stage, impatient))
        await stage.fault("timeout", path="/openapi/")
        return type(sent), type(await refusal(impatient.oa_info(stage.token)))

    assert on_stage(simulator, play) == (ZaloUncertain, ZaloUnavailable)


@pytest.mark.parametrize("kind", ["drop_before", "http_500", "html"])
def test_a_read_that_is_disturbed_may_be_repeated(simulator, kind):
    async def play(stage):
        # A connection that breaks under a GET is tried once more by the connection pool itself.
        await stage.fault(kind, path="/openapi/", count=2)
        first = await refusal(stage.client.oa_info(stage.token))
        await stage.ask("DELETE", "/faults")
        return type(first), (await stage.client.oa_info(stage.token)).oa_id == stage.oa_id

    assert on_stage(simulator, play) == (ZaloUnavailable, True)


def test_a_rate_limit_waits_for_the_next_minute(simulator):
    async def play(stage):
        await stage.fault("rate_limit", path="/openapi/")
        return type(await refusal(send(stage)))

    assert on_stage(simulator, play) is RateLimited
