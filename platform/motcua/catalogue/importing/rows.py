"""A row of the sheet as a procedure: every cell understood, or a fault in its place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from motcua.catalogue.codes import CODE_PATTERN, normalise_code
from motcua.catalogue.names import plain_name

from . import cells
from .agencies import Matcher
from .cells import Fault
from .mapping import ColumnMapping
from .table import Uncalculated, Value, display, is_blank

LONGEST_NAME = 2000
LIKE_ANOTHER = 0.45  # names that share less than this speak of different things
MOST_SUGGESTIONS = 200


@dataclass
class Checked:
    """`values` by a key of mapping.LABELS, only what the row says; `faults` as CatalogueImportRow.faults."""

    number: int
    code: str | None = None
    suffix: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        return any(not one["is_warning"] for one in self.faults)


class RowChecker:
    """Checks one row after the other; remembers the codes it has seen.

    `national` is code -> (name, field) of the national base, `own` the same of the province's own procedures,
    `suffixes` the province's identifiers (“H11”).
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        agencies: Matcher,
        national: dict[str, tuple[str, str]],
        own: dict[str, tuple[str, str]],
        suffixes: set[str],
    ):
        self.mapping, self.agencies, self.suffixes = mapping, agencies, suffixes
        self.national, self.own = national, own
        self.code_of_name = {plain_name(name): code for code, (name, _) in national.items()}
        self.columns = {name: at for at, name in mapping.columns.items()}
        self.section: str | None = None
        self.seen: dict[str, int] = {}
        self.suggested = 0
        self._remembered: dict[tuple[str, Value], Any] = {}

    def check(self, number: int, row: list[Value], section: str | None = None) -> Checked:
        """`section` is the field (lĩnh vực) that a heading above names."""
        found = Checked(number)
        for name, at in self.columns.items():
            value = row[at] if at < len(row) else None
            try:
                understood = self._understand(name, at, value)
            except Fault as fault:
                _add(found, at, fault.message, fault.remedy)
                continue
            if understood not in (None, "", []):
                found.values[name] = understood
        if section and "field" not in found.values and not self._is_faulty(found, "field"):
            found.values["field"] = section
        self._check_code(found, row)
        self._check_name(found)
        return found

    def _understand(self, name: str, at: int, value: Value) -> Any:
        if is_blank(value) and not isinstance(value, Uncalculated):
            return None
        if name == "code":
            return cells.text_of(f"{value:.6f}" if isinstance(value, float) else value, 200)
        key = (name, type(value).__name__, value)
        if key not in self._remembered:
            try:
                self._remembered[key] = self._reader(name, at)(value)
            except Fault as fault:
                self._remembered[key] = fault
        known = self._remembered[key]
        if isinstance(known, Fault):
            raise Fault(known.message, known.remedy)
        return known

    def _reader(self, name: str, at: int) -> Callable[[Value], Any]:
        word = name.partition(".")[0]
        if word == "time":
            return lambda value: cells.read_time(value, self.mapping.unit_of(at))
        if word == "agency":
            return lambda value: self.agencies.find(text) if (text := cells.text_of(value)) else None
        return {
            "fee": cells.read_fee,
            "levels": cells.read_levels,
            "enabled": cells.read_enabled,
            "online": cells.read_online,
            "url": cells.read_url,
            "papers": cells.read_list,
            "results": cells.read_list,
            "legal_basis": cells.read_list,
            "subjects": cells.read_list,
            "name": lambda value: cells.text_of(value, LONGEST_NAME),
        }.get(word, cells.text_of)

    def _check_code(self, found: Checked, row: list[Value]) -> None:
        at = self.columns["code"]
        written = found.values.pop("code", None)
        if written is None:
            if not self._is_faulty(found, "code"):
                _add(found, at, "Thiếu mã thủ tục.", "Xin ghi mã như 1.000894 hoặc 1.000894.000.00.00.H11.")
            return
        try:
            code, suffix = normalise_code(written)
        except ValueError:
            _add(found, at, "Mã thủ tục không đúng dạng.", self._meant(written))
            return
        if code in self.seen:
            _add(found, at, f"Mã {code} đã có ở dòng {self.seen[code]}.", "Xin giữ một dòng cho mỗi thủ tục.")
        self.seen.setdefault(code, found.number)
        found.code, found.suffix = code, suffix
        if suffix and self.suffixes and not self.suffixes & set(suffix.split(".")):
            _add(
                found, at, f"Đuôi mã {suffix} không phải của tỉnh.", "Xin xem lại có phải tệp của tỉnh khác không.",
                is_warning=True,
            )  # fmt: skip

    def _meant(self, written: str) -> str:
        """What was probably meant: zeros that Excel cut, letters for digits, a comma for the dot."""
        text = "".join(written.split()).upper().translate(str.maketrans("OIL,", "011."))
        guesses = [text, text.ljust(8, "0")] if text[1:2] == "." else [text, f"{text[:1]}.{text[1:]}"]
        for code in (guess[:8] for guess in guesses):
            if CODE_PATTERN.fullmatch(code) and (code in self.national or code in self.own):
                return f"Có phải là {code}? Xin sửa lại, và đặt cột mã kiểu Text để Excel không bỏ số 0."
        self.suggested += 1
        near = (
            get_close_matches(text[:8], self.national, 1, 0.85) if self.suggested <= MOST_SUGGESTIONS else []
        )
        if near:
            return f"Có phải là {near[0]}? Xin sửa lại mã."
        return "Xin ghi như 1.000894, 1.000894.H11 hoặc 1.000894.000.00.00.H11."

    def _check_name(self, found: Checked) -> None:
        name, code = found.values.get("name", ""), found.code
        at = self.columns.get("name", self.columns["code"])
        if name and not any(letter.isalpha() for letter in name):
            _add(found, at, "Tên thủ tục không có chữ nào.", "Xin ghi tên, hoặc xem lại cột đã chọn cho tên.")
            return
        if code is None:
            return
        if code in self.national:
            official = self.national[code][0]
            if name and not _alike(name, official):
                _add(
                    found, at, f"Tên khác hẳn tên quốc gia của mã này: “{official[:120]}”.",
                    "Xin xem lại mã và tên có cùng một thủ tục không.", is_warning=True,
                )  # fmt: skip
            return
        if code in self.own:
            return
        self._check_own(found, name, code, at)

    def _check_own(self, found: Checked, name: str, code: str, at: int) -> None:
        """A procedure that only this province has must say what it is."""
        unknown = f"Danh mục quốc gia không có mã {code}."
        if not name and not self._is_faulty(found, "name"):
            _add(
                found, at, f"{unknown} Thủ tục riêng của tỉnh thiếu tên.", "Xin ghi tên thủ tục, hoặc sửa mã."
            )
        elif name and (other := self.code_of_name.get(plain_name(name))):
            _add(
                found, self.columns["code"], f"{unknown} Thủ tục cùng tên này có mã {other}.",
                "Xin xem lại mã; nếu đúng là thủ tục riêng của tỉnh thì giữ nguyên.", is_warning=True,
            )  # fmt: skip
        if "field" not in found.values and not self._is_faulty(found, "field"):
            at = self.columns.get("field", self.columns["code"])
            _add(
                found,
                at,
                f"{unknown} Thủ tục riêng của tỉnh thiếu lĩnh vực.",
                "Xin ghi lĩnh vực, hoặc sửa mã.",
            )

    def _is_faulty(self, found: Checked, name: str) -> bool:
        return any(one["column"] == self.columns.get(name) for one in found.faults)


def same_name(one: str, other: str) -> bool:
    return _core(one) == _core(other)


def _core(name: str) -> str:
    return plain_name(name).removeprefix("thu tuc ").removeprefix("hanh chinh ")


def _alike(one: str, other: str) -> bool:
    one, other = _core(one), _core(other)
    if one == other or one in other or other in one:
        return True
    mine, theirs = set(one.split()), set(other.split())
    if len(mine & theirs) >= LIKE_ANOTHER * min(len(mine), len(theirs)):
        return True
    return SequenceMatcher(None, one, other).ratio() > 1 - LIKE_ANOTHER


def _add(found: Checked, column: int, message: str, remedy: str, *, is_warning: bool = False) -> None:
    found.faults.append({"column": column, "message": message, "remedy": remedy, "is_warning": is_warning})


def shown_cells(row: list[Value]) -> list[str]:
    """The row as the sheet shows it, without what a database cannot hold."""
    return [display(value).replace("\0", "␀")[:2000] for value in row]
