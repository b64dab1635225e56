"""Listing citizens beyond the 10,000 that Zalo's listing reaches."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from motcua.zalo.errors import ZaloUnavailable
from motcua.zalo.user_list import ListTruncated
from tests.zalo.scripted import Asked, ask, ok, refusal

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 1)


def listing_of(people: dict[str, date]) -> Callable[[Asked], bytes]:
    """Zalo's getlist over these user ids and the days of their last interaction, ceiling included."""
    days = {user_id: f"{day:%Y_%m_%d}" for user_id, day in people.items()}

    @cache
    def found_in(period: str) -> list[str]:
        first, _, last = period.partition(":")
        return [user_id for user_id, day in days.items() if not period or first <= day <= last]

    def answer(asked: Asked) -> bytes:
        query = json.loads(asked.query["data"])
        if query["offset"] > 9951 or query["count"] > 50:
            return refusal(-210)
        found = found_in(query.get("last_interaction_period", ""))
        page = found[query["offset"] : query["offset"] + query["count"]]
        return ok({"total": len(found), "count": len(page), "users": [{"user_id": one} for one in page]})

    return answer


def listed(people: dict[str, date]):
    async def collect(client):
        found, error = [], None
        try:
            async for user_id in client.user_list("token", since=FIRST, until=LAST):
                found.append(user_id)
        except ListTruncated as truncated:
            error = truncated
        return found, error

    (found, error), zalo = ask(listing_of(people), do=collect)
    return found, error, [json.loads(asked.query["data"]) for asked in zalo.asked]


def test_a_short_listing_is_paged_by_fifty():
    people = {str(n): FIRST for n in range(120)}

    found, error, asked = listed(people)

    assert (found, error) == (list(people), None)
    assert asked == [{"offset": n, "count": 50} for n in (0, 50, 100)]


def test_an_empty_listing_takes_one_question():
    assert listed({}) == ([], None, [{"offset": 0, "count": 50}])


def test_exactly_as_many_as_can_be_reached_need_no_slices():
    people = {str(n): FIRST for n in range(10_000)}

    found, error, asked = listed(people)

    assert (len(set(found)), error, len(asked)) == (10_000, None, 200)


def test_beyond_the_ceiling_the_listing_is_cut_by_days_and_nobody_is_lost():
    people = {str(n): FIRST + timedelta(days=n % 60) for n in range(23_000)}

    found, error, _asked = listed(people)

    assert error is None
    assert len(found) == len(set(found)) == 23_000


def test_a_single_day_that_is_too_long_is_told_after_all_others_were_given():
    people = {str(n): FIRST for n in range(10_050)} | {"late": LAST}

    found, error, _asked = listed(people)

    assert len(found) == 10_001 and "late" in found
    assert error.details == {"period": ["2026_01_01:2026_01_01"]}


def test_filters_travel_with_every_page():
    async def collect(client):
        return [one async for one in client.user_list("token", tag="đã hẹn", is_follower=True)]

    found, zalo = ask(ok({"total": 1, "users": [{"user_id": 7}]}), do=collect)

    assert found == ["7"]
    assert json.loads(zalo.asked[0].query["data"]) == {
        "offset": 0,
        "count": 50,
        "tag_name": "đã hẹn",
        "is_follower": True,
    }


def test_an_answer_without_a_total_is_not_taken_for_an_empty_list():
    async def collect(client):
        return [one async for one in client.user_list("token")]

    assert type(ask(ok({}), do=collect)[0]) is ZaloUnavailable
