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


FINISHED = frozenset({Status.REFUSED, Status.STOPPED, Status.READY, Status.RETURNED})
RECALLS = frozenset({(Status.STOPPED, Status.PROCESSING), (Status.READY, Status.PROCESSING)})
CORRECTION = (Status.RETURNED, Status.READY)

# What ends the wait for papers, by the stage in which they were asked for (None: the source does not say).
AFTER_SUPPLEMENT = {
    "reception": frozenset({1, 2}),
    "appraisal": frozenset({2, 4}),
    None: frozenset({1, 2, 4}),
}

# Which of two events of the same moment comes first; the same whichever was heard first.
RANKS = {1: 0, 2: 1, 4: 2, 5: 3, 6: 3, 7: 4, 3: 5, 8: 5, 9: 6, 10: 7}

_LOOK = "Xin xem lại ở hệ thống một cửa: có thể thiếu hoặc thừa một diễn biến."


def why_unexpected(
    before: int | None, after: int, before_that: int | None = None, stage: str | None = None
) -> str | None:
    """Why the national table does not know this step, in a sentence for the staff; None for one that it knows.

    `before_that`: where a refused withdrawal goes back to. `stage`: of the supplement that is waited for.
    """
    if before is None:
        if after in ALLOWED[None]:
            return None
        return (
            f"Diễn biến đầu tiên là “{NAMES[Status(after)]}”, thường phải là “{NAMES[Status.FILED]}” "
            f"hoặc “{NAMES[Status.ACCEPTED]}”. {_LOOK}"
        )
    if before == Status.WITHDRAWAL and after == before_that:
        return None
    here, there = NAMES[Status(before)], NAMES[Status(after)]
    if after not in ALLOWED[Status(before)]:
        if before in (Status.REFUSED, Status.RETURNED):
            return f"“{here}” là trạng thái cuối nhưng hồ sơ lại chuyển sang “{there}”. {_LOOK}"
        return f"Hồ sơ không chuyển thẳng từ “{here}” sang “{there}” theo trình tự quốc gia. {_LOOK}"
    if before == Status.SUPPLEMENT and after in AFTER_SUPPLEMENT[None] - AFTER_SUPPLEMENT[stage]:
        asked = "tiếp nhận" if stage == "reception" else "thẩm định"
        return f"Bổ sung ở khâu {asked} không trở lại “{there}” theo trình tự quốc gia. {_LOOK}"
    return None


def is_expected(
    before: int | None, after: int, before_that: int | None = None, stage: str | None = None
) -> bool:
    return why_unexpected(before, after, before_that, stage) is None
