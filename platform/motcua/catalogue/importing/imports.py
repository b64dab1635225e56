"""An import from the upload to the moment its check begins; finding and throwing away."""

from dataclasses import asdict

from sqlalchemy.dialects.postgresql import insert

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.core.errors import Conflict, Invalid, NotFound

from .mapping import LABELS, ColumnMapping, find_header, header_at
from .models import CatalogueImport, CatalogueImportFile, CatalogueImportRow, CatalogueMapping
from .reading import PREVIEW_ROWS, read, sheets_of
from .table import Table

CHECK = "motcua.catalogue.importing.jobs.check"
LANE = "normal"


class ImportNotFound(NotFound):
    code = "import_not_found"
    message = "Không tìm thấy lần nhập này. Xin mở lại từ danh sách các lần nhập."


def receive(file_name: str, data: bytes, staff_name: str) -> CatalogueImport:
    """Keep an uploaded file. Raises UnreadableFile, then nothing is stored. Does not commit."""
    sheets = sheets_of(data)
    chosen = next((one.name for one in sheets if not one.is_hidden), sheets[0].name)
    started = CatalogueImport(
        file_name=_safe_name(file_name), sheets=[asdict(one) for one in sheets], created_by=staff_name
    )
    beginning = read(data, chosen, PREVIEW_ROWS)
    mapping = _remembered(find_header(beginning))
    started.sheet, started.mapping = chosen, mapping and mapping.to_json()
    db.session.add(started)
    db.session.flush()
    db.session.add(CatalogueImportFile(import_id=started.id, content=data))
    return started


def find(import_id: int, *, lock: bool = False) -> CatalogueImport:
    """Raises ImportNotFound. With `lock` nobody else changes its state until the end of the transaction."""
    statement = db.select(CatalogueImport).where(CatalogueImport.id == import_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(statement) if 0 < import_id < 2**63 else None
    if found is None:
        raise ImportNotFound
    return found


def content(import_id: int) -> bytes:
    return db.session.scalar(
        db.select(CatalogueImportFile.content).where(CatalogueImportFile.import_id == import_id)
    )


def beginning_of(one: CatalogueImport, sheet: str | None = None) -> Table:
    """The first rows of a sheet, to choose the columns by. Raises Invalid for a sheet that is not there."""
    name = sheet or one.sheet
    if name not in {known["name"] for known in one.sheets}:
        raise Invalid("Tệp không có trang tính này. Xin chọn lại trang tính.")
    return read(content(one.id), name, PREVIEW_ROWS)


def mapping_for(one: CatalogueImport, table: Table, header_row: int | None = None) -> ColumnMapping | None:
    """What the columns mean: as people set them for such titles before, else as the titles say."""
    found = header_at(table, header_row) if header_row else find_header(table)
    return _remembered(found)


def _remembered(mapping: ColumnMapping | None) -> ColumnMapping | None:
    if mapping is None:
        return None
    known = db.session.scalar(
        db.select(CatalogueMapping.columns).where(CatalogueMapping.fingerprint == mapping.fingerprint)
    )
    if known is not None:
        mapping.columns = {int(at): name for at, name in known.items() if name in LABELS}
    return mapping


def start_check(
    one: CatalogueImport, sheet: str, header_row: int, columns: dict[int, str], is_complete: bool
) -> None:
    """Take the columns as people set them, remember them, and have the whole file checked.

    Raises Invalid when the columns cannot do, Conflict when the import is past this. Does not commit.
    """
    if one.state not in ("mapping", "faulty", "ready", "failed"):
        raise Conflict("Lần nhập này đã qua bước chọn cột. Xin mở lại trang của lần nhập.")
    mapping = header_at(beginning_of(one, sheet), header_row)
    if mapping is None:
        raise Invalid(f"Dòng {header_row} của trang tính không có tiêu đề. Xin chọn lại dòng tiêu đề.")
    mapping.columns = {at: name for at, name in sorted(columns.items()) if at < len(mapping.titles)}
    _check_columns(mapping)
    one.sheet, one.mapping, one.is_complete = sheet, mapping.to_json(), is_complete
    kept = insert(CatalogueMapping).values(
        fingerprint=mapping.fingerprint, columns=mapping.to_json()["columns"], used_at=now()
    )
    db.session.execute(
        kept.on_conflict_do_update(
            index_elements=["tenant_id", "fingerprint"],
            set_={"columns": kept.excluded.columns, "used_at": kept.excluded.used_at},
        )
    )
    check_again(one)


def _check_columns(mapping: ColumnMapping) -> None:
    chosen = list(mapping.columns.values())
    if unknown := set(chosen) - LABELS.keys():
        raise Invalid(f"Không có loại cột {', '.join(sorted(unknown))[:80]}. Xin chọn lại từ danh sách.")
    if "code" not in chosen:
        raise Invalid("Chưa chọn cột nào là Mã thủ tục. Xin chọn cột có mã như 1.000894.")
    if twice := {name for name in chosen if chosen.count(name) > 1}:
        names = ", ".join(LABELS[name] for name in sorted(twice))
        raise Invalid(f"Có hai cột cùng chọn là {names}. Xin giữ một cột, cột kia để “Bỏ qua”.")


def check_again(one: CatalogueImport) -> None:
    """Back to checking; the job starts once this is committed."""
    one.state, one.lease_until, one.tries, one.failure = "checking", None, 0, None
    one.rows_total, one.rows_checked = None, 0
    tenant_id, import_id = scope.required(), one.id
    after_commit(lambda: queue.wake(CHECK, tenant_id, import_id, lane=LANE))


def wake_waiting() -> int:
    """For the sweep: checks that nobody is working on are started again; returns how many."""
    waiting = db.session.scalars(
        db.select(CatalogueImport.id).where(
            CatalogueImport.state == "checking",
            db.or_(CatalogueImport.lease_until.is_(None), CatalogueImport.lease_until < now()),
        )
    ).all()
    for import_id in waiting:
        queue.wake(CHECK, scope.required(), import_id, lane=LANE)
    return len(waiting)


def discard(one: CatalogueImport) -> None:
    """Throw away an import that has changed nothing. Raises Conflict when it has. Does not commit."""
    if one.state in ("applied", "undone"):
        raise Conflict("Lần nhập này đã áp dụng nên được giữ làm nhật ký. Xin dùng “Hoàn tác” nếu cần.")
    if one.state == "checking":
        raise Conflict("Tệp đang được kiểm tra. Xin đợi kiểm tra xong rồi bỏ.")
    db.session.delete(one)


def forget_rows(import_id: int) -> None:
    db.session.execute(db.delete(CatalogueImportRow).where(CatalogueImportRow.import_id == import_id))


def _safe_name(name: str) -> str:
    """The name as people know it, without a path or what garbles a page."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in bare if letter.isprintable())[:200] or "khong-ten"
