"""What a text's variables are: their type, their longest value, and an example for previews and checks."""

from dataclasses import dataclass, replace
from typing import Any

KINDS = {
    "text": "chữ",
    "moment": "ngày giờ",
    "money": "số tiền",
    "count": "số đếm",
    "code": "mã",
    "phone": "điện thoại",
    "url": "địa chỉ web",
    "flag": "có hoặc không",
    "choice": "một trong các giá trị",
    "list": "danh sách",
}


@dataclass(frozen=True)
class Variable:
    """`longest`: characters of a text; of a count the greatest number; of a list how many items.

    `total`: characters of all items of a list together, where its maker sees to that. `fields`: of a list whose
    items have parts. `choices`: the values a choice may have; `brings`: with which of them other variables are
    surely known.
    """

    kind: str
    longest: int
    example: Any
    example_en: Any = None
    total: int | None = None
    item: "Variable | None" = None
    fields: "tuple[tuple[str, Variable], ...]" = ()
    choices: tuple[str, ...] = ()
    brings: "tuple[tuple[str, tuple[str, ...]], ...]" = ()
    may_lack: bool = False  # of a part of an item: not every item has it

    def shown(self, language: str) -> Any:
        """The example as that language says it."""
        return self.example_en if language == "en" and self.example_en is not None else self.example

    def at_its_limit(self, language: str) -> Any:
        """The longest value that can come."""
        match self.kind:
            case "flag":
                return True
            case "count":
                return self.longest
            case "choice":
                return max(self.choices, key=len)
            case "list":
                return self._full_list(language)
        word = str(self.shown(language)) or "x"
        return (f"{word} " * (self.longest // (len(word) + 1) + 1))[: self.longest]

    def _full_list(self, language: str) -> list:
        if self.fields:
            part = {name: one.at_its_limit(language) for name, one in self.fields}
            return [part] * self.longest
        item = self.item or Variable("text", 100, "…")
        if self.total:
            item = replace(item, longest=self.total // self.longest - 1)
        return [item.at_its_limit(language)] * self.longest
