"""Numbers as they are written in Vietnam: 1.234.567 · 1.234,5 % · 1.234.567 ₫."""

NOTHING = "không có"


def counted(value: int | None) -> str:
    return NOTHING if value is None else f"{value:,}".replace(",", ".")


def percent(value: float | None) -> str:
    """`value` 12.34 becomes 12,3 %."""
    return NOTHING if value is None else f"{_comma(value)} %"


def vnd(value: int | None) -> str:
    return NOTHING if value is None else f"{counted(value)} ₫"


def duration(seconds: int | None) -> str:
    """In the two largest units that say something."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds} giây"
    if seconds < 3600:
        return f"{seconds // 60} phút" + (f" {seconds % 60} giây" if seconds % 60 else "")
    return f"{counted(seconds // 3600)} giờ" + (
        f" {seconds % 3600 // 60} phút" if seconds % 3600 // 60 else ""
    )


def change(now: float | None, before: float | None, kind: str) -> str | None:
    """Against the former span: in per cent for counts, in points for shares; None where there is nothing to compare."""
    if now is None or before is None:
        return None
    if kind == "percent":
        return f"{_signed(now - before)} điểm"
    if before == 0:
        return None if now == 0 else "mới có"
    return f"{_signed(100 * (now - before) / before)} %"


def share(part: int, whole: int) -> float | None:
    """In per cent; None of nothing."""
    return 100 * part / whole if whole else None


def written(value, kind: str) -> str:
    """`kind` as in `boards.Column`."""
    if kind in ("text", "day"):
        return str(value)
    return {"count": counted, "percent": percent, "vnd": vnd, "duration": duration}[kind](value)


def _signed(value: float) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + _comma(abs(value))


def _comma(value: float) -> str:
    whole, _, part = f"{value:,.1f}".partition(".")
    return f"{whole.replace(',', '.')},{part}"
