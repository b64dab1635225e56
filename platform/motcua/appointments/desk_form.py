"""The settings of a desk as a form gives them, checked."""

import re
from datetime import time

from markupsafe import Markup
from marshmallow import ValidationError, fields, pre_load, validate

from motcua.catalogue.facts import CODE_PATTERN
from motcua.core.errors import Invalid
from motcua.core.language import said, told
from motcua.core.schema import InputSchema, text

from .models import LONGEST_SLOT_MIN, MOST_IN_A_SLOT, SHORTEST_SLOT_MIN

SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)")
DAYS = {
    "1": "Thứ Hai",
    "2": "Thứ Ba",
    "3": "Thứ Tư",
    "4": "Thứ Năm",
    "5": "Thứ Sáu",
    "6": "Thứ Bảy",
    "7": "Chủ nhật",
}


class Hours(fields.Field):
    """`07:30-11:30, 13:30-16:30` as [["07:30", "11:30"], …]."""

    def _deserialize(self, value, attr, data, **kwargs):
        spans, latest = [], time.min
        for part in filter(None, (one.strip() for one in str(value).split(","))):
            found = SPAN.fullmatch(part)
            if found is None:
                raise ValidationError("Giờ chưa đúng dạng. Xin ghi như 07:30-11:30, 13:30-16:30.")
            begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
            if begin >= end or (spans and begin < latest):
                raise ValidationError(
                    "Các khoảng giờ ngược hoặc chồng lên nhau. Xin ghi theo thứ tự trong ngày."
                )
            latest = end
            spans.append([f"{begin:%H:%M}", f"{end:%H:%M}"])
        return spans


class Lines(fields.Field):
    """One item a line."""

    def _deserialize(self, value, attr, data, **kwargs):
        return list(dict.fromkeys(line.strip()[:200] for line in str(value).splitlines() if line.strip()))


def _number(least: int, most: int) -> fields.Integer:
    error = f"Xin ghi một số nguyên từ {least} đến {most}."
    return fields.Integer(
        required=True, validate=validate.Range(least, most, error=error), error_messages={"invalid": error}
    )


def _codes(values: list[str]) -> None:
    wrong = [one for one in values if not re.fullmatch(CODE_PATTERN, one)]
    if wrong:
        raise ValidationError(
            f"Mã thủ tục chưa đúng: {', '.join(wrong[:3])}. Xin ghi mỗi dòng một mã như 1.000894."
        )


class DeskIn(InputSchema):
    agency_code = text(100, required=True)
    name = text(100, required=True)
    address = text(200, allow_none=True, load_default=None)
    fields_taken = Lines(load_default=list)
    procedure_codes = Lines(load_default=list, validate=_codes)
    slot_minutes = _number(SHORTEST_SLOT_MIN, LONGEST_SLOT_MIN)
    capacity = _number(1, MOST_IN_A_SLOT)
    horizon_days = _number(1, 60)
    takes_bookings = fields.Boolean(load_default=False)
    own_hours = fields.Boolean(load_default=False)
    hours = fields.Dict(keys=fields.String(validate=validate.OneOf(DAYS)), values=Hours(), load_default=dict)

    @pre_load
    def tidy(self, data, **_):
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


def read(form) -> dict:
    """Values of a Desk. `form` is a mapping of texts, a day's hours as `hours_1`… Raises Invalid with `details`."""
    names = DeskIn._declared_fields.keys() - {"hours"}
    given: dict = {name: form[name] for name in names if form.get(name, "").strip()}
    given["hours"] = {day: form[f"hours_{day}"] for day in DAYS if form.get(f"hours_{day}", "").strip()}
    try:
        loaded = DeskIn().load(given)
    except ValidationError as error:
        raise Invalid(_first(error.normalized_messages()), details=error.normalized_messages()) from error
    own = loaded.pop("own_hours")
    hours = {day: spans for day, spans in loaded.pop("hours").items() if spans}
    if own and not hours:
        raise Invalid("Quầy có giờ riêng nhưng chưa ghi giờ ngày nào. Xin ghi giờ, hoặc bỏ chọn giờ riêng.")
    loaded["fields"] = loaded.pop("fields_taken")
    return loaded | {"hours": hours if own else None}


TITLES = {
    "agency_code": "Cơ quan", "name": "Tên quầy", "address": "Địa chỉ", "slot_minutes": "Số phút mỗi lượt",
    "capacity": "Số người mỗi lượt", "horizon_days": "Đặt trước", "procedure_codes": "Thủ tục", "hours": "Giờ riêng",
}  # fmt: skip


def _first(messages: dict) -> Markup:
    """Which field, and what of it, in the page's language."""
    name, inner = next(iter(messages.items()))
    while isinstance(inner, dict):
        inner = next(iter(inner.values()))
    fault = inner[0] if isinstance(inner, list) else inner
    return Markup("{}: {}").format(said(TITLES.get(name, name)), told(fault))
