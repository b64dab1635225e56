"""Rules on things that hold for a time: what is wrong with a list of them, item by item."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from .province import Period

Fault = tuple[int, str, str]  # index in the list, field, sentence
ONE_DAY = timedelta(days=1)


def faults_in_sequence(periods: Sequence[Period]) -> Iterator[Fault]:
    """One holds at any time: each follows the one before it on the next day, and the last has no end."""
    for index, (before, after) in enumerate(pairwise(periods), 1):
        if before.valid_to is None:
            yield (
                index - 1,
                "valid_to",
                "Thời kỳ này không có ngày cuối nhưng sau nó còn thời kỳ khác. Xin ghi valid_to.",
            )
        elif after.valid_from is None:
            yield index, "valid_from", "Thiếu ngày đầu của thời kỳ. Xin ghi valid_from."
        elif after.valid_from <= before.valid_to:
            yield (
                index,
                "valid_from",
                f"Thời kỳ này chồng lên thời kỳ trước, kết thúc ngày {_spoken(before.valid_to)}. "
                f"Xin ghi từ ngày {_spoken(before.valid_to + ONE_DAY)}.",
            )
        elif after.valid_from > before.valid_to + ONE_DAY:
            yield (
                index,
                "valid_from",
                f"Có khoảng trống sau ngày {_spoken(before.valid_to)}. "
                f"Xin ghi từ ngày {_spoken(before.valid_to + ONE_DAY)}.",
            )
    if periods and periods[-1].valid_to is not None:
        yield (
            len(periods) - 1,
            "valid_to",
            "Thời kỳ cuối cùng không được có ngày kết thúc. Xin bỏ valid_to hoặc thêm thời kỳ kế tiếp.",
        )


def faults_in_codes(codes: Sequence) -> Iterator[Fault]:
    """Several codes may hold at once (provinces that were merged), but one code not twice, and never none."""
    latest: dict[str, Period] = {}
    for index, one in _by_start(codes):
        before = latest.get(one.code)
        if before is not None and (before.valid_to or date.max) >= (one.valid_from or date.min):
            yield index, "valid_from", f"Mã {one.code} được ghi hai lần cho cùng thời gian. Xin gộp lại."
        latest[one.code] = one
    covered_to: date | None = None
    for index, one in _by_start(codes):
        if covered_to is not None and (one.valid_from or date.min) > covered_to + ONE_DAY:
            yield (
                index,
                "valid_from",
                f"Sau ngày {_spoken(covered_to)} không mã nào có hiệu lực. Xin nối liền các thời kỳ.",
            )
        covered_to = max(covered_to or date.min, one.valid_to or date.max - ONE_DAY)
    if covered_to is not None and covered_to < date.max - ONE_DAY:
        yield (
            len(codes) - 1,
            "valid_to",
            "Không mã nào còn hiệu lực về sau. Xin bỏ valid_to của mã đang dùng hoặc thêm mã mới.",
        )


def _by_start(periods: Sequence) -> list:
    return sorted(enumerate(periods), key=lambda pair: pair[1].valid_from or date.min)


def _spoken(day: date) -> str:
    return f"{day:%d/%m/%Y}"
