"""What Zalo took against what was owed and what we say of it, message by message; and whether that is right."""

from collections.abc import Mapping

ARRIVED, REFUSED, NOT_KEPT = ("sent", "delivered", "seen"), ("failed", "expired"), "not kept"
# Nobody refuses anything in these runs and nothing outlives its wait: whatever of these is not 0 is our fault.
WRONG = ("lost", "doubled", "refused", "wronged", "unread", "unresolved", "open")


def count(sends: int, told: Mapping[int, str], taken: Mapping[int, int], accepted: int) -> dict[str, int]:
    """`told`: our state of each number; `taken`: how often each is on a phone; `accepted`: Zalo's own count.

    `lost`: never taken by Zalo, and we say that it arrived or never kept it; `doubled`: taken more than once;
    `refused`: never taken, and we say so (failed or expired); `wronged`: taken, and we say that it failed or
    never kept it; `unread`: taken by Zalo's own count and on no phone, or the other way round;
    `unresolved`: uncertain still; `open`: still on its way.
    """
    never = [number for number in range(sends) if not taken.get(number)]
    return {
        "lost": sum(told.get(number, NOT_KEPT) in (*ARRIVED, NOT_KEPT) for number in never),
        "doubled": sum(times - 1 for times in taken.values() if times > 1),
        "refused": sum(told.get(number) in REFUSED for number in never),
        "wronged": sum(told.get(number, NOT_KEPT) in (*REFUSED, NOT_KEPT) for number in taken),
        "unread": abs(accepted - sum(taken.values())),
        "unresolved": sum(state == "uncertain" for state in told.values()),
        "open": sum(state in ("queued", "sending") for state in told.values()),
    }


def nothing_wrong(figures: Mapping[str, Mapping]) -> bool:
    """Of every row: nothing of `WRONG`. A row that could not be measured and says `why` is not wrong."""
    return all("why" in row or not any(row.get(name, 1) for name in WRONG) for row in figures.values())
