"""The values of sync payloads as vendors write them: dates in three forms, numbers as text, blanks as nothing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from motcua.core.clock import VIETNAM
from motcua.core.errors import Invalid
from motcua.core.text.normal import normalise, without_marks
from motcua.dossiers.statuses import NAMES, Status

COMPACT = re.compile(r"\d{14}|\d{12}|\d{8}", re.ASCII)
FORMS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
VIETNAMESE_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
NOTHING = ("", "null", "none", "n/a", "-")


def plain(text: str) -> str:
    return without_marks(normalise(text))


@lru_cache(maxsize=2000)
def name_key(name: str) -> str:
    """`MaHoSo`, `ma_ho_so`, `MAHOSO` and `Mã hồ sơ` are one name."""
    return re.sub(r"[^a-z0-9]", "", plain(name))


class Members:
    """The members of one object, found by any usual spelling; remembers which nobody asked for."""

    def __init__(self, said: Any):
        if not isinstance(said, Mapping):
            raise Invalid("Mỗi hồ sơ phải là một nhóm có tên. Xin đặt trong ngoặc nhọn.")
        self._values = {name_key(str(name)): value for name, value in said.items()}
        self._names = {name_key(str(name)): str(name) for name in said}
        self._asked: set[str] = set()

    def get(self, *names: str) -> Any:
        """The first of `names` that says something, or None."""
        found = None
        for key in map(name_key, names):
            self._asked.add(key)
            value = self._values.get(key)
            if found is None and not _is_nothing(value):
                found = value
        return found

    def text(self, *names: str, longest: int) -> str | None:
        value = self.get(*names)
        if value is None or isinstance(value, (list, dict)):
            return None
        line = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff]", " ", str(value)).strip()
        return line[:longest] or None

    def moment(self, *names: str) -> datetime | None:
        value = self.get(*names)
        return None if value is None else moment(value, names[0])

    def number(self, *names: str) -> int | None:
        return number(self.get(*names))

    def rows(self, *names: str) -> list["Members"]:
        """A list of objects; a single object counts as a list of one."""
        value = self.get(*names)
        found = value if isinstance(value, list) else [value]
        return [Members(one) for one in found if isinstance(one, Mapping)]

    @property
    def ignored(self) -> list[str]:
        """Members that said something and were not asked for, as they were spelled."""
        left = (key for key in self._values.keys() - self._asked if not _is_nothing(self._values[key]))
        return sorted(self._names[key] for key in left)


def _is_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and value.strip().lower() in NOTHING)


def moment(value: Any, name: str) -> datetime:
    """Aware UTC; what has no zone is Vietnamese time (UTC+7). Raises Invalid, naming the member."""
    text = str(value).strip()
    try:
        return _moment(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            details={
                name: [
                    "Thời điểm chưa đúng dạng. Xin ghi yyyyMMddHHmmss, yyyy-MM-dd HH:mm:ss hoặc ISO 8601, "
                    "ví dụ 20241126080000."
                ]
            }
        ) from error


def _moment(text: str) -> datetime:
    if COMPACT.fullmatch(text):
        at = datetime.strptime(text, FORMS[len(text)])  # noqa: DTZ007 (Vietnamese time, below)
    elif day := VIETNAMESE_DAY.fullmatch(text):
        dd, mm, yyyy, *clock = day.groups()
        at = datetime(int(yyyy), int(mm), int(dd), *(int(part or 0) for part in clock))  # noqa: DTZ001 (Vietnamese time, below)
    else:
        at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


def number(value: Any) -> int | None:
    """12000, "12000", "12.000", "12,000 đồng" and 12000.0 are all 12000; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if value == value and abs(value) < 1e15 else None
    text = re.sub(r"(?i)\s|đồng|vnđ|vnd", "", str(value))
    text = re.sub(r"\.0+$", "", text) if re.fullmatch(r"\d+\.0{1,2}", text) else text
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    return int(digits) if re.fullmatch(r"\d{1,15}", digits, re.ASCII) else None


_STATUS_NAMES = {plain(name): status for status, name in NAMES.items()}


def status(value: Any) -> Status | None:
    """1 to 10, as a number or as text, or the national name; None for a vendor's own code."""
    code = number(value)
    if code is not None:
        return Status(code) if 1 <= code <= 10 else None
    return _STATUS_NAMES.get(plain(str(value))) if value is not None else None
