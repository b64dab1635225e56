"""The life of a broadcast: which step may follow which. Nothing here knows the database."""

DRAFT, SUBMITTED, APPROVED, REFUSED = "draft", "submitted", "approved", "refused"
SCHEDULED, RUNNING, PAUSED, DONE, CANCELLED = "scheduled", "running", "paused", "done", "cancelled"
STATES = (DRAFT, SUBMITTED, APPROVED, REFUSED, SCHEDULED, RUNNING, PAUSED, DONE, CANCELLED)

NAMES = {
    DRAFT: "Bản nháp",
    SUBMITTED: "Chờ duyệt",
    APPROVED: "Đã duyệt, chờ đặt giờ gửi",
    REFUSED: "Không duyệt",
    SCHEDULED: "Đã đặt giờ gửi",
    RUNNING: "Đang gửi",
    PAUSED: "Tạm dừng",
    DONE: "Đã gửi xong",
    CANCELLED: "Đã hủy",
}

# Whatever nobody has received yet may still be changed; a change has to be approved anew.
CHANGEABLE = frozenset({DRAFT, SUBMITTED, APPROVED, REFUSED, SCHEDULED})
FINAL = frozenset({DONE, CANCELLED})

# action -> (states it may be taken in, state it leads to)
ACTIONS: dict[str, tuple[frozenset[str], str]] = {
    "edit": (CHANGEABLE, DRAFT),
    "submit": (frozenset({DRAFT}), SUBMITTED),
    "approve": (frozenset({SUBMITTED}), APPROVED),
    "refuse": (frozenset({SUBMITTED}), REFUSED),
    "schedule": (frozenset({APPROVED, SCHEDULED}), SCHEDULED),
    "start": (frozenset({SCHEDULED}), RUNNING),
    "pause": (frozenset({RUNNING}), PAUSED),
    "resume": (frozenset({PAUSED}), RUNNING),
    "finish": (frozenset({RUNNING}), DONE),
    "cancel": (frozenset(STATES) - FINAL, CANCELLED),
}
BY_ITSELF = frozenset({"start", "finish"})  # the clock's and the outbox's steps, nobody's

ACTION_NAMES = {
    "write": "Soạn",
    "edit": "Sửa",
    "submit": "Gửi duyệt",
    "approve": "Duyệt",
    "refuse": "Không duyệt",
    "schedule": "Đặt giờ gửi",
    "start": "Bắt đầu gửi",
    "pause": "Tạm dừng",
    "resume": "Gửi tiếp",
    "finish": "Gửi xong",
    "cancel": "Hủy",
}


def after(state: str, action: str) -> str | None:
    """The state that `action` leads to from `state`; None where it may not be taken."""
    allowed, leads_to = ACTIONS[action]
    return leads_to if state in allowed else None
