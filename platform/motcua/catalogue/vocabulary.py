"""The words people use, as data: `vocabulary/*.csv` of the national base, and a province's own additions.

One format for all files, one entry a line: `said,kind,meant,note`. Several ways to say the same stand in one
cell with `|` between them. The kinds are in KINDS; what `meant` holds for each is told there.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from motcua.core.text.normal import normalise
from motcua.core.text.tokens import tokenise
from motcua.tenancy.csv_rows import Report, read_rows

from .codes import CODE_PATTERN

COLUMNS = ("said", "kind", "meant", "note")
ASPECTS = (
    "fee",
    "papers",
    "time",
    "where",
    "steps",
    "who",
    "online",
    "form",
    "result",
    "legal",
    "conditions",
)
LEVELS = ("commune", "province", "ministry")

KINDS = {
    "abbreviation": "chữ viết tắt; meant: viết đầy đủ, nhiều nghĩa cách nhau bằng |",
    "spelling": "cách viết nhanh; meant: chữ đúng",
    "word": "tiếng thường ngày, phương ngữ; meant: lời của thủ tục, nhiều lời cách nhau bằng |",
    "hint": "lời gợi đến một việc, tính nhẹ hơn; meant: lời của thủ tục, nhiều lời cách nhau bằng |",
    "light": "từ chỉ người, chỉ vật chung chung, tính nhẹ; meant: để trống",
    "noise": "lời không nói về thủ tục nào; meant: để trống",
    "aspect": f"hỏi về một mặt của thủ tục; meant: một trong {', '.join(ASPECTS)}",
    "action": "việc làm với giấy tờ (cấp lại, gia hạn …); meant: tên việc",
    "special": "trường hợp riêng (lưu động, có yếu tố nước ngoài …); meant: tên trường hợp",
    "level": f"cấp làm; meant: một trong {', '.join(LEVELS)}",
    "name": "tên thường gọi; meant: mã thủ tục, nhiều mã cách nhau bằng |",
    "ask": "lời chung chung phải hỏi lại; meant: các việc để người dân chọn, cách nhau bằng |, hoặc để trống",
    "topic": "việc không làm ở đây; meant: nơi làm, để trống khi không có",
    "field": "lĩnh vực; meant: mức người dân hay hỏi, từ 0.5 đến 1.5",
}
_NEEDS_MEANING = KINDS.keys() - {"light", "noise", "topic", "ask"}


@dataclass(frozen=True)
class Entry:
    """One line of the vocabulary; `said` and `meant` are normalised, except a topic's `meant`, which is shown."""

    kind: str
    said: tuple[str, ...]
    meant: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All entries of a folder, in the order of its files and lines."""

    entries: tuple[Entry, ...] = ()
    by_kind: dict[str, list[Entry]] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        grouped: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
        for entry in self.entries:
            grouped[entry.kind].append(entry)
        object.__setattr__(self, "by_kind", grouped)

    def phrases(self, *kinds: str) -> Iterator[tuple[str, Entry]]:
        """Each way to say each entry of these kinds."""
        for kind in kinds:
            for entry in self.by_kind[kind]:
                for said in entry.said:
                    yield said, entry


class _Line(Schema):
    """One line; errors are whole Vietnamese sentences, the remedy behind “Xin”."""

    # The lists come from `_parts`, so their items need no looking at: there are twenty thousand of them.
    said = fields.Raw(validate=validate.Length(min=1, error="Chưa ghi lời nào. Xin ghi lời người dân nói."))
    kind = fields.Str(
        validate=validate.OneOf(
            KINDS, error="Không có loại này. Xin ghi một trong: " + ", ".join(KINDS) + "."
        )
    )
    meant = fields.Raw()

    @validates_schema
    def _meaning(self, data, **_):
        kind, meant = data["kind"], data["meant"]
        fault = None
        if kind in _NEEDS_MEANING and not meant:
            fault = f"Thiếu nghĩa. Xin ghi {KINDS[kind].split('meant: ')[1]}."
        elif kind in ("light", "noise") and meant:
            fault = "Lời bỏ qua không có nghĩa. Xin để trống ô này."
        elif kind in ("aspect", "level") and set(meant) - set(ASPECTS if kind == "aspect" else LEVELS):
            fault = f"Giá trị chưa đúng. Xin ghi {KINDS[kind].split('meant: ')[1]}."
        elif kind == "name" and not all(CODE_PATTERN.fullmatch(code) for code in meant):
            fault = "Mã thủ tục chưa đúng dạng. Xin ghi như 1.000894."
        elif kind == "field" and not _is_weight(meant):
            fault = "Mức chưa đúng. Xin ghi một số từ 0.5 đến 1.5."
        if fault:
            raise ValidationError(fault, "meant")


def _is_weight(meant: list[str]) -> bool:
    try:
        return len(meant) == 1 and 0.5 <= float(meant[0]) <= 1.5
    except ValueError:
        return False


def read_vocabulary(folder: Path, codes: Collection[str] | None = None) -> Vocabulary:
    """Everything in `folder/*.csv`; nothing where the folder is missing.

    `codes`: the procedures that exist, to check those of `name` entries; None: do not check.
    Raises FolderInvalid with every fault of the first faulty file.
    """
    entries: list[Entry] = []
    for file in sorted(folder.glob("*.csv")):
        entries += _read_file(file, codes)
    return Vocabulary(tuple(entries))


def read_line(said: str, kind: str, meant: str) -> tuple[list[str], Entry | None]:
    """One entry written by hand: the faults as whole sentences, or none and the entry."""
    line = _line(said, kind, meant)
    faults = list(_flat(_Line().validate(line)))
    return (faults, None) if faults else ([], _entry(line))


def _line(said: str, kind: str, meant: str) -> dict:
    whole = [meant.strip()] if meant.strip() else []
    return {"said": _parts(said), "kind": kind, "meant": whole if kind == "topic" else _parts(meant)}


def _entry(line: dict) -> Entry:
    meant = line["meant"] if line["kind"] == "topic" else map(normalise, line["meant"])
    return Entry(line["kind"], tuple(dict.fromkeys(map(_words, line["said"]))), tuple(meant))


def _read_file(file: Path, codes: Collection[str] | None) -> Iterable[Entry]:
    report, schema, found = Report(file), _Line(), []
    for row in read_rows(report, COLUMNS, COLUMNS[:3]):
        line = _line(row.cells["said"], row.cells["kind"], row.cells["meant"])
        faults = schema.validate(line)
        for name, messages in faults.items():
            for message in _flat(messages):
                sentence, _, remedy = message.partition(" Xin ")
                report.add(row.line, name, row.cells[name], sentence, f"Xin {remedy}")
        if line["kind"] == "name" and codes is not None and not faults:
            for code in (code for code in line["meant"] if code not in codes):
                report.add(
                    row.line, "meant", code, "Danh mục không có thủ tục này.", "Xin sửa mã hoặc bỏ dòng này."
                )
        if not faults:
            found.append(_entry(line))
    report.raise_if_any()
    return found


def _flat(messages) -> Iterator[str]:
    for message in messages.values() if isinstance(messages, dict) else messages:
        if isinstance(message, str):
            yield message
        else:
            yield from message


def _parts(cell: str) -> list[str]:
    return [part for part in (part.strip() for part in cell.split("|")) if part]


def _words(phrase: str) -> str:
    return " ".join(tokenise(normalise(phrase)))
