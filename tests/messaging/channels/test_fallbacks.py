"""What routing does after a refusal, and that no sequence of refusals keeps a message going for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.messaging.channels.fallbacks import AFTER, Next, next_step, wait_until
from motcua.messaging.channels.routing import Options, Route, choose
from motcua.messaging.models import CHANNELS
from motcua.zalo import codes_business, codes_openapi, families
from motcua.zalo.errors import (
    NightBlocked,
    QuotaExceeded,
    RateLimited,
    RecipientUnreachable,
    ZaloError,
    ZaloRejected,
    ZaloUncertain,
    error_for,
)

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOSTS = {"openapi": codes_openapi.CODES, "business": codes_business.CODES}
CODES = [(host, code) for host, codes in HOSTS.items() for code in codes]
LIFE = timedelta(days=3)


def every_family(base=ZaloError) -> set[type[ZaloError]]:
    below = set(base.__subclasses__())
    return below | {each for one in below for each in every_family(one)}


def test_every_family_and_channel_has_a_row():
    known = {one.code for one in every_family() if one.__module__ == families.__name__}

    assert known == AFTER.keys()
    assert all(steps.keys() == set(CHANNELS) for steps in AFTER.values())


@pytest.mark.parametrize(
    ("error", "channel", "has_other", "step"),
    [
        (RecipientUnreachable(), "consultation", True, Next.OTHER),
        (QuotaExceeded(), "consultation", True, Next.OTHER),
        (QuotaExceeded(), "consultation", False, Next.WAIT),
        (QuotaExceeded(), "zbs_uid", True, Next.WAIT),
        (NightBlocked(), "zbs_phone", False, Next.WAIT),
        (RateLimited(), "zbs_uid", True, Next.WAIT),
        (ZaloRejected(), "consultation", True, Next.OTHER),
        (ZaloRejected(), "consultation", False, Next.STOP),
        (ZaloRejected(), "zbs_phone", False, Next.STOP),
        (ZaloUncertain(), "zbs_phone", True, Next.RECONCILE),
        (error_for("openapi", -249), "zbs_uid", True, Next.OTHER),
        (error_for("business", -145), "zbs_phone", False, Next.STOP),
        (error_for("business", -133), "zbs_phone", False, Next.WAIT),
    ],
)
def test_the_next_step(error, channel, has_other, step):
    assert next_step(error, channel, has_other=has_other) is step


@pytest.mark.parametrize(("host", "code"), CODES, ids=lambda value: str(value))
def test_each_known_code_leads_somewhere(host, code):
    error = error_for(host, code)
    for channel in CHANNELS:
        for has_other in (True, False):
            step = next_step(error, channel, has_other=has_other)

            assert step in (Next.OTHER, Next.WAIT, Next.RECONCILE, Next.STOP)
            if step is Next.WAIT:
                assert wait_until(error, NOW) > NOW


@given(st.lists(st.sampled_from(CODES), min_size=400, max_size=400), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_sequence_of_refusals_keeps_a_message_going(codes, has_uid, has_phone):
    at, refused, tried = NOW, frozenset(), []
    for host, code in codes:
        options = Options(
            has_consultation=True,
            has_template=True,
            uid="7" if has_uid else None,
            phone="84912345678" if has_phone else None,
            last_interaction_at=NOW,
            refused=refused,
            event="dossier_ready",
        )
        route = choose(options, at)
        if route is None or at > NOW + LIFE:
            break
        assert isinstance(route, Route) and route.channel not in refused
        others = choose(Options(**(vars(options) | {"refused": refused | {route.channel}})), at)
        error = error_for(host, code)
        step = next_step(error, route.channel, has_other=others is not None)
        tried.append((route.channel, step))
        if step is Next.OTHER:
            assert route.channel not in refused
            refused |= {route.channel}
        elif step is Next.WAIT:
            later = wait_until(error, at)
            assert later > at
            # Whoever waits a second at a time is held by the sender's growing pauses: here, by a minute.
            at = max(later, at + timedelta(minutes=15))
        else:
            break
    else:
        pytest.fail(f"still going after {len(codes)} refusals: {tried[-5:]}")

    assert sum(step is Next.OTHER for _, step in tried) <= len(CHANNELS)
