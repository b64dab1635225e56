"""A ZBS template to be reviewed by Zalo, checked against the published limits of its parts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import limits
from .zbs import LONGEST_BY_TYPE

TYPES = {1: "custom", 2: "otp", 3: "payment", 4: "voucher", 5: "rating"}
TAGS = {1: "TRANSACTION", 2: "CUSTOMER_CARE", 3: "PROMOTION"}
_PARTS = ("header", "body", "footer")
_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_]+)>")


@dataclass(frozen=True)
class DraftParam:
    """A placeholder `<name>` of the layout, its type "1" to "15" and an example for the reviewers."""

    name: str
    type: str
    sample_value: str

    def __post_init__(self):
        if not _NAME.fullmatch(self.name):
            limits.refuse("name", "Tên mục chỉ gồm chữ không dấu, số và gạch dưới. Xin đặt lại tên.")
        if self.type not in LONGEST_BY_TYPE:
            limits.refuse("type", "Kiểu của mục phải từ 1 đến 15. Xin chọn lại kiểu.")
        limits.text_of("sample_value", self.sample_value, LONGEST_BY_TYPE[self.type])

    def to_wire(self) -> dict:
        return {"name": self.name, "type": self.type, "sample_value": self.sample_value}


@dataclass(frozen=True)
class TemplateDraft:
    """`layout` has the parts header, body, footer, each `{"components": [{"TITLE": {...}}, ...]}`.

    Raises ZaloRejected naming the part that Zalo would send back.
    """

    name: str
    type: int
    tag: int
    layout: dict = field(hash=False)
    params: tuple[DraftParam, ...] = ()
    note: str = ""

    def __post_init__(self):
        limits.text_of("name", self.name, 60)
        if len(self.name) < 10:
            limits.refuse("name", "Tên mẫu cần từ 10 đến 60 ký tự. Xin đặt tên dài hơn.")
        if self.type not in TYPES:
            limits.refuse("type", "Loại mẫu phải từ 1 đến 5. Xin chọn lại loại mẫu.")
        if self.tag not in TAGS:
            limits.refuse("tag", "Nhãn nội dung phải từ 1 đến 3. Xin chọn lại nhãn.")
        limits.text_of("note", self.note, 400, required=False)
        used = _check_layout(self.layout, rating=self.type == 5)
        _check_params(used, {param.name for param in self.params})

    def to_wire(self) -> dict:
        wire = {
            "template_name": self.name,
            "template_type": str(self.type),
            "tag": str(self.tag),
            "layout": self.layout,
            "params": [param.to_wire() for param in self.params],
        }
        return wire | ({"note": self.note} if self.note else {})


def _check_params(used: set[str], declared: set[str]) -> None:
    for name in sorted(used - declared):
        limits.refuse("params", f"Mẫu dùng mục <{name}> chưa khai. Xin khai mục này hoặc bỏ khỏi mẫu.")
    for name in sorted(declared - used):
        limits.refuse("params", f"Mục {name} đã khai mà mẫu không dùng. Xin dùng hoặc bỏ mục này.")


def _check_layout(layout: dict, *, rating: bool) -> set[str]:
    """The placeholders the layout uses."""
    if not isinstance(layout, dict) or not set(layout) <= set(_PARTS) or "body" not in layout:
        limits.refuse("layout", "Bố cục gồm header, body và footer, trong đó phải có body. Xin sửa bố cục.")
    checks = _CHECKS_OF_RATING if rating else _CHECKS
    used: set[str] = set()
    paragraphs = 0
    for part in _PARTS:
        for component in _components(layout, part):
            if not isinstance(component, dict) or len(component) != 1:
                limits.refuse(f"layout.{part}", "Mỗi thành phần có đúng một tên. Xin sửa bố cục.")
            kind, content = next(iter(component.items()))
            checks.get(kind, _any_content)(f"layout.{part}.{kind}", content)
            paragraphs += kind == "PARAGRAPH"
            used |= set(_PLACEHOLDER.findall(_all_text(content)))
    if paragraphs > 4:
        limits.refuse("layout.body.PARAGRAPH", "Mẫu có tối đa 4 đoạn văn. Xin gộp bớt.")
    if rating and not any("RATING" in one for one in _components(layout, "body")):
        limits.refuse("layout.body", "Mẫu đánh giá cần thành phần RATING. Xin thêm vào.")
    return used


def _components(layout: dict, part: str) -> list:
    section = layout.get(part, {})
    components = section.get("components", []) if isinstance(section, dict) else None
    if not isinstance(components, list):
        limits.refuse(f"layout.{part}", "Phần này cần danh sách components. Xin sửa bố cục.")
    return components


def _title(where: str, content: Any, *, most_params: int = 4) -> None:
    _between(where, _value(content), 9, 65, most_params=most_params)


def _paragraph(where: str, content: Any, *, most_params: int = 10) -> None:
    _between(where, _value(content), 9, 400, most_params=most_params)


def _table(where: str, content: Any) -> None:
    rows = _rows(where, content, "rows")
    limits.count_of(where, rows, 8, least=2)
    for row in rows:
        _between(f"{where}.title", str(row.get("title", "")), 3, 36)
        _between(f"{where}.value", str(row.get("value", "")), 3, 90)


def _buttons(where: str, content: Any) -> None:
    items = _rows(where, content, "items")
    limits.count_of(where, items, 2, least=1)
    for item in items:
        _between(f"{where}.title", str(item.get("title", "")), 5, 30)


def _rating(where: str, content: Any) -> None:
    items = _rows(where, content, "items")
    limits.count_of(where, items, 5, least=5)
    for item in items:
        for part, most in (("title", 50), ("question", 100), ("thanks", 100), ("description", 200)):
            if part in item or part in ("title", "question"):
                _between(f"{where}.{part}", str(item.get(part, "")), 1, most)
        answers = item.get("answers", [])
        limits.count_of(f"{where}.answers", answers, 5)
        for answer in answers:
            _between(f"{where}.answers", str(answer), 1, 50)


def _otp(where: str, content: Any) -> None:
    _between(where, _value(content), 1, 10)


def _images(where: str, content: Any) -> None:
    limits.count_of(where, _rows(where, content, "items"), 3, least=1)


def _voucher(where: str, content: Any) -> None:
    given = content if isinstance(content, dict) else {}
    for part, most in (("name", 30), ("condition", 40), ("voucher_code", 25), ("end_date", 30)):
        _between(f"{where}.{part}", str(given.get(part, "")), 1, most)


def _payment(where: str, content: Any) -> None:
    given = content if isinstance(content, dict) else {}
    for part, most in (("bank_code", 20), ("account_name", 100), ("bank_account", 100), ("note", 90)):
        _between(f"{where}.{part}", str(given.get(part, "")), 1, most)
    amount = str(given.get("amount", ""))
    if not _PLACEHOLDER.fullmatch(amount) and not (
        amount.isascii() and amount.isdigit() and 2_000 <= int(amount[:10]) <= 500_000_000
    ):
        limits.refuse(
            f"{where}.amount", "Số tiền là một mục của mẫu, hoặc từ 2.000 đến 500.000.000. Xin sửa lại."
        )


def _any_content(where: str, content: Any) -> None:
    if not isinstance(content, dict | list):
        limits.refuse(where, "Thành phần này chưa có nội dung. Xin điền vào.")


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "TITLE": _title,
    "PARAGRAPH": _paragraph,
    "TABLE": _table,
    "BUTTONS": _buttons,
    "RATING": _rating,
    "OTP": _otp,
    "IMAGES": _images,
    "VOUCHER": _voucher,
    "PAYMENT": _payment,
}
# A rating template has room for fewer parameters.
_CHECKS_OF_RATING = _CHECKS | {
    "TITLE": partial(_title, most_params=2),
    "PARAGRAPH": partial(_paragraph, most_params=3),
}


def _rows(where: str, content: Any, name: str) -> list[dict]:
    rows = content.get(name) if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        limits.refuse(where, f"Thành phần này cần danh sách {name}. Xin điền vào.")
    return rows


def _value(content: Any) -> str:
    return str(content.get("value", "")) if isinstance(content, dict) else ""


def _between(where: str, text: str, least: int, most: int, *, most_params: int | None = None) -> None:
    if not least <= len(text) <= most:
        limits.refuse(where, f"Mục này dài {len(text)} ký tự, cho phép từ {least} đến {most}. Xin sửa lại.")
    if most_params is not None and len(set(_PLACEHOLDER.findall(text))) > most_params:
        limits.refuse(where, f"Mục này dùng quá {most_params} tham số. Xin bớt tham số.")


def _all_text(content: Any) -> str:
    """All texts inside, joined; the layout is small and ours, so plain recursion will do."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return "\n".join(_all_text(one) for one in content.values())
    return "\n".join(_all_text(one) for one in content) if isinstance(content, list) else ""
