"""Listing all citizens an OA knows, beyond the 10,000 that one listing can reach.

A listing that is too long is cut by the days of the last interaction; a single day that is too long by
followers and others, and then by tags.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from motcua.core.clock import VIETNAM, now

from .call import Caller
from .errors import ZaloError, ZaloUnavailable
from .limits import refuse
from .reading import as_id, as_int, as_list, as_mapping, as_text

PAGE = 50
REACH = 10_000  # the last page Zalo gives starts at offset 9951
_FIRST_DAY = date(2014, 1, 1)  # older than any Official Account


class ListTruncated(ZaloError):
    """Zalo counts more citizens than it can be made to list; all that can be reached have been given.

    `details["missing"]` is how many, `details["period"]` the days that were too long, as Zalo writes them.
    """

    code = "zalo_list_truncated"
    remedy = (
        "Zalo không liệt kê hết người quan tâm. Xin gắn nhãn cho người dân rồi lấy danh sách theo từng nhãn."
    )


@dataclass
class _Walk:
    """One walk through the slices: whom it has met, and where it could not reach."""

    access_token: str
    since: date
    until: date
    met: set[str] = field(default_factory=set)
    short: list[str] = field(default_factory=list)
    tags: list[str] | None = None


class UserListing(Caller):
    async def user_list(
        self,
        access_token: str,
        *,
        tag: str | None = None,
        is_follower: bool | None = None,
        since: date = _FIRST_DAY,
        until: date | None = None,
    ) -> AsyncIterator[str]:
        """Each user id once.

        `since` and `until` (Vietnamese days, both included) count only when the listing has to be cut. Raises
        ListTruncated at the very end when Zalo counts more than could be reached. People who come or go while
        the listing runs may be missed: it is no snapshot.
        """
        filters: dict = {}
        if tag is not None:
            filters["tag_name"] = tag
        if is_follower is not None:
            filters["is_follower"] = is_follower
        last = until or now().astimezone(VIETNAM).date()
        if since > last:
            refuse("since", "Ngày đầu ở sau ngày cuối. Xin đổi chỗ hai ngày.")
        walk = _Walk(access_token, since, last)
        total, first_page = await self._page(access_token, filters, 0)
        async for user_id in self._slice(walk, filters, total, first_page):
            yield user_id
        if len(walk.met) >= total:
            return
        # Whoever has no day of interaction is in no slice of days: what the whole listing reaches, too.
        if total > REACH:
            async for user_id in self._read(walk, filters, total, first_page):
                yield user_id
        missing = min(total, (await self._page(access_token, filters, 0))[0]) - len(walk.met)
        if missing > 0:
            raise ListTruncated(details={"missing": missing, "period": walk.short})

    async def _slice(
        self, walk: _Walk, filters: dict, total: int, first_page: list[str]
    ) -> AsyncIterator[str]:
        """The new ones of a listing; where it is too long, of its parts."""
        slices = [(filters, None, total, first_page)]
        while slices:
            filters, days, total, page = slices.pop()
            if total <= REACH:
                async for user_id in self._read(walk, filters, total, page):
                    yield user_id
                continue
            if days is not None and days[0] == days[1]:
                async for user_id in self._long_day(walk, filters, total, page):
                    yield user_id
                continue
            for part in _halves(*days) if days else [(walk.since, walk.until)]:
                narrower = filters | {"last_interaction_period": _period(*part)}
                slices.append((narrower, part, *await self._page(walk.access_token, narrower, 0)))

    async def _long_day(self, walk: _Walk, filters: dict, total: int, page: list[str]) -> AsyncIterator[str]:
        found = len(walk.met)
        async for user_id in self._read(walk, filters, total, page):
            yield user_id
        for narrower in await self._narrower(walk, filters):
            if len(walk.met) - found >= total:
                return
            count, first = await self._page(walk.access_token, narrower, 0)
            async for user_id in self._read(walk, narrower, count, first):
                yield user_id
        if len(walk.met) - found < total:
            walk.short.append(filters["last_interaction_period"])

    async def _narrower(self, walk: _Walk, filters: dict) -> list[dict]:
        sides = [filters]
        if "is_follower" not in filters:
            sides = [filters | {"is_follower": side} for side in (True, False)]
        if "tag_name" in filters:
            return sides
        if walk.tags is None:
            path = "/v2.0/oa/tag/gettagsofoa"
            answer = await self._call("openapi", "GET", path, walk.access_token, repeatable=True)
            walk.tags = [tag for tag in map(as_text, as_list(answer.data)) if tag]
        by_tag = [side | {"tag_name": tag} for tag in walk.tags for side in sides]
        return (sides if len(sides) > 1 else []) + by_tag

    async def _read(self, walk: _Walk, filters: dict, total: int, page: list[str]) -> AsyncIterator[str]:
        """The new ones among the first 10,000 of a listing."""
        offset = 0
        while page:
            for user_id in page:
                if user_id not in walk.met:
                    walk.met.add(user_id)
                    yield user_id
            offset += PAGE
            if offset >= min(total, REACH):
                return
            _, page = await self._page(walk.access_token, filters, offset)

    async def _page(self, access_token: str, filters: dict, offset: int) -> tuple[int, list[str]]:
        query = {"offset": offset, "count": PAGE} | filters
        path = "/v3.0/oa/user/getlist"
        answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        data = as_mapping(answer.data)
        total = as_int(data.get("total"))
        if total is None:
            raise ZaloUnavailable(details={"cause": "unreadable_answer"})
        ids = (as_id(as_mapping(one).get("user_id")) for one in as_list(data.get("users")))
        return total, [user_id for user_id in ids if user_id]


def _period(first: date, last: date) -> str:
    return f"{first:%Y_%m_%d}:{last:%Y_%m_%d}"


def _halves(first: date, last: date) -> list[tuple[date, date]]:
    middle = first + (last - first) // 2
    return [(first, middle), (middle + timedelta(days=1), last)]
