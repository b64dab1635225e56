"""Fields and sections of which the rules of `tenant.toml` are made."""

import re
from datetime import date, datetime, time
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from motcua.core.schema import InputSchema

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class Day(fields.Field):
    """A date as TOML has it, or as a text `2025-07-01`."""

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise ValidationError("Ngày chưa đúng dạng. Xin ghi như 2025-07-01.") from None


class Clock(fields.Field):
    """A time of day, `07:30`."""

    def _deserialize(self, value, attr, data, **kwargs):
        found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", str(value))
        if found is None:
            raise ValidationError("Giờ chưa đúng dạng. Xin ghi trong ngoặc kép, như “07:30”.")
        return time(int(found[1]), int(found[2]))


def matching(pattern: str | re.Pattern, sentence: str, **options) -> fields.String:
    rule = re.compile(pattern)

    def check(value: str) -> None:
        if not rule.fullmatch(value):
            raise ValidationError(sentence)

    return fields.String(validate=check, **options)


def non_empty_list(inner: fields.Field, *rules, **options) -> fields.List:
    some = validate.Length(min=1, error="Danh sách đang trống. Xin ghi ít nhất một mục.")
    return fields.List(inner, required=True, validate=[some, *rules], **options)


def no_repeats(values: list) -> None:
    seen = set()
    for index, value in enumerate(values):
        if value in seen:
            raise ValidationError({index: ["Giá trị bị ghi hai lần. Xin bỏ một."]})
        seen.add(value)


def no_repeated(field: str):
    """A rule for a list of records: `field` differs in each."""

    def check(records: list) -> None:
        seen = set()
        for index, record in enumerate(records):
            if (value := getattr(record, field)) in seen:
                raise ValidationError({index: {field: [f"“{value}” bị ghi hai lần. Xin bỏ hoặc sửa một."]}})
            seen.add(value)

    return check


def by_faults(find):
    def check(periods: list) -> None:
        faults: dict[int, dict[str, list[str]]] = {}
        for index, field, sentence in find(periods):
            faults.setdefault(index, {}).setdefault(field, []).append(sentence)
        if faults:
            raise ValidationError(faults)

    return check


class Section(InputSchema):
    """A table of the file; `made_into` is the dataclass it becomes."""

    made_into: ClassVar[type]
    error_messages: ClassVar[dict[str, str]] = InputSchema.error_messages | {
        "unknown": "Không có mục nào tên như vậy. Xin bỏ đi hoặc sửa tên theo tenant.toml của tỉnh khác."
    }

    @post_load
    def make(self, data: dict[str, Any], **kwargs):
        values = dict.fromkeys(self.made_into.__dataclass_fields__)
        return self.made_into(**values | {name: _frozen(value) for name, value in data.items()})


class PeriodSection(Section):
    valid_from = Day()
    valid_to = Day()

    @validates_schema(skip_on_field_errors=True)
    def ends_after_start(self, data, **kwargs):
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            raise ValidationError("Ngày cuối sớm hơn ngày đầu. Xin kiểm tra lại hai ngày.", "valid_to")


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
