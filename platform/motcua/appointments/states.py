"""What may become of a booked visit, and by whom."""

from motcua.core.errors import Conflict

NAMES = {
    "booked": "Đã đặt",
    "confirmed": "Đã hẹn sẽ đến",
    "arrived": "Đã đến",
    "served": "Đã làm việc xong",
    "cancelled": "Đã hủy",
    "no_show": "Không đến",
}
OPEN = ("booked", "confirmed")  # still to come
NO_PLACE = ("cancelled", "no_show")  # take nobody's place in a slot

BY_CITIZEN = {
    "booked": frozenset({"confirmed", "cancelled"}),
    "confirmed": frozenset({"confirmed", "cancelled"}),
}
# An officer's key may slip: arrived and served can be taken back, and whom the sweep gave up may still come.
BY_OFFICER = {
    "booked": frozenset({"arrived", "no_show"}),
    "confirmed": frozenset({"arrived", "no_show"}),
    "arrived": frozenset({"served", "booked"}),
    "served": frozenset({"arrived"}),
    "no_show": frozenset({"arrived"}),
}
MARKS = tuple(sorted(frozenset().union(*BY_OFFICER.values())))


class StepRefused(Conflict):
    code = "visit_step_refused"


def check(before: str, after: str, allowed: dict[str, frozenset[str]]) -> None:
    """Raises StepRefused, naming the remedy, for a step that `allowed` does not know."""
    if after not in allowed.get(before, frozenset()):
        raise StepRefused(
            f"Lượt hẹn đang ở trạng thái “{NAMES[before]}”, không chuyển sang “{NAMES.get(after, after)}” được. "
            "Xin tải lại trang để xem trạng thái mới nhất."
        )
