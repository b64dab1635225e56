"""Consent, exchange and refresh against the simulator's OAuth."""

from urllib.parse import parse_qs, urlsplit

import pytest

from motcua.zalo import oauth
from motcua.zalo.errors import NotEntitled, UnknownZaloCode, ZaloNeedsConsent, ZaloUnavailable, ZaloUncertain
from tests.zalo.simulated import on_stage

CALLBACK = "https://mc.vn/zalo/callback"


async def consent(stage, challenge: str | None) -> dict:
    """Press "agree" on the consent page; what Zalo sends back to the callback."""
    url = oauth.consent_url(stage.hosts, stage.app_id, CALLBACK, challenge, "state-1")
    async with stage.session.get(url) as page:
        assert page.status == 200
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    form = query | {"oa_id": stage.oa_id}
    async with stage.session.post(url.partition("?")[0], data=form, allow_redirects=False) as answer:
        assert answer.status == 302
        location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def test_from_consent_to_a_call_and_through_a_refresh(simulator):
    async def play(stage):
        verifier, challenge = oauth.pkce_pair()
        back = await consent(stage, challenge)
        who = (stage.session, stage.hosts, stage.app_id, stage.app_secret)
        first = await oauth.exchange_code(*who, back["code"], verifier)
        second = await oauth.refresh(*who, first.refresh_token)
        info = await stage.client.oa_info(second.access_token)
        with pytest.raises(ZaloNeedsConsent) as used:
            await oauth.refresh(*who, first.refresh_token)
        with pytest.raises(ZaloNeedsConsent) as unknown:
            await oauth.refresh(*who, "nobody's")
        return stage, back, first, info, used.value, unknown.value

    stage, back, first, info, used, unknown = on_stage(simulator, play)

    assert (back["state"], back["oa_id"], info.oa_id) == ("state-1", stage.oa_id, stage.oa_id)
    assert first.expires_in_s == 90_000
    assert (used.zalo_code, used.details) == (None, {"cause": "empty_answer"})
    assert unknown.zalo_code == -14014


def test_a_code_needs_its_verifier_and_is_good_once(simulator):
    async def play(stage):
        verifier, challenge = oauth.pkce_pair()
        who = (stage.session, stage.hosts, stage.app_id, stage.app_secret)
        stolen = await consent(stage, challenge)
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(*who, stolen["code"], "another verifier")
        code = (await consent(stage, challenge))["code"]
        await oauth.exchange_code(*who, code, verifier)
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(*who, code, verifier)

    on_stage(simulator, play)


def test_an_app_without_pkce(simulator):
    async def play(stage):
        back = await consent(stage, None)
        who = (stage.session, stage.hosts, stage.app_id, stage.app_secret)
        return await oauth.exchange_code(*who, back["code"])

    assert on_stage(simulator, play).access_token


def test_a_wrong_app_or_secret(simulator):
    async def play(stage):
        with pytest.raises(NotEntitled):
            await oauth.refresh(stage.session, stage.hosts, "404", stage.app_secret, stage.refresh_token)
        with pytest.raises(UnknownZaloCode):
            await oauth.refresh(stage.session, stage.hosts, stage.app_id, "wrong", stage.refresh_token)

    on_stage(simulator, play)


@pytest.mark.parametrize(
    ("kind", "family", "still_good"),
    [
        ("html", ZaloUnavailable, True),
        ("http_500", ZaloUnavailable, True),
        ("drop_before", ZaloUncertain, True),
        ("lost_answer", ZaloUncertain, False),
    ],
)
def test_a_refresh_that_is_disturbed(simulator, kind, family, still_good):
    async def play(stage):
        who = (stage.session, stage.hosts, stage.app_id, stage.app_secret)
        await stage.fault(kind, path="/oauth/")
        with pytest.raises(family):
            await oauth.refresh(*who, stage.refresh_token)
        if still_good:
            return await oauth.refresh(*who, stage.refresh_token)
        with pytest.raises(ZaloNeedsConsent):
            await oauth.refresh(*who, stage.refresh_token)
        return None

    assert (on_stage(simulator, play) is not None) is still_good
