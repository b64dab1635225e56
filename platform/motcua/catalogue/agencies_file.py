"""A province's agencies: `agencies.csv`, the tree of departments, centres and communes' committees with their times."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from motcua.core.errors import Invalid
from motcua.tenancy.csv_rows import Report, Row, read_rows
from motcua.tenancy.hours_text import parse_hours
from motcua.tenancy.problems import split_sentence

KINDS = ("department", "centre", "commune", "province_committee", "police", "other")
LEVELS = ("province", "commune")
REQUIRED = ("code", "name", "kind", "level")
COLUMNS = (
    *REQUIRED,
    "parent_code",
    "gso_code",
    "national_code",
    "desk_name",
    "old_units",
    "valid_from",
    "valid_to",
    "evidence",
    "office_hours",
)
RESERVED_CODES = {"commune"}  # means “every commune's committee” in procedures.csv

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GSO_CODE = re.compile(r"[0-9]{2}|[0-9]{5}")
_NATIONAL_CODE = re.compile(r"[A-Z0-9]{1,4}(?:\.[A-Z0-9]{1,4}){0,6}")


@dataclass(frozen=True)
class AgencyRow:
    """An agency for the time it exists. `old_units` are the communes it was made of."""

    code: str
    name: str
    kind: str  # one of KINDS
    level: str  # one of LEVELS
    parent_code: str | None
    gso_code: str | None
    national_code: str | None  # the identifier in dossier codes, where it is known
    desk_name: str | None
    old_units: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    evidence: str | None
    office_hours: str | None = None  # its own, as tenancy.hours_text reads them; None: the province's


def read_agencies(path: Path) -> list[AgencyRow]:
    """The agencies in the file's order. Raises FolderInvalid with every fault found."""
    report = Report(path)
    rows = read_rows(report, COLUMNS, REQUIRED)
    first_lines: dict[str, int] = {}
    for row in rows:
        _check_words(report, row)
        code = row.cells["code"]
        if code and code in first_lines:
            report.add(row.line, "code", code, f"Mã đã có ở dòng {first_lines[code]}.", "Xin đổi một mã.")
        first_lines.setdefault(code, row.line)
    _check_tree(report, rows)
    agencies = [_agency(report, row) for row in rows]
    if not rows:
        report.add(None, "", "", "Tệp không có cơ quan nào.", "Xin ghi ít nhất một cơ quan.")
    report.raise_if_any()
    return agencies


def _check_words(report: Report, row: Row) -> None:
    cells = row.cells
    if not _CODE.fullmatch(cells["code"]) or len(cells["code"]) > 80:
        report.add(
            row.line,
            "code",
            cells["code"],
            "Mã cơ quan chưa đúng dạng.",
            "Xin ghi chữ thường không dấu, số và gạch nối, như ubnd-phuong-phan-thiet.",
        )
    elif cells["code"] in RESERVED_CODES:
        report.add(row.line, "code", cells["code"], "Mã này đã dành riêng cho mọi xã.", "Xin đặt mã khác.")
    if not 2 <= len(cells["name"]) <= 300:
        report.add(
            row.line,
            "name",
            cells["name"],
            "Tên phải có từ 2 đến 300 ký tự.",
            "Xin ghi tên đầy đủ của cơ quan.",
        )
    for column, choices in (("kind", KINDS), ("level", LEVELS)):
        if cells[column] not in choices:
            report.add(
                row.line,
                column,
                cells[column],
                "Giá trị không có.",
                f"Xin ghi một trong: {', '.join(choices)}.",
            )
    if cells["gso_code"] and not _GSO_CODE.fullmatch(cells["gso_code"]):
        report.add(
            row.line,
            "gso_code",
            cells["gso_code"],
            "Mã đơn vị hành chính gồm 2 hoặc 5 chữ số.",
            "Xin ghi đủ số 0 ở đầu; bảng tính hay làm mất số 0.",
        )
    if cells["national_code"] and not _NATIONAL_CODE.fullmatch(cells["national_code"]):
        report.add(
            row.line,
            "national_code",
            cells["national_code"],
            "Mã định danh chưa đúng dạng.",
            "Xin ghi như H11.7.",
        )
    if cells["office_hours"]:
        try:
            parse_hours(cells["office_hours"])
        except Invalid as error:
            report.add(row.line, "office_hours", cells["office_hours"], *split_sentence(error.message))


def _check_tree(report: Report, rows: list[Row]) -> None:
    parents = {row.cells["code"]: row.cells["parent_code"] for row in rows}
    for row in rows:
        parent = row.cells["parent_code"]
        if parent and parent not in parents:
            report.add(
                row.line,
                "parent_code",
                parent,
                "Không có cơ quan nào mang mã này.",
                "Xin thêm cơ quan cấp trên vào tệp hoặc sửa mã.",
            )
        elif _leads_back(row.cells["code"], parents):
            report.add(
                row.line,
                "parent_code",
                parent,
                "Cơ quan này là cấp trên của chính nó, theo vòng.",
                "Xin sửa mã cấp trên ở một trong các dòng của vòng.",
            )


def _leads_back(code: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    at = parents.get(code, "")
    while at and at not in seen:
        if at == code:
            return True
        seen.add(at)
        at = parents.get(at, "")
    return False


def _agency(report: Report, row: Row) -> AgencyRow:
    cells = row.cells
    valid_from, valid_to = _day(report, row, "valid_from"), _day(report, row, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        report.add(
            row.line, "valid_to", valid_to, "Ngày cuối sớm hơn ngày đầu.", "Xin kiểm tra lại hai ngày."
        )
    return AgencyRow(
        code=cells["code"],
        name=cells["name"],
        kind=cells["kind"],
        level=cells["level"],
        parent_code=cells["parent_code"] or None,
        gso_code=cells["gso_code"] or None,
        national_code=cells["national_code"] or None,
        desk_name=cells["desk_name"] or None,
        old_units=tuple(unit for part in cells["old_units"].split(";") if (unit := part.strip())),
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=cells["evidence"] or None,
        office_hours=cells["office_hours"] or None,
    )


def _day(report: Report, row: Row, column: str) -> date | None:
    text = row.cells[column]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        report.add(row.line, column, text, "Ngày chưa đúng dạng.", "Xin ghi như 2025-07-01.")
        return None
