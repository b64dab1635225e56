import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from ..refusal import Refusal

_NAMES = {
    str: "chuỗi",
    int: "số nguyên",
    float: "số",
    bool: "true hoặc false",
    list: "danh sách",
    dict: "đối tượng",
}
MISSING = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One allowed field of a JSON body."""

    kind: type | tuple = str
    required: bool = False
    choices: tuple = ()
    smallest: float | None = None
    longest: int = 20_000


async def read_body(request: web.Request, **fields: Field) -> dict:
    """The given fields of a JSON object; a body that fits nothing is refused with the field and the remedy."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise Refusal("Nội dung gửi lên không phải JSON hợp lệ. Gửi một đối tượng JSON.") from None
    if not isinstance(body, dict):
        raise Refusal('Nội dung gửi lên phải là một đối tượng JSON, ví dụ {"name": "Lan"}.')
    return check_fields(body, fields)


def check_fields(body: dict, fields: dict[str, Field], where: str = "") -> dict:
    for name in body:
        if name not in fields:
            allowed = ", ".join(fields) or "không có trường nào"
            raise Refusal(f"Không có trường {where}{name}. Các trường dùng được: {allowed}.")
    for name, field in fields.items():
        if name in body:
            _check(f"{where}{name}", body[name], field)
        elif field.required:
            raise Refusal(f"Thiếu trường {where}{name}. Thêm trường này vào nội dung gửi lên.")
    return body


def _check(name: str, value: Any, field: Field) -> None:
    kinds = field.kind if isinstance(field.kind, tuple) else (field.kind,)
    if float in kinds:
        kinds += (int,)
    is_wrong_bool = isinstance(value, bool) and bool not in kinds
    if is_wrong_bool or not isinstance(value, kinds):
        wanted = " hoặc ".join(_NAMES[kind] for kind in kinds)
        raise Refusal(f"Trường {name} phải là {wanted}.")
    if field.required and value == "":
        raise Refusal(f"Trường {name} không được để trống.")
    if field.choices and value not in field.choices:
        raise Refusal(f"Trường {name} phải là một trong: {', '.join(map(str, field.choices))}.")
    if field.smallest is not None and value < field.smallest:
        raise Refusal(f"Trường {name} phải từ {field.smallest:g} trở lên.")
    if isinstance(value, str) and len(value) > field.longest:
        raise Refusal(f"Trường {name} dài quá {field.longest} ký tự. Rút ngắn lại.")


def query_number(request: web.Request, name: str, default: int, most: int) -> int:
    try:
        number = int(request.query.get(name, default))
    except ValueError:
        number = -1
    if not 0 <= number <= most:
        raise Refusal(f"Tham số {name} phải là số nguyên từ 0 đến {most}.")
    return number
