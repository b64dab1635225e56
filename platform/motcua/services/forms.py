"""What was asked, against the service's form: each value in one form, or a sentence with the remedy."""

import unicodedata
from collections.abc import Mapping

from motcua.catalogue.importing.cells import Fault

from .cells import read_cell
from .contract import Column, Field, QuestionRefused, Service

_KINDS = {"choice": "choice", "date": "date", "number": "decimal"}


def read_form(service: Service, values: Mapping[str, str]) -> dict[str, str]:
    """The values by field name: clean text, an option's value, an ISO date, a plain decimal; "" where left out.

    Raises QuestionRefused for the first that does not fit, with the field in `details`. Names that are no
    field of the form are passed over.
    """
    return {field.name: read_value(field, values.get(field.name) or "") for field in service.form}


def missing(service: Service, values: Mapping[str, str]) -> Field | None:
    """The first required field without a value."""
    return next((one for one in service.form if one.is_required and not values.get(one.name)), None)


def read_value(field: Field, given: str, *, is_required: bool | None = None) -> str:
    """Raises QuestionRefused."""
    text = _clean(given)
    if not text:
        if field.is_required if is_required is None else is_required:
            example = f", ví dụ {field.example}" if field.example else ""
            raise QuestionRefused(f"Chưa có {field.label.lower()}. Xin ghi{example}.", field_name=field.name)
        return ""
    if len(text) > field.longest:
        sentence = f"{field.label} dài hơn {field.longest} ký tự. Xin viết ngắn lại."
        raise QuestionRefused(sentence, field_name=field.name)
    if field.kind == "text":
        return text
    column = Column(field.name, field.label, _KINDS[field.kind], options=field.options)
    try:
        kept = read_cell(column, text)
    except Fault as fault:
        raise QuestionRefused(f"{field.label}: {_of_a_form(fault)}", field_name=field.name) from None
    return kept or ""


def _of_a_form(fault: Fault) -> str:
    """The sentence for somebody who fills a form and sees no cells."""
    message = fault.message.replace("Ô không phải là", "đây không phải là").replace("Ô phải", "mục này phải")
    return f"{message[0].lower()}{message[1:]} {fault.remedy}"


def _clean(given: str) -> str:
    text = unicodedata.normalize("NFC", given)
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
