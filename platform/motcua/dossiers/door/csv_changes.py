"""A nightly CSV file as changes: columns by the names of our own API, or by those of the sync payload."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from motcua.catalogue.importing.table import UnreadableFile
from motcua.catalogue.importing.text_table import decode, find_separator
from motcua.core.clock import VIETNAM
from motcua.core.errors import MotcuaError
from motcua.core.text import legacy

from . import sync_payload
from .changes import Change, from_sync
from .sync_values import Members, name_key, number, plain, status

LONGEST_CELL = 200_000
EVENT_COLUMNS = ("agency_code", "agency_name", "department", "note", "reason", "local_code")
DOSSIER_COLUMNS = (*EVENT_COLUMNS, "procedure_code", "channel", "summary")
PERSON_COLUMNS = ("name", "phone", "id_number", "address")


class Row(NamedTuple):
    """`line` is where the row ends in the file, from 1."""

    line: int
    cells: dict[str, str]


def read_rows(data: bytes) -> Iterator[Row]:
    """Rows of a file in any usual encoding (UTF-8, UTF-16, TCVN3, VNI-Windows). Raises UnreadableFile."""
    text = decode(data)
    text = text if legacy.is_surely_unicode(text[:LONGEST_CELL]) else _converted(text)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_separator(text))
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells)
            else:
                yield Row(reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
    except csv.Error as error:
        raise UnreadableFile(
            f"Tệp CSV sai dạng ở gần dòng {reader.line_num}. Xin xem lại dấu ngoặc kép ở dòng đó rồi gửi lại."
        ) from error


def _converted(text: str) -> str:
    """Line by line: a column cannot be told before the encoding is, and a line has words enough."""
    lines, _ = legacy.convert_column(text.split("\n"))
    return "\n".join(lines)


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if not {"code", "mahoso", "sohoso"} & {name_key(name) for name in header}:
        raise UnreadableFile("Tệp thiếu cột mã hồ sơ. Xin đặt tên cột là code hoặc MaHoSo ở dòng đầu.")
    return header


def change(row: Row) -> Change:
    """Never raises: a fault is the row's own result."""
    code = next(
        (value[:100] for name, value in row.cells.items() if name_key(name) in ("code", "mahoso")), None
    )
    try:
        said = _read(row.cells)
        return from_sync(row.line, said)
    except MotcuaError as error:
        return Change(row.line, code, error=error)


def _read(cells: dict[str, str]) -> sync_payload.Read:
    if "code" not in {name_key(name) for name in cells}:
        return sync_payload.read(payload(cells))
    members = Members(cells)
    code = members.text("code", longest=80) or ""
    procedure = members.get("procedure_code")
    columns = EVENT_COLUMNS if procedure is None else DOSSIER_COLUMNS
    body: dict[str, Any] = {name: members.text(name, longest=1500) for name in columns}
    known = status(members.get("status"))
    body |= {
        "status": int(known) if known else number(members.get("status")),
        "due_at": _moment(members, "due_at"),
    }
    body |= _where(members)
    if procedure is None:
        body["occurred_at"] = _moment(members, "occurred_at", "status_at")
    else:
        body |= {name: _moment(members, name) for name in ("status_at", "received_at")}
        body["channel"] = plain(body["channel"]) if body["channel"] else None
        body |= {role: _person(members, role) for role in ("owner", "submitter", "authorised")}
    kind = "event" if procedure is None else "dossier"
    return sync_payload.Read([(kind, code, sync_payload.fitting(kind, body))], members.ignored)


def payload(cells: dict[str, str]) -> dict[str, Any]:
    """A row whose columns have the names of the sync payload, as that payload."""
    return {name: _cell(value) for name, value in cells.items()}


def _where(members: Members) -> dict:
    officer, step = members.text("officer", longest=100), members.text("step", longest=200)
    title, due = members.text("officer_title", longest=100), _moment(members, "step_due_at")
    place, hours = members.text("pickup_place", longest=300), members.text("pickup_hours", longest=200)
    return {
        "officer": officer and {"name": officer, "title": title},
        "step": step and {"name": step, "due_at": due},
        "pickup": {"place": place, "hours": hours},
    }


def _person(members: Members, role: str) -> dict:
    return {name: members.text(f"{role}_{name}", longest=300) for name in PERSON_COLUMNS}


def _moment(members: Members, *names: str) -> str | None:
    at = members.moment(*names)
    return at and at.astimezone(VIETNAM).isoformat()


def _cell(value: str) -> Any:
    """The lists of a sync payload stand in a cell as JSON."""
    if value[:1] in "[{" and value[:1]:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
