"""A province's list of procedures: `procedures.csv`, drawn from the national base, with what it says differently."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from motcua.tenancy.csv_rows import Report, Row, read_rows

from .codes import normalise_code

REQUIRED = ("code",)
OVERRIDES = ("name", "fee", "fee_note", "time", "desk", "note")
COLUMNS = (*REQUIRED, "agency", "enabled", *OVERRIDES)
EVERY_COMMUNE = "commune"

_MOST_SUGGESTIONS = 25  # each costs a comparison with every known code

_ENABLED = {"1": True, "0": False, "": True}


@dataclass(frozen=True)
class ProcedureRow:
    """A national procedure as the province carries it out."""

    code: str  # the national form
    code_suffix: str | None  # as the province prints it behind the national form, ".000.00.00.H11"
    agency: str | None  # an agency's code, or EVERY_COMMUNE; None: not known
    enabled: bool
    overrides: dict[str, str]  # some of OVERRIDES


def read_procedures(
    path: Path, national_codes: Collection[str], agency_codes: Collection[str]
) -> list[ProcedureRow]:
    """The procedures in the file's order. Raises FolderInvalid with every fault found."""
    report = Report(path)
    found: list[ProcedureRow] = []
    first_lines: dict[str, int] = {}
    agencies = {*agency_codes, EVERY_COMMUNE}
    for row in read_rows(report, COLUMNS, REQUIRED):
        code, suffix = _code(report, row, national_codes)
        if code and code in first_lines:
            report.add(
                row.line,
                "code",
                row.cells["code"],
                f"Thủ tục đã có ở dòng {first_lines[code]}.",
                "Xin giữ một dòng.",
            )
        first_lines.setdefault(code, row.line)
        _check_agency(report, row, agencies)
        if row.cells["enabled"] not in _ENABLED:
            report.add(
                row.line,
                "enabled",
                row.cells["enabled"],
                "Giá trị không có.",
                "Xin ghi 1 (bật) hoặc 0 (tắt).",
            )
        overrides = {name: row.cells[name] for name in OVERRIDES if row.cells[name]}
        is_enabled = _ENABLED.get(row.cells["enabled"], False)
        found.append(ProcedureRow(code, suffix, row.cells["agency"] or None, is_enabled, overrides))
    report.raise_if_any()
    return found


def _code(report: Report, row: Row, national_codes: Collection[str]) -> tuple[str, str | None]:
    text = row.cells["code"]
    try:
        code, suffix = normalise_code(text)
    except ValueError:
        report.add(
            row.line,
            "code",
            text,
            "Mã thủ tục chưa đúng dạng.",
            "Xin ghi như 1.000894, 1.000894.H11 hoặc 1.000894.000.00.00.H11.",
        )
        return "", None
    if code not in national_codes:
        near = _nearest(report, code, national_codes)
        remedy = (
            f"Có phải là {near[0]}? Xin sửa mã hoặc bỏ dòng này." if near else "Xin sửa mã hoặc bỏ dòng này."
        )
        report.add(row.line, "code", text, "Danh mục quốc gia không có thủ tục này.", remedy)
    return code, suffix


def _check_agency(report: Report, row: Row, agencies: set[str]) -> None:
    agency = row.cells["agency"]
    if agency and agency not in agencies:
        near = _nearest(report, agency, agencies)
        remedy = f"Có phải là {near[0]}? " if near else ""
        report.add(
            row.line,
            "agency",
            agency,
            "Không có cơ quan nào mang mã này.",
            f"{remedy}Xin ghi mã trong agencies.csv, hoặc “{EVERY_COMMUNE}” khi mọi xã cùng làm.",
        )


def _nearest(report: Report, code: str, codes: Collection[str]) -> list[str]:
    if len(report.problems) >= _MOST_SUGGESTIONS:
        return []
    return difflib.get_close_matches(code, codes, 1, cutoff=0.8)
