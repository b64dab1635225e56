"""A person signs in with Zalo: the client against the simulator's login page, tokens and graph."""

from urllib.parse import parse_qs, urlsplit

import pytest

from motcua.zalo import oauth, social
from motcua.zalo.errors import NotEntitled, UnknownZaloCode, ZaloNeedsConsent, ZaloRejected, ZaloTokenInvalid
from tests.zalo.simulated import on_stage

CALLBACK = "https://mc.vn/dang-nhap"
HOUR = 3600


async def signed_in(stage, challenge: str | None) -> dict:
    """Choose oneself on the login page; what Zalo sends back to the callback."""
    url = social.sign_in_url(stage.hosts, stage.app_id, CALLBACK, challenge, "state-1")
    async with stage.session.get(url) as page:
        assert page.status == 200 and stage.citizen in await page.text()
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    form = query | {"citizen_id": stage.citizen}
    async with stage.session.post(url.partition("?")[0], data=form, allow_redirects=False) as answer:
        assert answer.status == 302
        location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def who(stage) -> tuple:
    return stage.session, stage.hosts, stage.app_id, stage.app_secret


def test_from_the_login_page_to_the_profile_and_through_a_refresh(simulator):
    async def play(stage):
        verifier, challenge = oauth.pkce_pair()
        back = await signed_in(stage, challenge)
        first = await oauth.exchange_code(*who(stage), back["code"], verifier, person=True)
        profile = await stage.client.profile(first.access_token, stage.app_secret)
        second = await oauth.refresh(*who(stage), first.refresh_token, person=True)
        again = await stage.client.profile(second.access_token, stage.app_secret)
        detail = await stage.client.user_detail(stage.token, stage.user_id)
        return back, first, profile, again, detail

    back, first, profile, again, detail = on_stage(simulator, play)

    assert (back["state"], "oa_id" in back) == ("state-1", False)
    assert first.expires_in_s == HOUR
    assert profile == again and profile.user_id_by_app == detail.user_id_by_app
    assert (profile.name, profile.picture_url is not None) == ("Nguyễn Văn A", True)


def test_a_person_without_pkce(simulator):
    async def play(stage):
        back = await signed_in(stage, None)
        return await oauth.exchange_code(*who(stage), back["code"], person=True)

    assert on_stage(simulator, play).refresh_token


def test_only_what_is_asked_for_is_told(simulator):
    async def play(stage):
        citizen = {"citizen_id": stage.citizen, "name": "Nguyễn Văn A", "phone": stage.phone}
        await stage.ask("POST", "/citizens", citizen | {"birth_date": "31/12/1999"})
        given = await stage.ask("POST", "/user-tokens", {"app_id": stage.app_id, "citizen_id": stage.citizen})
        ask = stage.client.profile
        return [
            await ask(given["access_token"], stage.app_secret, fields)
            for fields in (("id",), ("id", "birthday"), social.FIELDS)
        ]

    bare, born, whole = on_stage(simulator, play)

    assert (bare.name, bare.picture_url, bare.birthday) == (None, None, None)
    assert (born.name, born.birthday) == (None, "31/12/1999")
    assert (whole.name, whole.birthday) == ("Nguyễn Văn A", "31/12/1999")


def test_a_code_is_good_once_and_needs_its_verifier(simulator):
    async def play(stage):
        verifier, challenge = oauth.pkce_pair()
        stolen = (await signed_in(stage, challenge))["code"]
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(*who(stage), stolen, "another verifier", person=True)
        code = (await signed_in(stage, challenge))["code"]
        await oauth.exchange_code(*who(stage), code, verifier, person=True)
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(*who(stage), code, verifier, person=True)

    on_stage(simulator, play)


def test_a_code_for_an_oa_is_no_code_for_a_person(simulator):
    async def play(stage):
        code = (await signed_in(stage, None))["code"]
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(*who(stage), code)
        with pytest.raises(ZaloNeedsConsent):
            await oauth.refresh(*who(stage), stage.refresh_token, person=True)

    on_stage(simulator, play)


def test_a_used_refresh_token_means_signing_in_again(simulator):
    async def play(stage):
        code = (await signed_in(stage, None))["code"]
        first = await oauth.exchange_code(*who(stage), code, person=True)
        await oauth.refresh(*who(stage), first.refresh_token, person=True)
        with pytest.raises(ZaloNeedsConsent) as used:
            await oauth.refresh(*who(stage), first.refresh_token, person=True)
        return used.value

    assert on_stage(simulator, play).zalo_code == -14014


def test_a_wrong_app_or_secret(simulator):
    async def play(stage):
        session, hosts, app_id, secret = who(stage)
        with pytest.raises(NotEntitled) as app:
            await oauth.exchange_code(session, hosts, "404", secret, "code", person=True)
        with pytest.raises(UnknownZaloCode):
            await oauth.exchange_code(session, hosts, app_id, "wrong", "code", person=True)
        return app.value

    assert on_stage(simulator, play).zalo_code == -14002


def test_a_session_that_is_over_or_not_proven(simulator):
    async def play(stage):
        given = await stage.ask("POST", "/user-tokens", {"app_id": stage.app_id, "citizen_id": stage.citizen})
        with pytest.raises(NotEntitled) as unproven:
            await stage.client.profile(given["access_token"], "another secret")
        await stage.later(HOUR + 60)
        with pytest.raises(ZaloTokenInvalid) as over:
            await stage.client.profile(given["access_token"], stage.app_secret)
        with pytest.raises(ZaloTokenInvalid) as no_phone:
            await stage.client.mini_app_phone(given["access_token"], stage.app_secret, given["phone_token"])
        return unproven.value, over.value, no_phone.value

    unproven, over, no_phone = on_stage(simulator, play)

    assert (unproven.zalo_code, over.zalo_code, no_phone.zalo_code) == (-242, 452, 452)
    assert over.retry.name == "AFTER_FIX"


def test_a_phone_needs_the_right_secret_and_two_minutes(simulator):
    async def play(stage):
        given = await stage.ask("POST", "/user-tokens", {"app_id": stage.app_id, "citizen_id": stage.citizen})
        ask = stage.client.mini_app_phone
        with pytest.raises(NotEntitled) as stranger:
            await ask(given["access_token"], "another secret", given["phone_token"])
        await stage.later(180)
        with pytest.raises(ZaloRejected) as late:
            await ask(given["access_token"], stage.app_secret, given["phone_token"])
        return stranger.value, late.value

    stranger, late = on_stage(simulator, play)

    assert (stranger.zalo_code, late.zalo_code) == (-104, 117)
