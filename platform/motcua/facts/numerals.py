"""Numbers as people write them: 1.234.567 · 1.234,5 % · 1.234.567 ₫, and in English 1,234,567 · 1,234.5 %."""

NOTHING = "không có"
_WORDS_EN = {
    NOTHING: "none", "giây": "s", "phút": "min", "giờ": "h", "điểm": "points", "mới có": "new",
}  # fmt: skip


def counted(value: int | None, language: str = "vi") -> str:
    return _word(NOTHING, language) if value is None else _marked(f"{value:,}", language)


def percent(value: float | None, language: str = "vi") -> str:
    """`value` 12.34 becomes 12,3 %."""
    return _word(NOTHING, language) if value is None else f"{_one_place(value, language)} %"


def vnd(value: int | None, language: str = "vi") -> str:
    return _word(NOTHING, language) if value is None else f"{counted(value, language)} ₫"


def duration(seconds: int | None, language: str = "vi") -> str:
    """In the two largest units that say something."""
    if seconds is None:
        return _word(NOTHING, language)
    if seconds < 60:
        parts = [(seconds, "giây")]
    elif seconds < 3600:
        parts = [(seconds // 60, "phút"), (seconds % 60, "giây")]
    else:
        parts = [(seconds // 3600, "giờ"), (seconds % 3600 // 60, "phút")]
    kept = parts[:1] + [one for one in parts[1:] if one[0]]
    return " ".join(f"{counted(value, language)} {_word(unit, language)}" for value, unit in kept)


def change(now: float | None, before: float | None, kind: str, language: str = "vi") -> str | None:
    """Against the former span: in per cent for counts, in points for shares; None where there is nothing to compare."""
    if now is None or before is None:
        return None
    if kind == "percent":
        return f"{_signed(now - before, language)} {_word('điểm', language)}"
    if before == 0:
        return None if now == 0 else _word("mới có", language)
    return f"{_signed(100 * (now - before) / before, language)} %"


def share(part: int, whole: int) -> float | None:
    """In per cent; None of nothing."""
    return 100 * part / whole if whole else None


def written(value, kind: str, language: str = "vi") -> str:
    """`kind` as in `boards.Column`."""
    if kind in ("text", "day"):
        return str(value)
    return {"count": counted, "percent": percent, "vnd": vnd, "duration": duration}[kind](value, language)


def _word(own: str, language: str) -> str:
    return _WORDS_EN[own] if language == "en" else own


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + _one_place(abs(value), language)


def _one_place(value: float, language: str) -> str:
    return _marked(f"{value:,.1f}", language)


def _marked(digits: str, language: str) -> str:
    """`digits` as Python groups them, with the language's own marks."""
    return digits if language == "en" else digits.translate({ord(","): ".", ord("."): ","})
