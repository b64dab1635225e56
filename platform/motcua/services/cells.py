"""One cell of a province's table by what its column holds, in the form that is kept, or refused with a remedy."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from motcua.catalogue.importing.cells import Fault, text_of
from motcua.catalogue.importing.table import Value
from motcua.catalogue.names import plain_name

from .contract import Column

LARGEST = 10**15
_GROUPED = re.compile(r"-?\d{1,3}(?:(?P<mark>[.,  ])\d{3})(?:(?P=mark)\d{3})*")
_PLAIN = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"(?P<whole>-?\d+|-?\d{1,3}(?:\.\d{3})+),(?P<part>\d+)")
_POINTED = re.compile(r"-?\d+\.\d+")
_SCALES = (("ty", 10**9), ("trieu", 10**6), ("tr", 10**6), ("nghin", 1000), ("ngan", 1000), ("k", 1000))
_MONEY = re.compile(
    r"(?P<number>-?[\d., ]*\d)\s*(?P<scale>tỷ|tỉ|triệu|tr|nghìn|ngàn|k)?\s*(?:đồng|vnđ|vnd|đ)?\s*(?:/\s*m(?:2|²))?",
    re.IGNORECASE,
)
_IN_HEADING = re.compile(r"(?:1 ?000|nghin|ngan) ?(?:d|dong|vnd)\b|(?P<million>trieu ?(?:d|dong|vnd)\b)")
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})|(\d{4})-(\d{2})-(\d{2})(?:T.*)?")
_CLOCK = re.compile(r"(\d{1,2})\s*(?::|h|giờ)\s*(?:(\d{1,2})\s*(?:phút|p)?)?(?::\d{2})?", re.IGNORECASE)
_YES = {"co", "x", "1", "yes", "true", "dung", "v"}
_NO = {"khong", "0", "no", "false", "sai"}


def read_cell(column: Column, value: Value, scale: int = 1) -> Any:
    """The cell in kept form (see `contract.Column`), None where it is empty.

    `scale` is what the column's heading multiplies sums of money by (see `scale_of`). Raises Fault.
    """
    if isinstance(value, str) or value is None:
        value = text_of(value, column.longest if column.kind == "text" else 200)
        if not value:
            return None
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault("Ô không chứa số.", "Xin gõ lại giá trị.")
    return _READERS[column.kind](column, value, scale)


def scale_of(heading: str) -> int:
    """1000 for a column headed “Giá (1.000 đồng/m2)” or “(nghìn đồng)”, 1000000 for “triệu đồng”, else 1."""
    found = _IN_HEADING.search(plain_name(heading))
    if found is None:
        return 1
    return 10**6 if found["million"] else 1000


def _text(column: Column, value: Value, scale: int) -> str:
    return value if isinstance(value, str) else text_of(value, column.longest)


def _integer(column: Column, value: Value, scale: int) -> int:
    number = _number(value)
    if number != int(number):
        raise Fault("Ô phải là số nguyên.", "Xin bỏ phần thập phân.")
    return _sized(number)


def _money(column: Column, value: Value, scale: int) -> int:
    if isinstance(value, str):
        found = _MONEY.fullmatch(value.strip())
        if found is None:
            raise Fault("Không hiểu số tiền này.", "Xin ghi số đồng, ví dụ 1.234.567.")
        spoken = found["scale"] and plain_name(found["scale"]).replace("ti", "ty")
        scale = next((by for word, by in _SCALES if word == spoken), 1) if spoken else scale
        value = found["number"]
    amount = _number(value) * scale
    if amount != int(amount):
        raise Fault("Số tiền lẻ dưới một đồng.", "Xin ghi số đồng tròn, ví dụ 1.234.567.")
    if amount < 0:
        raise Fault("Số tiền là số âm.", "Xin ghi số tiền từ 0 đồng trở lên.")
    return _sized(amount)


def _decimal(column: Column, value: Value, scale: int) -> str:
    if isinstance(value, str) and re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", value):
        raise Fault(
            f"Không rõ dấu chấm trong “{value}” ngăn hàng nghìn hay phần thập phân.",
            "Xin dùng dấu phẩy cho phần thập phân, ví dụ 1,25, và bỏ dấu ngăn hàng nghìn.",
        )
    number = _number(value)
    _sized(number)
    return format(number.normalize(), "f")


def _number(value: Value) -> Decimal:
    if isinstance(value, bool | date | time):
        raise Fault("Ô phải là số, không phải ngày giờ hay đúng sai.", "Xin đặt ô kiểu Number rồi gõ lại.")
    if isinstance(value, int | float):
        return Decimal(repr(value))  # what the sheet shows, not the last bits of the float
    text = value.replace("−", "-").strip()
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        return Decimal(text.replace(grouped["mark"], ""))
    if _PLAIN.fullmatch(text) or _POINTED.fullmatch(text):
        return Decimal(text)
    if found := _DECIMAL.fullmatch(text):
        return Decimal(f"{found['whole'].replace('.', '')}.{found['part']}")
    raise Fault("Ô không phải là số.", "Xin ghi như 1.234.567 hoặc 12,5.")


def _sized(number: Decimal) -> int:
    if abs(number) > LARGEST:
        raise Fault("Số lớn bất thường.", "Xin kiểm tra lại số và đơn vị.")
    return int(number)


def _date(column: Column, value: Value, scale: int) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Fault("Ô không phải là ngày.", "Xin ghi ngày/tháng/năm, ví dụ 01/07/2025.")
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise Fault("Không có ngày này trên lịch.", "Xin ghi ngày/tháng/năm, ví dụ 01/07/2025.") from None


def _time(column: Column, value: Value, scale: int) -> str:
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hour > 23 or minute > 59:
        raise Fault("Ô không phải là giờ.", "Xin ghi giờ:phút, ví dụ 07:30.")
    return f"{hour:02d}:{minute:02d}"


def _flag(column: Column, value: Value, scale: int) -> bool:
    if isinstance(value, bool):
        return value
    words = plain_name(text_of(value))
    if words not in _YES | _NO:
        raise Fault("Không hiểu ô có/không này.", "Xin ghi Có hoặc Không.")
    return words in _YES


def _choice(column: Column, value: Value, scale: int) -> str:
    words = plain_name(text_of(value))
    for option in column.options:
        if words in (plain_name(option.value), plain_name(option.label)):
            return option.value
    offered = ", ".join(option.label for option in column.options[:12])
    raise Fault("Giá trị không có trong danh sách.", f"Xin ghi một trong: {offered}.")


_READERS: dict[str, Callable[[Column, Value, int], Any]] = {
    "text": _text,
    "integer": _integer,
    "money": _money,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "flag": _flag,
    "choice": _choice,
}
