"""Times, statuses and people as citizens read them."""

from datetime import date, datetime

from motcua.core.clock import VIETNAM

from .statuses import NAMES, NAMES_EN, Status

WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

# ZBS parameters of kind "transaction status" hold 30 characters at most.
SHORT_NAMES = {status: name for status, name in NAMES.items() if len(name) <= 30} | {
    Status.FEE: "Chờ nộp phí, lệ phí",
}


def moment(at: datetime | None, language: str = "vi") -> str | None:
    """`10:00 thứ Tư, 25/11/2026`, by Vietnamese clocks."""
    if at is None:
        return None
    local = at.astimezone(VIETNAM)
    days = WEEKDAYS_EN if language == "en" else WEEKDAYS
    return f"{local:%H:%M} {days[local.weekday()]}, {local:%d/%m/%Y}"


def status(dossier, language: str = "vi") -> str:
    """The province's own words for it where its map has some, else the national name."""
    own = (dossier.status_text or {}).get(language)
    return own or status_name(dossier.status, language)


def status_name(number: int, language: str = "vi") -> str:
    """The national one."""
    return (NAMES_EN if language == "en" else NAMES)[Status(number)]


def short_moment(at: datetime) -> str:
    """`10:00 25/11/2026`: the form ZBS templates take."""
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def masked_id(number: str) -> str:
    return number[0] + "*" * (len(number) - 3) + number[-2:] if len(number) > 3 else "*" * len(number)


def spelled_day(day: date) -> str:
    """`ngày 05 tháng 02 năm 2026`: days below 10 and the first two months with a zero (Nghị định 30/2020)."""
    month = f"{day.month:02d}" if day.month <= 2 else f"{day.month}"
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def spelled_moment(at: datetime) -> str:
    """`08 giờ 00 phút, ngày 26 tháng 11 năm 2024`, as official forms write it."""
    local = at.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, {spelled_day(local.date())}"


def day_of(at: datetime) -> date:
    """The day by Vietnamese clocks."""
    return at.astimezone(VIETNAM).date()


def amount(vnd: int) -> str:
    """`1.234.567 đồng`."""
    return f"{vnd:,}".replace(",", ".") + " đồng"


def whole(value: int, language: str = "vi") -> str:
    """`1.234.567`, in English `1,234,567`."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")


def decimal(value: float, language: str = "vi", places: int = 1) -> str:
    """`98,7`, in English `98.7`."""
    said = f"{value:.{places}f}"
    return said if language == "en" else said.replace(".", ",")
