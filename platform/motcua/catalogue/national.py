"""The national base of procedures: `_national/procedures/*.jsonl`, one procedure a line, read whole or not at all."""

import difflib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from motcua.tenancy.problems import FolderInvalid, Problem, shown

from .codes import CODE_PATTERN
from .durations import UNITS
from .facts import CHANNELS, LEVELS, ProcedureFacts

PAPER_KINDS = ("paper", "note")
MOST_COPIES = 99

Rule = tuple[Callable[[Any], bool], str]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) and one for one in value)


def _is_lines(value: Any) -> bool:
    return isinstance(value, str) and value.replace("\n", " ").isprintable()


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COPIES


def _one_of(choices) -> Rule:
    return (
        lambda value: isinstance(value, str) and value in choices,
        f"Xin ghi một trong: {', '.join(choices)}.",
    )


TEXT: Rule = (_is_text, "Xin ghi một dòng chữ trong ngoặc kép, để “” khi nguồn không nêu.")
LINES: Rule = (_is_lines, "Xin ghi chữ trong ngoặc kép, để “” khi nguồn không nêu.")
FILLED: Rule = (lambda value: _is_text(value) and value.strip() != "", "Xin ghi nội dung, không để trống.")
TEXTS: Rule = (_is_texts, "Xin ghi danh sách chữ trong ngoặc vuông.")
YES_OR_NO: Rule = (lambda value: isinstance(value, bool), "Xin ghi true hoặc false.")
NUMBER: Rule = (_is_number, "Xin ghi số dương, hoặc null khi nguồn không nêu số.")
COUNT: Rule = (_is_count, f"Xin ghi số nguyên từ 0 đến {MOST_COPIES}.")
ITEMS: Rule = (
    lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
    "Xin ghi danh sách các nhóm có tên.",
)

PROCEDURE: dict[str, Rule] = {
    "code": (
        lambda value: isinstance(value, str) and CODE_PATTERN.fullmatch(value) is not None,
        "Xin ghi mã quốc gia như “1.000894”.",
    ),
    "name": FILLED,
    "field": FILLED,
    "levels": (
        lambda value: _is_texts(value) and set(value) <= LEVELS.keys(),
        f"Xin ghi danh sách gồm: {', '.join(LEVELS)}.",
    ),
    "issuing_agency": TEXT,
    "implementing_agency": TEXT,
    "competent_agency": TEXT,
    "subjects": TEXTS,
    "decision_no": TEXT,
    "procedure_type": TEXT,
    "online": YES_OR_NO,
    "channels": ITEMS,
    "papers": ITEMS,
    "results": TEXTS,
    "legal_basis": TEXTS,
    "url": (
        lambda value: value == "" or (_is_text(value) and value.startswith("https://")),
        "Xin ghi địa chỉ bắt đầu bằng https://, hoặc để “”.",
    ),
    "source": FILLED,
    "has_details": YES_OR_NO,
}
CHANNEL: dict[str, Rule] = {
    "channel": _one_of(CHANNELS),
    "time": (lambda value: isinstance(value, dict), "Xin ghi một nhóm có text, value, unit."),
    "fee": LINES,
    "fee_note": LINES,
    "note": LINES,
}
TIME: dict[str, Rule] = {
    "text": TEXT,
    "value": NUMBER,
    "unit": (
        lambda value: value is None or value in UNITS,
        f"Xin ghi null hoặc một trong: {', '.join(UNITS)}.",
    ),
}
PAPER: dict[str, Rule] = {
    "name": FILLED,
    "originals": COUNT,
    "copies": COUNT,
    "has_form": YES_OR_NO,
    "kind": _one_of(PAPER_KINDS),
}


def read_national(path: Path) -> Iterator[ProcedureFacts]:
    """The procedures in the folder `path`. Raises FolderInvalid with every fault found, before giving the first."""
    files = sorted((path / "procedures").glob("*.jsonl"))
    if not files:
        where = f"{path.name}/procedures"
        raise FolderInvalid(
            [Problem(where, None, "", "", "Thiếu tệp thủ tục.", "Xin chép lại các tệp .jsonl vào đây.")]
        )
    problems: list[Problem] = []
    found: list[ProcedureFacts] = []
    places: dict[str, str] = {}
    for file in files:
        name = f"{path.name}/procedures/{file.name}"
        for line, text in enumerate(_lines(file, name, problems), 1):
            before = len(problems)
            body = _parse(name, line, text, problems)
            if body is None:
                continue
            problems += (Problem(name, line, *fault) for fault in _faults(body))
            code = body.get("code")
            if isinstance(code, str) and code in places:
                message = f"“{shown(code)}”: mã này đã có ở {places[code]}."
                problems.append(Problem(name, line, "code", shown(code), message, "Xin giữ một dòng."))
            elif isinstance(code, str):
                places[code] = f"{name}, dòng {line}"
            if len(problems) == before:
                found.append(ProcedureFacts.from_json(body))
    if problems:
        raise FolderInvalid(problems)
    return iter(found)


def _lines(file: Path, name: str, problems: list[Problem]) -> list[str]:
    data = file.read_bytes()
    try:
        return data.decode("utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(name, line, "", "", "Tệp không phải UTF-8.", "Xin lưu lại bằng bảng mã UTF-8.")
        )
        return []


def _parse(name: str, line: int, text: str, problems: list[Problem]) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"Sai cú pháp JSON ở cột {error.colno}."
        problems.append(
            Problem(name, line, "", "", message, "Xin ghi mỗi thủ tục một dòng JSON, không để dòng trống.")
        )
        return None
    if not isinstance(body, dict):
        problems.append(
            Problem(name, line, "", "", "Dòng không phải một nhóm có tên.", "Xin đặt trong ngoặc nhọn.")
        )
        return None
    return body


def _faults(body: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """(field, value, message, remedy) of everything wrong with a procedure."""
    yield from _broken(body, PROCEDURE, "")
    for at, channel in _items(body, "channels"):
        yield from _broken(channel, CHANNEL, f"channels[{at}].")
        if isinstance(time := channel.get("time"), dict):
            yield from _broken(time, TIME, f"channels[{at}].time.", optional={"max": NUMBER})
    for at, paper in _items(body, "papers"):
        yield from _broken(paper, PAPER, f"papers[{at}].")


def _items(body: dict[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    items = body.get(name)
    return (
        [(at, item) for at, item in enumerate(items, 1) if isinstance(item, dict)]
        if isinstance(items, list)
        else []
    )


def _broken(
    body: dict[str, Any], rules: dict[str, Rule], where: str, optional: dict[str, Rule] | None = None
) -> Iterator[tuple[str, str, str, str]]:
    allowed = rules | (optional or {})
    for name in rules.keys() - body.keys():
        yield where + name, "", "Thiếu mục này.", rules[name][1]
    for name, value in body.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, rules, 1)
            remedy = f"Xin sửa thành {near[0]} hoặc bỏ đi." if near else "Xin bỏ đi."
            yield where + shown(name), "", "Không có mục nào tên như vậy.", remedy
        elif not allowed[name][0](value):
            text = "" if isinstance(value, dict | list) else shown(value)
            yield (
                where + name,
                text,
                f"“{text}”: giá trị chưa đúng." if text else "Giá trị chưa đúng.",
                allowed[name][1],
            )
