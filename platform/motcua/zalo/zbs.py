"""ZBS template messages (once ZNS): the values for a template that Zalo has approved."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self

from . import limits
from .errors import ZaloRejected
from .reading import as_bool, as_int, as_text
from .stored import Stored

# Zalo's sixteen parameter types and the longest value of each (zalo.cloud, parameter formats).
LONGEST_BY_TYPE = {
    "1": 30,
    "2": 15,
    "3": 200,
    "4": 30,
    "5": 30,
    "6": 30,
    "7": 50,
    "8": 5,
    "9": 200,
    "10": 20,
    "11": 20,
    "12": 10,
    "13": 200,
    "14": 12,
    "15": 90,
}
_LONGEST_OF_ALL = 400
_DATE_FORMS = ("%d/%m/%Y", "%H:%M:%S %d/%m/%Y", "%H:%M %d/%m/%Y", "%m/%Y", "%H:%M", "%H:%M:%S")
_PHONE = (re.compile(r"\+?[0-9 ]{3,15}"), "Số điện thoại chỉ gồm chữ số. Xin sửa lại.")
_OTP = (re.compile(r"[0-9A-Za-z]{1,10}"), "Mã xác thực gồm tối đa 10 chữ và số. Xin sửa lại.")
_URL = (re.compile(r"\S+", re.ASCII), "Địa chỉ web không được có khoảng trắng. Xin sửa lại.")
_MONEY = (re.compile(r"[0-9][0-9.,]*"), "Số tiền chỉ gồm chữ số và dấu phân cách. Xin sửa lại.")
_NUMBER = (re.compile(r"-?[0-9][0-9.,]*"), "Mục này chỉ gồm chữ số. Xin sửa lại.")
_BANK_NOTE = (
    re.compile(r"""[^@\[\]^_!"•#$%¥&'()*+,€\-./:;{|<}=~>?]*"""),
    "Nội dung chuyển khoản chỉ gồm chữ, số và dấu cách. Xin bỏ ký tự đặc biệt.",
)
_FORMS = {
    "2": _PHONE,
    "PHONE": _PHONE,
    "12": _OTP,
    "OTP": _OTP,
    "13": _URL,
    "14": _MONEY,
    "CURRENCY": _MONEY,
    "NUMBER": _NUMBER,
    "15": _BANK_NOTE,
}


@dataclass(frozen=True)
class TemplateParam:
    """One parameter of a template as Zalo lists it; `type` is "1" to "15" or a word such as "DATE"."""

    name: str
    type: str
    required: bool = True
    max_length: int | None = None
    min_length: int | None = None
    accept_null: bool = False

    @classmethod
    def from_wire(cls, given: dict) -> Self:
        """From an item of `listParams`, where numbers may be text and text numbers."""
        return cls(
            name=as_text(given.get("name")) or "",
            type=as_text(given.get("type")) or "",
            required=as_bool(given.get("require")) is not False,
            max_length=as_int(given.get("maxLength")) or None,
            min_length=as_int(given.get("minLength")) or None,
            accept_null=as_bool(given.get("acceptNull")) is True,
        )

    def problem_with(self, value: str | None) -> str | None:
        """What is wrong with `value`, in a sentence; None when it may be sent."""
        if value is None or not value.strip():
            # What may be empty has to be there all the same.
            needed = self.required and (value is None or not self.accept_null)
            return "Mẫu tin cần mục này. Xin điền giá trị." if needed else None
        longest = self.max_length or LONGEST_BY_TYPE.get(self.type, _LONGEST_OF_ALL)
        if len(value) > longest:
            return f"Mục này dài {len(value)} ký tự, mẫu tin cho tối đa {longest}. Xin rút gọn."
        if self.min_length and len(value) < self.min_length:
            return f"Mục này có {len(value)} ký tự, mẫu tin cần ít nhất {self.min_length}. Xin điền đủ."
        return _problem_with_form(self.type.upper(), value)


@dataclass(frozen=True, repr=False)
class ZbsTemplate(Stored):
    """Which template to send and the text for each of its parameters."""

    kind: ClassVar[str] = "zbs"
    plain_fields: ClassVar[frozenset[str]] = frozenset({"data"})
    template_id: str
    data: dict[str, str] = field(hash=False)

    def __post_init__(self):
        limits.id_of("template_id", self.template_id)
        if not isinstance(self.data, dict) or not self.data:
            limits.refuse("data", "Mẫu tin chưa có dữ liệu nào. Xin điền các mục của mẫu.")
        wrong = {
            str(name): ["Mục này phải là chữ. Xin đổi số và ngày thành chữ."]
            for name, value in self.data.items()
            if not isinstance(name, str) or not isinstance(value, str)
        }
        if wrong:
            raise ZaloRejected("Tin chưa gửi được: dữ liệu của mẫu tin phải là chữ.", details=wrong)
        checked = {
            name: limits.text_of(name, value, _LONGEST_OF_ALL, required=False)
            for name, value in self.data.items()
        }
        object.__setattr__(self, "data", checked)

    def check(self, params: Iterable[TemplateParam]) -> None:
        """Compare with the template's own list. Raises ZaloRejected naming every parameter that is wrong."""
        wrong = {}
        for param in params:
            problem = param.problem_with(self.data.get(param.name))
            if problem:
                wrong[param.name] = [problem]
        if wrong:
            names = ", ".join(wrong)
            raise ZaloRejected(f"Tin chưa gửi được: xin sửa các mục {names} của mẫu tin.", details=wrong)

    def to_wire(self) -> dict:
        return {"template_id": self.template_id, "template_data": dict(self.data)}


def _problem_with_form(kind: str, value: str) -> str | None:
    if kind in ("11", "DATE", "TIME"):
        fits = any(_is_date(value, form) for form in _DATE_FORMS)
        return (
            None
            if fits
            else "Ngày giờ phải có dạng 25/11/2026, 08:30 25/11/2026, 11/2026 hoặc 08:30. Xin sửa lại."
        )
    if kind not in _FORMS:
        return None
    pattern, sentence = _FORMS[kind]
    return None if pattern.fullmatch(value) else sentence


def _is_date(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only its form matters, not the moment
    except ValueError:
        return False
    return True
