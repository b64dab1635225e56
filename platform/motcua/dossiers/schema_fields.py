"""Fields that the dossiers' schemas share: moments, statuses, phones, sums, addresses, lists."""

from datetime import UTC

from marshmallow import Schema, ValidationError, fields, validate

from motcua.core.errors import Invalid
from motcua.zalo.phone import normalise_phone

FIRST_YEAR, LAST_YEAR = 1900, 2200


class Moment(fields.AwareDateTime):
    """ISO 8601 with a zone; kept and told in UTC."""

    def _deserialize(self, value, attr, data, **kwargs):
        at = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= at.year <= LAST_YEAR:  # beyond, a change of zone may leave the calendar
            raise ValidationError(
                f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}. Xin kiểm tra lại thời điểm này."
            )
        return at.astimezone(UTC)

    def _serialize(self, value, attr, obj, **kwargs):
        return super()._serialize(value and value.astimezone(UTC), attr, obj, **kwargs)


def moment(**options) -> Moment:
    return Moment(format="iso", **options)


def status(**options) -> fields.Integer:
    rule = validate.Range(
        1, 10, error="Trạng thái phải từ 1 đến 10 theo Cổng Dịch vụ công quốc gia. Xin đổi mã nội bộ."
    )
    return fields.Integer(strict=True, validate=rule, **options)


def many(of: fields.Field | type[Schema], most: int, least: int = 0, **options) -> fields.List:
    rule = validate.Length(
        least, most, error=f"Danh sách này phải có từ {least} đến {most} mục. Xin thêm hoặc bớt."
    )
    return fields.List(of if isinstance(of, fields.Field) else fields.Nested(of), validate=rule, **options)


def how_many() -> fields.Integer:
    """How many of one paper."""
    rule = validate.Range(0, 99, error="Số bản phải từ 0 đến 99. Xin ghi lại.")
    return fields.Integer(strict=True, load_default=0, validate=rule)


class Phone(fields.String):
    """A Vietnamese mobile number in any usual form; loaded as 84xxxxxxxxx."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return normalise_phone(super()._deserialize(value, attr, data, **kwargs))
        except Invalid as error:
            raise ValidationError(error.message) from error


def amount(**options) -> fields.Integer:
    rule = validate.Range(0, 10**13, error="Số tiền phải là số đồng nguyên, không âm. Xin ghi lại.")
    return fields.Integer(strict=True, required=True, validate=rule, **options)


class HttpsUrl(fields.Url):
    def __init__(self, **options):
        sentence = "Đường dẫn phải đầy đủ và bắt đầu bằng https://. Xin ghi lại."
        super().__init__(
            schemes={"https"},
            validate=validate.Length(max=1000, error=sentence),
            error_messages={"invalid": sentence},
            **options,
        )
