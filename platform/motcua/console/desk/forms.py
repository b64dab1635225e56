"""From what an officer typed to the JSON that the dossiers' schemas take, and their faults back to the fields."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from motcua.core.days import read_moment
from motcua.core.errors import Invalid

LONGEST = 2000


class Typed:
    """A form's words: trimmed, never None. What was typed stays as it was for showing it again."""

    def __init__(self, form: Mapping[str, str]):
        self.form = dict(form.items())

    def __call__(self, name: str) -> str:
        return self.form.get(name, "").strip()[:LONGEST]

    def count(self, name: str) -> int | str:
        """A number of copies; what is no number is left for the schema to refuse."""
        text = self(name)
        return int(text) if text.isdecimal() and len(text) < 10 else (text or 0)

    def moment(self, name: str) -> str | None:
        """`26/11/2026 10:00`, by Vietnamese clocks, as ISO 8601 with its zone."""
        text = self(name)
        if not text:
            return None
        try:
            return read_moment(text).isoformat()
        except ValueError as error:
            sentence = "Ngày giờ chưa đúng. Xin gõ cả ngày và giờ, ví dụ 26/11/2026 10:00."
            raise Invalid(sentence, details={name: [sentence]}) from error

    def amount(self, name: str) -> int | str:
        """`20.000` or `20 000` as 20000."""
        text = self(name).replace(".", "").replace(" ", "").replace(",", "")
        return int(text) if text.isdecimal() and len(text) < 16 else self(name)

    def numbered(self, prefix: str, item: str) -> list[int]:
        """Which rows `prefix-N-item` the form has, in order."""
        rows = set()
        for name in self.form:
            head, _, rest = name.partition("-")
            number, _, part = rest.partition("-")
            if head == prefix and part == item and number.isdecimal() and len(number) < 4:
                rows.add(int(number))
        return sorted(rows)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left empty."""
    return {name: value for name, value in values.items() if value not in ("", None, [], {})}


def load(schema: Schema, body: dict) -> dict:
    """What the schema makes of `body`. Raises Invalid, its details by the schema's dotted names."""
    try:
        return schema.load(body)
    except ValidationError as error:
        raise Invalid(details=dict(_flat(error.normalized_messages()))) from error


def in_form(error: Invalid, names: Mapping[str, str]) -> tuple[str, dict[str, list[str]]]:
    """The error's sentence for the top of the page, and its faults under the form's own field names.

    `names`: the schemas' dotted names to the form's; others keep theirs with dots as underscores.
    """
    faults: dict[str, list[str]] = {}
    for path, sentences in error.details.items():
        faults.setdefault(names.get(path, path.replace(".", "_")), []).extend(sentences)
    first = next((sentences[0] for sentences in faults.values()), None)
    is_general = error.message == Invalid.message
    return f"Chưa lưu được. {first}" if is_general and first else error.message, faults


def _flat(messages, path: str = "") -> list[tuple[str, list[str]]]:
    if isinstance(messages, list):
        return [(path, messages)]
    found = []
    for name, inner in messages.items():
        found += _flat(inner, path if name == "_schema" else f"{path}.{name}".strip("."))
    return found
