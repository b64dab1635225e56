"""The client against the simulator's disturbances, and against every code of the tables."""

import pytest

from motcua.zalo import oauth
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import RateLimited, ZaloError, ZaloUnavailable, ZaloUncertain
from motcua.zalo.messages import TextMessage
from tests.zalo.simulated import on_stage
from tests.zalo.test_errors import EXPECTED


async def refusal(awaitable) -> ZaloError | None:
    try:
        await awaitable
    except ZaloError as error:
        return error
    return None


def is_as_written(error: ZaloError | None, code: int, family: str, retry: str) -> bool:
    return error is not None and (
        (type(error).__name__, error.retry.name, error.zalo_code) == (family, retry, code)
    )


def written_for(host: str) -> list[tuple]:
    """Code, family and retry as test_errors has them from the tables of Zalo."""
    return [row.values[1:] for row in EXPECTED if row.values[0] == host]


def refresh(stage):
    return oauth.refresh(stage.session, stage.hosts, stage.app_id, stage.app_secret, stage.refresh_token)


CALLS = {
    "a consultation message": (
        "openapi",
        "/openapi/",
        lambda s: s.client.send_consultation(s.token, s.user_id, TextMessage("Chào")),
    ),
    "a read of the OA": ("openapi", "/openapi/", lambda s: s.client.oa_info(s.token)),
    "a template by phone": (
        "business",
        "/business/",
        lambda s: s.client.send_template_to_phone(s.token, s.phone, s.template(), "t-1"),
    ),
    "a read of the templates": ("business", "/business/", lambda s: s.client.template_list(s.token)),
    "a question about calls": (
        "calls",
        "/openapi/v2.0/oa/call/",
        lambda s: s.client.call_consent_request(s.token, s.phone),
    ),
    "a refresh": ("oauth", "/oauth/", refresh),
}


@pytest.mark.parametrize(("host", "path", "call"), CALLS.values(), ids=CALLS)
def test_every_code_comes_out_as_its_family_with_its_time_to_try_again(simulator, host, path, call):
    async def play(stage):
        wrong = []
        for code, family, retry in written_for(host):
            await stage.fault("error", code=code, path=path)
            error = await refusal(call(stage))
            if not is_as_written(error, code, family, retry):
                wrong.append((code, error))
        after = await refusal(call(stage))
        return wrong, after, await stage.shown()

    wrong, after, shown = on_stage(simulator, play)

    assert (wrong, after) == ([], None)
    assert len(shown) <= 1  # what was refused did not arrive; the last try, undisturbed, may have


def test_a_template_by_user_id_may_be_refused_with_the_codes_of_templates(simulator):
    own = {code for code, _, _ in written_for("openapi")}
    rows = [row for row in written_for("business") if row[0] not in own]

    async def play(stage):
        wrong = []
        for code, family, retry in rows:
            await stage.fault("error", code=code, path="/openapi/v3.0/oa/message/template")
            send = stage.client.send_template_to_user(stage.token, stage.user_id, stage.template())
            error = await refusal(send)
            if not is_as_written(error, code, family, retry):
                wrong.append((code, error))
        return wrong

    assert len(rows) > 50
    assert on_stage(simulator, play) == []


@pytest.mark.parametrize(
    ("message", "family"),
    [("Your OA has reach the limit quota create article", "QuotaExceeded"), ("", "ZaloNeedsConsent")],
)
def test_one_number_with_two_meanings(simulator, message, family):
    async def play(stage):
        await stage.fault("error", code=-223, path="/openapi/", message=message)
        return type(await refusal(stage.client.article_list(stage.token))).__name__

    assert on_stage(simulator, play) == family


def test_every_magic_phone_number_provokes_its_code(simulator):
    async def play(stage):
        wrong = []
        for code, family, retry in written_for("business"):
            phone = f"84900{-code:06d}"
            error = await refusal(
                stage.client.send_template_to_phone(stage.token, phone, stage.template(), "t-1")
            )
            if not is_as_written(error, code, family, retry):
                wrong.append((code, error))
        return wrong

    assert on_stage(simulator, play) == []


def test_every_magic_user_id_provokes_its_code(simulator):
    async def play(stage):
        wrong = []
        for code, family, retry in written_for("openapi"):
            user_id = str(9 * 10**18 - code)
            error = await refusal(stage.client.send_consultation(stage.token, user_id, TextMessage("Chào")))
            if not is_as_written(error, code, family, retry):
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
