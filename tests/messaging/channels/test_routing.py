"""The cheapest channel that is allowed."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.messaging.channels.routing import Options, choose

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def options(**given) -> Options:
    known = {
        "has_consultation": True,
        "has_template": True,
        "uid": "7",
        "phone": "84912345678",
        "last_interaction_at": NOW - timedelta(hours=1),
        "refused": frozenset(),
    }
    return Options(**(known | given))


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ({}, "consultation"),
        ({"last_interaction_at": NOW - timedelta(hours=47, minutes=59)}, "consultation"),
        ({"last_interaction_at": NOW - timedelta(hours=48)}, "zbs_uid"),
        ({"last_interaction_at": None}, "zbs_uid"),
        ({"has_consultation": False}, "zbs_uid"),
        ({"uid": None}, "zbs_phone"),
        ({"refused": frozenset({"consultation"})}, "zbs_uid"),
        ({"refused": frozenset({"consultation", "zbs_uid"})}, "zbs_phone"),
        ({"refused": frozenset({"consultation", "zbs_uid", "zbs_phone"})}, None),
        ({"has_template": False, "last_interaction_at": None}, None),
        ({"uid": None, "phone": None}, None),
        ({"phone": None, "refused": frozenset({"consultation", "zbs_uid"})}, None),
    ],
    ids=[
        "now",
        "just inside",
        "just outside",
        "never spoke",
        "template only",
        "no user id",
        "not by chat",
        "by phone at last",
        "no way left",
        "no template and silent",
        "nobody",
        "no phone",
    ],
)
def test_the_route(given, channel):
    route = choose(options(**given), NOW)

    assert (route.channel if route else None) == channel


def test_a_free_message_costs_nothing_and_a_template_its_price():
    assert choose(options(), NOW).price_vnd == 0
    assert choose(options(last_interaction_at=None), NOW).price_vnd == 120
