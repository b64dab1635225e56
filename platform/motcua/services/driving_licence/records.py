"""What a source says of one licence, and the numbers that licences have."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from motcua.core.text.normal import normalise

POINTS_A_YEAR = 12  # Luật 36/2024/QH15, Điều 58
PET, PET_UNLIMITED, PAPER = "pet", "pet_unlimited", "paper"
KINDS = {PET: "Thẻ PET có thời hạn", PET_UNLIMITED: "Thẻ PET không thời hạn", PAPER: "Giấy cũ"}
KINDS_EN = {PET: "PET card with expiry", PET_UNLIMITED: "PET card without expiry", PAPER: "Old paper licence"}
STATUSES = {
    "valid": "Còn hiệu lực", "expired": "Hết hạn", "suspended": "Đang bị tước quyền sử dụng",
    "revoked": "Đã bị thu hồi", "no_points": "Đã bị trừ hết điểm",
}  # fmt: skip
STATUSES_EN = {
    "valid": "Valid", "expired": "Expired", "suspended": "Suspended", "revoked": "Revoked",
    "no_points": "No points left",
}  # fmt: skip
CLASSES = ("A1", "A", "B1", "B", "C1", "C", "D1", "D2", "D", "BE", "C1E", "CE", "D1E", "D2E", "DE")
# What a class of before 2025 is called now. From general knowledge of Luật 36/2024/QH15, Điều 57 and 89.
_OLD_CLASSES = {
    "A2": "A", "A3": "B1", "B1": "B", "B2": "B hoặc C1", "D": "D2", "E": "D", "FB2": "BE", "FC": "CE", "FD": "D2E",
    "FE": "DE",
}  # fmt: skip
FIRST_DAY_OF_NEW_CLASSES = date(2025, 1, 1)

_CARD = re.compile(r"\d{12}")
_OLD_PAPER = re.compile(r"(?=.*\d{4})[A-Z0-9ĐÂĂ]{6,14}")


def read_number(text: str, kind: str = "") -> str | None:
    """The number in its bare form; None where it is none. A PET card has twelve digits, old paper ones differ."""
    bare = re.sub(r"[\s.\-/]", "", normalise(text).upper())
    if _CARD.fullmatch(bare):
        return bare
    return bare if kind in (PAPER, "") and _OLD_PAPER.fullmatch(bare) else None


def masked_number(number: str) -> str:
    """ "79********89" """
    return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"


def masked_name(name: str) -> str:
    """ "Nguyễn Văn A" -> "N***** V** A" """
    *before, last = name.split() or [""]
    return " ".join([*(part[0] + "*" * (len(part) - 1) for part in before), last])


def class_label(name: str, issued_on: date | None) -> str:
    """A class with what it is called now, where it was issued under its name of before 2025."""
    today = _OLD_CLASSES.get(name)
    is_old = name not in CLASSES or (issued_on is not None and issued_on < FIRST_DAY_OF_NEW_CLASSES)
    return f"{name} (nay là {today})" if today and is_old else name


class _ClassSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    name = fields.Str(required=True, validate=validate.Length(1, 10))
    issued_on = fields.Date(load_default=None, allow_none=True)


class LicenceSchema(Schema):
    """The REST answer; unknown members are passed over."""

    class Meta:
        unknown = EXCLUDE

    name = fields.Str(required=True, validate=validate.Length(1, 200))
    classes = fields.List(fields.Nested(_ClassSchema), required=True, validate=validate.Length(1, 20))
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    status = fields.Str(required=True, validate=validate.OneOf(STATUSES))
    suspended_until = fields.Date(load_default=None, allow_none=True)
    points_left = fields.Int(load_default=None, allow_none=True, validate=validate.Range(0, POINTS_A_YEAR))
    authority = fields.Str(load_default="", validate=validate.Length(0, 200))
    exam_centre = fields.Str(load_default="", validate=validate.Length(0, 200))
    as_of = fields.Date(load_default=None, allow_none=True)


@dataclass(frozen=True)
class Licence:
    """`classes`: name and day of issue. `expires_on` None: never; `points_left` None: the source does not say."""

    name: str
    classes: tuple[tuple[str, date | None], ...]
    issued_on: date
    expires_on: date | None
    status: str
    suspended_until: date | None
    points_left: int | None
    authority: str
    exam_centre: str
    as_of: date | None


def licence(read: dict[str, Any]) -> Licence:
    """Of what LicenceSchema loaded."""
    classes = tuple((one["name"], one["issued_on"]) for one in read["classes"])
    return Licence(**(read | {"classes": classes}))


def status_on(licence: Licence, day: date) -> str:
    """One of STATUSES: what the source says, and what has come since."""
    if licence.status == "suspended" and licence.suspended_until and licence.suspended_until < day:
        return "valid" if licence.expires_on is None or licence.expires_on >= day else "expired"
    if licence.status == "valid" and licence.expires_on and licence.expires_on < day:
        return "expired"
    if licence.status == "valid" and licence.points_left == 0:
        return "no_points"
    return licence.status
