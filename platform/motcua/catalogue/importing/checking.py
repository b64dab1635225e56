"""Checking a whole file: every row, every fault, and what each row would change. Changes nothing."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from motcua.catalogue import changing, lookup
from motcua.catalogue.layers import NOTHING, OWN, State
from motcua.catalogue.models import Agency, NationalProcedure
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy import current

from . import imports
from .agencies import Known, Matcher
from .mapping import ColumnMapping, is_numbering
from .models import CatalogueImport
from .planning import plan, plan_gone
from .reading import read
from .rows import Checked, RowChecker, shown_cells
from .table import Table, UnreadableFile, Value, display, is_blank

CHUNK = 500
LEASE = timedelta(seconds=60)
MOST_TRIES = 3
FAILED = "Kiểm tra tệp không xong do lỗi hệ thống. Xin thử lại; nếu vẫn lỗi, xin gọi đường dây hỗ trợ."

_CLAIM = text(
    "UPDATE catalogue_import SET lease_until = :until, tries = tries + 1"
    " WHERE id = :id AND state = 'checking' AND (lease_until IS NULL OR lease_until < :now) RETURNING tries"
)
_KEEP = text(
    "INSERT INTO catalogue_import_row (tenant_id, import_id, row_number, kind, code, cells, faults, plan)"
    " SELECT :tenant, :import_id, one.row_number, one.kind, one.code, one.cells, one.faults, one.plan"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(row_number integer, kind text, code text,"
    " cells jsonb, faults jsonb, plan jsonb)"
)
_SECTION = re.compile(
    r"(?:[IVXLC]+|[A-ZĐ]|[0-9]+(?:\.[0-9]+)*)?[.)\s-]*(?:lĩnh vực|ngành)\s*:?\s*(?P<field>.+)", re.IGNORECASE
)
_HEADING = re.compile(
    r"(?:[IVXLC]+|[A-ZĐ]|[0-9]+(?:\.[0-9]+)*)?[.)\s-]*"
    r"(?:lĩnh vực|ngành|cấp|phần|nhóm|danh mục|thủ tục hành chính cấp|tổng)\b.*",
    re.IGNORECASE,
)


def check(import_id: int) -> str | None:
    """Check the import in scope; returns the state it is in afterwards, None when somebody else has it."""
    tries = db.session.scalar(_CLAIM, {"id": import_id, "until": now() + LEASE, "now": now()})
    db.session.commit()
    if tries is None:
        return None
    one = imports.find(import_id)
    try:
        if tries > MOST_TRIES:
            raise UnreadableFile(FAILED)
        table = read(imports.content(import_id), one.sheet)
        _check_table(one, table)
    except UnreadableFile as error:
        db.session.rollback()
        one.state, one.failure, one.lease_until = "failed", error.message, None
        db.session.commit()
    return one.state


def _check_table(one: CatalogueImport, table: Table) -> None:
    mapping = ColumnMapping.from_json(one.mapping)
    data = [row for row in table.rows if row[0] > mapping.last_header_row]
    imports.forget_rows(one.id)
    one.rows_total, one.rows_checked = len(data), 0
    one.base_version = lookup.catalogue_version(scope.required())
    states = changing.states()
    checker, national = _checker(mapping, states)
    db.session.commit()
    _keep(one, [_plain_row(*row, mapping) for row in table.rows if row[0] <= mapping.last_header_row])
    counts, totals = Counter(), Counter()
    seen: set[str] = set()
    fields: dict[str, dict] = {}
    for chunk in _chunks(data):
        checked = list(_check_rows(chunk, mapping, checker, table))
        fields |= _facts(
            [row.code for row, _ in checked if row and row.code in national and row.code not in fields]
        )
        rows = []
        for (number, cells), (row, kind) in zip(chunk, checked, strict=True):
            kept = _kept(number, kind, cells)
            if row is not None:
                kept |= _planned(row, states, fields)
                seen.add(row.code or "")
                totals.update("warning" if fault["is_warning"] else "fault" for fault in row.faults)
            counts[kept["kind"]] += 1
            rows.append(kept)
        one.rows_checked += len(chunk)
        one.lease_until = now() + LEASE
        _keep(one, rows)
    _finish(one, states, seen, counts, totals)


def _check_rows(chunk, mapping: ColumnMapping, checker: RowChecker, table: Table):
    """(what the row says or None, its kind) of each row; headings set the field of the rows below."""
    for number, cells in chunk:
        kind, section = _kind_of(number, cells, mapping, table)
        if kind is not None:
            if section:
                checker.section = section
            yield None, kind
        else:
            yield checker.check(number, cells, checker.section), ""


def _kind_of(
    number: int, cells: list[Value], mapping: ColumnMapping, table: Table
) -> tuple[str | None, str | None]:
    if is_numbering(cells) and number <= mapping.last_header_row + 1:
        return "title", None
    code_at = next(at for at, name in mapping.columns.items() if name == "code")
    said = [" ".join(display(cell).split()) for cell in cells if not is_blank(cell)]
    has_code = (
        code_at < len(cells)
        and not is_blank(cells[code_at])
        and any(letter.isdigit() for letter in display(cells[code_at]))
    )
    words = max(said, key=len)
    is_merged = number in table.headings
    if len(set(said)) <= 2 and not has_code and (is_merged or _HEADING.fullmatch(words)):
        section = _SECTION.fullmatch(words)
        return "heading", section["field"].strip(" .:") if section else None
    return None, None


def _planned(row: Checked, states: dict[str, State], facts: dict[str, dict]) -> dict:
    body = {"code": row.code, "faults": row.faults, "kind": "faulty", "plan": None}
    if not row.is_faulty and row.code:
        found = plan(row, states.get(row.code, NOTHING), facts.get(row.code))
        body |= {"kind": found.kind, "plan": found.to_json()}
    return body


def _checker(mapping: ColumnMapping, states: dict[str, State]) -> tuple[RowChecker, set[str]]:
    rows = db.session.execute(
        db.select(NationalProcedure.code, NationalProcedure.name, NationalProcedure.field).where(
            NationalProcedure.withdrawn_on.is_(None)
        )
    )
    national = {code: (name, field) for code, name, field in rows}
    agencies = [
        Known(*row) for row in db.session.execute(db.select(Agency.code, Agency.name, Agency.valid_to))
    ]
    own = {
        code: (facts["name"], facts["field"])
        for code, state in states.items()
        if (facts := state.said().get(OWN))
    }
    settings = current.tenant().settings
    suffixes = {one["code"] for one in settings.get("agency_codes", [])}
    matcher = Matcher(agencies, current.today())
    return RowChecker(mapping, matcher, national, own, suffixes), set(national)


def _facts(codes: list[str]) -> dict[str, dict]:
    rows = db.session.execute(
        db.select(NationalProcedure.code, NationalProcedure.facts).where(NationalProcedure.code.in_(codes))
    )
    return dict(rows.all())


def _finish(
    one: CatalogueImport, states: dict[str, State], seen: set[str], counts: Counter, totals: Counter
) -> None:
    one.fault_count, one.warning_count = totals["fault"], totals["warning"]
    if one.is_complete and not one.fault_count:
        gone = [
            code
            for code, state in sorted(states.items())
            if code not in seen and state.columns()["is_enabled"]
        ]
        counts["gone"] = len(gone)
        names = _names(gone)
        for chunk in _chunks(gone):
            _keep(one, [_gone(code, names.get(code, code), states[code]) for code in chunk])
    if not one.fault_count and not (counts["new"] + counts["changed"] + counts["same"]):
        raise UnreadableFile(
            "Dưới dòng tiêu đề không có thủ tục nào. Xin xem lại trang tính và dòng tiêu đề."
        )
    one.counts = dict(counts)
    one.state = "faulty" if one.fault_count else "ready"
    one.lease_until = None
    db.session.commit()


def _names(codes: list[str]) -> dict[str, str]:
    rows = db.session.execute(
        db.select(NationalProcedure.code, NationalProcedure.name).where(NationalProcedure.code.in_(codes))
    )
    return dict(rows.all())


def _gone(code: str, name: str, state: State) -> dict:
    body = {"name": state.columns()["name"] or name} | plan_gone(state)
    return _kept(0, "gone", []) | {"code": code, "plan": body}


def _plain_row(number: int, cells: list[Value], mapping: ColumnMapping) -> dict:
    return _kept(number, "header" if number >= mapping.header_row else "title", cells)


def _kept(number: int, kind: str, cells: list[Value]) -> dict:
    return {
        "row_number": number,
        "kind": kind,
        "code": None,
        "cells": shown_cells(cells),
        "faults": [],
        "plan": None,
    }


def _keep(one: CatalogueImport, rows: list[dict]) -> None:
    words = {"tenant": scope.required(), "import_id": one.id}
    db.session.execute(_KEEP, words | {"rows": json.dumps(rows, ensure_ascii=False)})
    db.session.commit()


def _chunks(items: list) -> Iterator[list]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
