"""Listing all citizens an OA knows, beyond the 10,000 that one listing can reach."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone

from .call import Caller
from .errors import ZaloError, ZaloUnavailable
from .reading import as_id, as_int, as_list, as_mapping

PAGE = 50
REACH = 10_000  # the last page Zalo gives starts at offset 9951
_VIETNAM = timezone(timedelta(hours=7))
_FIRST_DAY = date(2014, 1, 1)  # older than any Official Account


class ListTruncated(ZaloError):
    """More citizens than Zalo lists share one day; all that can be reached have been given.

    `details["period"]` is the day as Zalo writes it.
    """

    code = "zalo_list_truncated"
    remedy = "Zalo chỉ liệt kê 10.000 người mỗi ngày. Xin lọc thêm theo nhãn để lấy phần còn lại."


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
        """Each user id once. Where a listing is too long it is cut by days of last interaction.

        `since` and `until` (Vietnamese days, both included) count only when it has to be cut. Raises
        ListTruncated at the very end when even a single day was too long.
        """
        filters: dict = {}
        if tag is not None:
            filters["tag_name"] = tag
        if is_follower is not None:
            filters["is_follower"] = is_follower
        known: set[str] = set()
        truncated: list[str] = []
        last = until or datetime.now(UTC).astimezone(_VIETNAM).date()
        slices: list[tuple[date, date] | None] = [None]
        while slices:
            days = slices.pop()
            wanted = filters | ({"last_interaction_period": _period(*days)} if days else {})
            total, first_page = await self._page(access_token, wanted, 0)
            if total > REACH and days is None:
                slices.append((since, last))
                continue
            if total > REACH and days[0] < days[1]:
                slices += _halves(*days)
                continue
            if total > REACH:
                truncated.append(_period(*days))
            offset, page = 0, first_page
            while page:
                for user_id in page:
                    if user_id not in known:
                        known.add(user_id)
                        yield user_id
                offset += PAGE
                if offset >= min(total, REACH):
                    break
                _, page = await self._page(access_token, wanted, offset)
        if truncated:
            raise ListTruncated(details={"period": truncated})

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
