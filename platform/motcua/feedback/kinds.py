"""The kinds of reports: `feedback.toml`, a province's own laid over the national one, kept in its settings.

{"kinds": [{"key", "name", "name_en", "words", "to", "call", "call_name", "call_name_en"}]}
"""

import tomllib
from pathlib import Path
from typing import ClassVar

from marshmallow import Schema, ValidationError, fields, validate

from motcua.core.errors import Invalid
from motcua.tenancy import current

TO_COMMUNE = "commune"


class KindsInvalid(Invalid):
    code = "feedback_kinds_invalid"


def _text(longest: int, **more):
    error = f"Mục này phải có từ 1 đến {longest} ký tự. Xin sửa lại."
    return fields.String(validate=validate.Length(1, longest, error=error), **more)


class _Kind(Schema):
    error_messages: ClassVar = {"unknown": "Không có mục này. Xin xóa hoặc sửa tên mục."}

    key = fields.String(
        required=True, validate=validate.Regexp(r"^[a-z_]{1,20}$", error="Xin dùng chữ thường a–z và “_”.")
    )
    name = _text(60, required=True)
    name_en = _text(60, required=True)
    words = fields.List(_text(60), load_default=list)
    to = fields.String(
        load_default="", validate=validate.OneOf(("", TO_COMMUNE), error='Xin ghi "commune" hoặc "".')
    )
    call = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\+?[0-9 ]{3,15})?$", error="Xin ghi số điện thoại bằng chữ số."),
    )
    call_name = fields.String(load_default="", validate=validate.Length(max=60))
    call_name_en = fields.String(load_default="", validate=validate.Length(max=60))
    is_off = fields.Boolean(load_default=False)


class _File(Schema):
    error_messages: ClassVar = {"unknown": "Không có mục này. Xin xóa hoặc sửa tên mục."}

    kinds = fields.List(fields.Nested(_Kind), required=True)


def read_kinds(national: Path, own: Path) -> dict:
    """Of one province; `own` may be missing. Raises KindsInvalid, naming file, entry and remedy."""
    kinds = {one["key"]: one for one in _read(national)}
    for one in _read(own) if own.exists() else []:
        kinds[one["key"]] = one
    left = [
        {name: value for name, value in one.items() if name != "is_off"}
        for one in kinds.values()
        if not one["is_off"]
    ]
    if not left:
        raise KindsInvalid("Cần còn ít nhất một loại phản ánh. Xin bỏ is_off ở một loại.")
    return {"kinds": left}


def _read(path: Path) -> list[dict]:
    try:
        return _File().load(tomllib.loads(path.read_text("utf-8")))["kinds"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KindsInvalid(f"{path.name}: không đọc được TOML ({error}). Xin sửa lại.") from error
    except ValidationError as error:
        raise KindsInvalid(f"{path.name}: {error.normalized_messages()}") from error


def all_kinds() -> list[dict]:
    """Of the tenant in scope, in their order; empty where the province takes no reports."""
    return (current.tenant().settings.get("feedback") or {}).get("kinds", [])


def find(key: str) -> dict | None:
    return next((one for one in all_kinds() if one["key"] == key), None)


def name_of(key: str, language: str = "vi") -> str:
    """A kind that the province has taken away since keeps its key for a name."""
    kind = find(key)
    return kind["name_en" if language == "en" else "name"] if kind else key
