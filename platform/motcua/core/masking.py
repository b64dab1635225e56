"""Taking telephone, paper and account numbers and addresses of mail out of what people write freely."""

import re

MASK = "[đã che]"
FEWEST_DIGITS = 6  # numbers of papers have nine or more, of land parcels and fees in thousands fewer
# Digits as people write them: 0912 345 678, 0912.345.678, +84-912-345-678, ０９１２…
_NUMBER = re.compile(r"[+(]?\d(?:[ .\-_/()]{0,2}\d)+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PASSPORT = re.compile(r"\b[A-Za-z]\d{7,8}\b")
_PLATE = re.compile(r"\b\d{2}[A-Za-z]{1,2}\d?[ -]?\d{3}[. ]?\d{2}\b")
_SUM = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_CURRENCY = re.compile(r"\s?(?:đ|vnd|vnđ)", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def masked(text: str) -> str:
    """`text` without numbers of phones, papers, plates and accounts and without addresses of mail.

    A day (25/11/2026), a sum (500.000 đồng) and short numbers stay. Idempotent.
    """
    for pattern in (_MAIL, _PASSPORT, _PLATE):
        text = pattern.sub(MASK, text)
    return _NUMBER.sub(_of_number, text)


def _of_number(found: re.Match) -> str:
    is_sum = _SUM.fullmatch(found[0]) and _CURRENCY.match(found.string, found.end())
    if _DATE.fullmatch(found[0]) or is_sum:
        return found[0]
    return MASK if sum(letter.isdigit() for letter in found[0]) >= FEWEST_DIGITS else found[0]
