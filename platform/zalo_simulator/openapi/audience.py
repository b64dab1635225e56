"""Whom a broadcast reaches: Zalo's numbers for ages, regions, provinces and platforms against what is known.

The 63 provinces are those before the mergers of 2025; no source shows a newer list.
Source: the enumerations of Zalo's own .NET SDK.
"""

import unicodedata
from datetime import date, datetime
from typing import Any

from ..errors import ZaloError
from ..world.records import Citizen

PROVINCES = (
    "Đồng Tháp", "Bình Phước", "Ninh Bình", "Bạc Liêu", "TP HCM", "Vĩnh Long", "Lâm Đồng", "Yên Bái", "Hà Nam",
    "Hà Nội", "Hải Dương", "Hậu Giang", "An Giang", "Trà Vinh", "Tiền Giang", "Tây Ninh", "Đồng Nai", "Đắk Lắk",
    "Bình Định", "Kon Tum", "Đà Nẵng", "Bắc Giang", "Bắc Kạn", "Điện Biên", "Hòa Bình", "Thái Bình", "Vĩnh Phúc",
    "Hà Giang", "Kiên Giang", "Bình Dương", "Bình Thuận", "Đắk Nông", "Khánh Hòa", "Gia Lai", "Quảng Nam",
    "Quảng Trị", "Hà Tĩnh", "Hưng Yên", "Quảng Ninh", "Thanh Hóa", "Phú Thọ", "Lai Châu", "Thái Nguyên",
    "Cao Bằng", "Cà Mau", "Cần Thơ", "Sóc Trăng", "Bến Tre", "Long An", "Bà Rịa Vũng Tàu", "Ninh Thuận",
    "Phú Yên", "Quảng Ngãi", "Thừa Thiên Huế", "Quảng Bình", "Nghệ An", "Nam Định", "Hải Phòng", "Lạng Sơn",
    "Lào Cai", "Sơn La", "Bắc Ninh", "Tuyên Quang",
)  # fmt: skip
ABROAD = len(PROVINCES)
_CENTRAL = {17, 18, 19, 20, 30, 31, 32, 33, 34, 35, 36, 39, 50, 51, 52, 53, 54, 55, 6}
_SOUTH = {0, 1, 3, 4, 5, 11, 12, 13, 14, 15, 16, 28, 29, 44, 45, 46, 47, 48, 49}
_AGES = (12, 17, 24, 34, 44, 54, 64, 200)
_PLATFORMS = {"ios": 1, "android": 2, "windows": 3}
_LIMITS = {
    "ages": range(8),
    "gender": range(3),
    "locations": range(3),
    "cities": range(64),
    "platform": range(1, 4),
}
_ALIASES = {"hochiminh": 4, "saigon": 4, "hue": 53, "vungtau": 49}


def read_target(target: Any) -> dict[str, set[int]]:
    """The numbers wanted by dimension; a dimension that excludes nobody is left out. -201 when it is malformed."""
    if not isinstance(target, dict):
        raise ZaloError(-201, "recipient.target is invalid")
    wanted = {}
    for name, allowed in _LIMITS.items():
        numbers = _numbers(target.get(name), name)
        if not numbers <= set(allowed):
            raise ZaloError(-201, f"recipient.target.{name} is invalid")
        if name == "gender" and 0 in numbers:
            continue  # 0 = everybody
        if numbers and numbers != set(allowed):
            wanted[name] = numbers
    return wanted


def _numbers(given: Any, name: str) -> set[int]:
    parts = given if isinstance(given, list) else [] if given in (None, "") else str(given).split(",")
    try:
        return {int(part) for part in parts}
    except (TypeError, ValueError):
        raise ZaloError(-201, f"recipient.target.{name} is invalid") from None


def belongs(citizen: Citizen, wanted: dict[str, set[int]], today: date) -> bool:
    """What is not known about a person does not match."""
    known = {
        "ages": _age_group(citizen.birth_date, today),
        "gender": _gender(citizen.gender),
        "locations": _region(citizen.city),
        "cities": _province(citizen.city),
        "platform": _PLATFORMS.get(citizen.platform),
    }
    return all(known[name] in numbers for name, numbers in wanted.items())


def _age_group(birth_date: str, today: date) -> int | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            born = datetime.strptime(birth_date, form).date()  # noqa: DTZ007 - a birthday has no zone
        except ValueError:
            continue
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return next(number for number, last in enumerate(_AGES) if years <= last)
    return None


def _gender(text: str) -> int | None:
    return {"nam": 1, "male": 1, "1": 1, "nu": 2, "female": 2, "2": 2}.get(_plain(text))


def _province(city: str) -> int | None:
    name = _plain(city)
    for prefix in ("thanhpho", "tinh", "tp"):
        if name.startswith(prefix) and name not in _BY_NAME:
            name = name.removeprefix(prefix)
    return _BY_NAME.get(name, _ALIASES.get(name))


def _region(city: str) -> int | None:
    province = _province(city)
    if province is None or province == ABROAD:
        return None
    return 1 if province in _CENTRAL else 2 if province in _SOUTH else 0


def _plain(text: str) -> str:
    """Letters and digits only, without Vietnamese marks, lowercase."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())


_BY_NAME = {_plain(name): number for number, name in enumerate(PROVINCES)}
