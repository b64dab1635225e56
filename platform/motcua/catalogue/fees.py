"""What a procedure costs, as its source says it: “free” never stands without the note beside it."""

import re

UNKNOWN = "Nguồn không nêu phí, lệ phí"
FREE = re.compile(
    r"(?:phí\s*:\s*|lệ phí\s*:\s*)?(?:miễn(?: lệ)? phí|không(?: đồng)?|0\s*(?:đồng|vnđ)?)\.?", re.IGNORECASE
)

_AMOUNT = re.compile(r"(?P<digits>\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:việt nam đồng|vnđ|đồng|đ)", re.IGNORECASE)
# The source's page shows some sums without their last three digits: “20 VNĐ” beside the note “20.000 đ/tờ khai”.
SMALLEST_AMOUNT_VND = 1000


def describe_amount(fee: str) -> str:
    """Sums of đồng as “1.234.567 đồng”; other texts as they are. An impossibly small sum is not passed on as fact."""
    whole = _AMOUNT.fullmatch(fee.strip())
    if whole is None:
        return fee.strip()
    amount_vnd = int(re.sub(r"\D", "", whole["digits"]))
    if 0 < amount_vnd < SMALLEST_AMOUNT_VND:
        return f"Có thu; nguồn ghi “{fee.strip()}”, không rõ số tiền"
    return f"{amount_vnd:,} đồng".replace(",", ".")


def describe_fee_text(fee: str, note: str) -> str:
    """One sentence or two for people, in Vietnamese."""
    if not fee.strip():
        return note or UNKNOWN
    amount = describe_amount(fee)
    if not note:
        return amount
    if note.startswith("/"):  # “/trang”, “/hồ sơ (…)”: the unit that the amount is for
        return amount + note
    if FREE.fullmatch(fee.strip()):
        return f"{amount}. Ghi chú: {note}"
    return f"{amount} ({note})"
