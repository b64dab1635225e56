"""The ten statuses of the national portal, and which may follow which.

Events may skip steps, repeat or come late (nightly synchronisation), so a jump that is not in the table
is stored and flagged for the staff, never refused. Names as the national portal prints them.
"""

from enum import IntEnum


class Status(IntEnum):
    FILED = 1
    ACCEPTED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    FEE = 6
    WITHDRAWAL = 7
    STOPPED = 8
    READY = 9
    RETURNED = 10


FINISHED = frozenset({Status.REFUSED, Status.STOPPED, Status.READY, Status.RETURNED})

NAMES = {
    Status.FILED: "Mới đăng ký",
    Status.ACCEPTED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.FEE: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWAL: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.READY: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}

# Ours: the national portal has no English names.
NAMES_EN = {
    Status.FILED: "Submitted online",
    Status.ACCEPTED: "Accepted",
    Status.REFUSED: "Not accepted",
    Status.PROCESSING: "In progress",
    Status.SUPPLEMENT: "More papers needed",
    Status.FEE: "Payment due",
    Status.WITHDRAWAL: "Withdrawal requested",
    Status.STOPPED: "Stopped",
    Status.READY: "Result ready",
    Status.RETURNED: "Result handed over",
}

ALLOWED: dict[Status | None, frozenset[int]] = {
    None: frozenset({1, 2}),
    Status.FILED: frozenset({2, 3, 5, 7}),
    Status.ACCEPTED: frozenset({4, 5, 6, 7, 8, 9}),
    Status.PROCESSING: frozenset({4, 5, 6, 7, 8, 9}),
    Status.SUPPLEMENT: frozenset({1, 2, 3, 4, 7, 8}),
    Status.FEE: frozenset({2, 4, 7, 8, 9}),
    Status.WITHDRAWAL: frozenset({8}),  # or back to where it was: see `is_expected`
    Status.STOPPED: frozenset({4}),
    Status.READY: frozenset({4, 10}),
    Status.REFUSED: frozenset(),
    Status.RETURNED: frozenset({9}),
}


def is_expected(before: int | None, after: int, before_that: int | None = None) -> bool:
    """Whether the national table knows this step. `before_that`: a refused withdrawal goes back there."""
    if before == Status.WITHDRAWAL and after == before_that:
        return True
    return after in ALLOWED[None if before is None else Status(before)]
