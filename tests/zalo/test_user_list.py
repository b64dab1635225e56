"""Listing citizens beyond the 10,000 that Zalo's listing reaches."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.zalo import user_list
from motcua.zalo.errors import ZaloRejected, ZaloUnavailable
from motcua.zalo.user_list import ListTruncated
from tests.zalo.scripted import Asked, ask, ok, refusal

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 1)
TAGS = ("đã hẹn", "hộ nghèo", "doanh nghiệp")


@dataclass(frozen=True)
class Person:
    """`day` of the last interaction, None for nobody's."""

    day: date | None = FIRST
    follows: bool = True
    tags: frozenset[str] = frozenset()

    def fits(self, period: str, follows: bool | None, tag: str | None) -> bool:
        first, _, last = period.partition(":")
        spoke = not period or (self.day is not None and first <= f"{self.day:%Y_%m_%d}" <= last)
        return spoke and follows in (None, self.follows) and (tag is None or tag in self.tags)


def listing_of(people: list[Person]) -> Callable[[Asked], bytes]:
    """Zalo's getlist and gettagsofoa over these people, the ceiling included; user ids are places in the list."""

    @cache
    def found(period: str, follows: bool | None, tag: str | None) -> list[str]:
        return [str(place) for place, one in enumerate(people) if one.fits(period, follows, tag)]

    def answer(asked: Asked) -> bytes:
        if asked.path.endswith("/gettagsofoa"):
            return ok(sorted({tag for one in people for tag in one.tags}))
        query = json.loads(asked.query["data"])
        offset, count = query["offset"], query["count"]
        if offset > user_list.REACH - user_list.PAGE + 1 or count > user_list.PAGE:
            return refusal(-210)
        users = found(
            query.get("last_interaction_period", ""), query.get("is_follower"), query.get("tag_name")
        )
        page = [{"user_id": one} for one in users[offset : offset + count]]
        return ok({"total": len(users), "count": len(page), "users": page})

    return answer


def listed(people: list[Person], **asked_for):
    async def collect(client):
        found, error = [], None
        try:
            async for user_id in client.user_list("token", since=FIRST, until=LAST, **asked_for):
                found.append(user_id)
        except ListTruncated as truncated:
            error = truncated
        return found, error

    (found, error), zalo = ask(listing_of(people), do=collect)
    return found, error, [json.loads(asked.query.get("data", "{}")) for asked in zalo.asked]


def test_a_short_listing_is_paged_by_fifty():
    found, error, asked = listed([Person()] * 120)

    assert (found, error) == ([str(n) for n in range(120)], None)
    assert asked == [{"offset": n, "count": 50} for n in (0, 50, 100)]


def test_an_empty_listing_takes_one_question():
    assert listed([]) == ([], None, [{"offset": 0, "count": 50}])


def test_exactly_as_many_as_can_be_reached_need_no_slices():
    found, error, asked = listed([Person()] * 10_000)

    assert (len(set(found)), error, len(asked)) == (10_000, None, 200)


def test_beyond_the_ceiling_the_listing_is_cut_by_days_and_nobody_is_lost():
    found, error, _asked = listed([Person(FIRST + timedelta(days=n % 60)) for n in range(23_000)])

    assert error is None
    assert len(found) == len(set(found)) == 23_000


def test_a_single_day_that_is_too_long_is_told_after_all_others_were_given():
    people = [Person()] * 10_050 + [Person(LAST)]

    found, error, _asked = listed(people)

    assert len(found) == len(set(found)) == 10_001 and "10050" in found
    assert error.details == {"missing": 50, "period": ["2026_01_01:2026_01_01"]}


@pytest.fixture
def low_ceiling(monkeypatch):
    """The same listing with pages of three and a ceiling of nine, so that few people are too many."""
    monkeypatch.setattr(user_list, "PAGE", 3)
    monkeypatch.setattr(user_list, "REACH", 9)


@pytest.mark.usefixtures("low_ceiling")
def test_a_long_day_is_cut_by_followers_and_then_by_tags():
    people = [Person(tags=frozenset({TAGS[n % 3]}), follows=n % 2 == 0) for n in range(40)]

    found, error, asked = listed(people)

    assert (sorted(found, key=int), error) == ([str(n) for n in range(40)], None)
    assert {one.get("tag_name") for one in asked} == {None, *TAGS}


@pytest.mark.usefixtures("low_ceiling")
def test_who_never_spoke_is_reached_through_the_whole_listing():
    people = [Person(None)] * 4 + [Person(FIRST + timedelta(days=n)) for n in range(12)]

    found, error, _asked = listed(people)

    assert (len(set(found)), error) == (16, None)


PEOPLE = st.lists(
    st.builds(
        Person,
        st.none() | st.dates(FIRST, LAST) | st.sampled_from([FIRST, LAST]),
        st.booleans(),
        st.frozensets(st.sampled_from(TAGS)),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(PEOPLE, st.none() | st.sampled_from(TAGS), st.none() | st.booleans())
def test_everybody_is_given_exactly_once_or_the_missing_are_counted(people, tag, is_follower):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_list, "PAGE", 3)
        patch.setattr(user_list, "REACH", 9)

        found, error, _asked = listed(people, tag=tag, is_follower=is_follower)

    wanted = {str(place) for place, one in enumerate(people) if one.fits("", is_follower, tag)}
    assert len(found) == len(set(found))
    assert set(found) <= wanted
    assert len(wanted) - len(found) == (error.details["missing"] if error else 0)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 59), max_size=120))
def test_nobody_is_lost_while_no_day_is_too_long(days):
    most_a_day = max((days.count(day) for day in days), default=0)
    people = [Person(FIRST + timedelta(days=day)) for day in days]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_list, "PAGE", 3)
        patch.setattr(user_list, "REACH", max(3, 3 * -(-most_a_day // 3)))  # whole pages

        found, error, _asked = listed(people)

    assert (sorted(found, key=int), error) == ([str(n) for n in range(len(people))], None)


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


@pytest.mark.parametrize(
    ("answer", "span", "family"),
    [(ok({}), {}, ZaloUnavailable), (ok({"total": 0}), {"since": LAST, "until": FIRST}, ZaloRejected)],
    ids=["an answer without a total is not an empty list", "days the wrong way round"],
)
def test_what_cannot_be_listed(answer, span, family):
    async def collect(client):
        return [one async for one in client.user_list("token", **span)]

    assert type(ask(answer, do=collect)[0]) is family
