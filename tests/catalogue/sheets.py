"""Sheets as provinces have them, made for a test; and the way of a file through the import."""

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

from motcua.catalogue.importing import applying, checking, imports
from motcua.catalogue.importing.models import CatalogueImport, CatalogueImportRow
from motcua.core.database import db

TITLES = (
    "Mã TTHC",
    "Tên thủ tục",
    "Lĩnh vực",
    "Cơ quan thực hiện",
    "Thời hạn giải quyết",
    "Phí, lệ phí",
    "Ghi chú",
)
MARRIAGE = ("1.000894", "Thủ tục đăng ký kết hôn", "Hộ tịch", "UBND phường Một, Bình Thuận", "", "", "")


def row(code: str, **given) -> list:
    """A row under TITLES of a procedure that only the province has."""
    values = {
        "name": f"Thủ tục riêng {code}",
        "field": "Thủy sản",
        "agency": "",
        "time": "",
        "fee": "",
        "note": "",
    }
    return [code, *(values | given).values()]


def xlsx(
    rows: Sequence[Sequence],
    *,
    sheet: str = "Danh mục",
    hidden: Sequence[str] = (),
    merged: Sequence[str] = (),
):
    book = Workbook()
    page = book.active
    page.title = sheet
    for one in rows:
        page.append(list(one))
    for ref in merged:
        page.merge_cells(ref)
    for name in hidden:
        book.create_sheet(name, 0).sheet_state = "hidden"
    book.active = page
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_bytes(rows: Sequence[Sequence], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def checked(data: bytes, *, is_complete: bool = False, name: str = "danh-muc.xlsx") -> CatalogueImport:
    """Uploaded, its columns left as guessed, and checked, in the tenant's scope."""
    one = imports.receive(name, data, "Phạm Thu Hà")
    db.session.commit()
    mapping = imports.mapping_for(one, imports.beginning_of(one))
    imports.start_check(one, one.sheet, mapping.header_row, mapping.columns, is_complete)
    db.session.commit()
    checking.check(one.id)
    return imports.find(one.id)


def applied(data: bytes, **options) -> CatalogueImport:
    one = checked(data, **options)
    assert one.state == "ready", (one.failure, faults(one))
    assert applying.apply(one.id, "Phạm Thu Hà") == applying.APPLIED
    return one


def rows_of(one: CatalogueImport, kind: str | None = None) -> list[CatalogueImportRow]:
    statement = db.select(CatalogueImportRow).where(CatalogueImportRow.import_id == one.id)
    if kind:
        statement = statement.where(CatalogueImportRow.kind == kind)
    return list(db.session.scalars(statement.order_by(CatalogueImportRow.row_number, CatalogueImportRow.id)))


def faults(one: CatalogueImport, *, warnings: bool = False) -> list[tuple[int, int, str]]:
    """(row, column from 0, sentence) of every fault, in the sheet's order."""
    return [
        (kept.row_number, fault["column"], fault["message"])
        for kept in rows_of(one)
        for fault in kept.faults
        if fault["is_warning"] == warnings
    ]


def big_sheet(count: int) -> bytes:
    """A province's whole list: the national procedures it carries out, then its own, twelve columns."""
    codes = db.session.execute(
        db.text("SELECT code, name, field FROM national_procedure ORDER BY code LIMIT :most"), {"most": count}
    ).all()
    book = Workbook(write_only=True)
    page = book.create_sheet("TTHC")
    page.append(["DANH MỤC THỦ TỤC HÀNH CHÍNH CỦA TỈNH"])
    page.append([])
    page.append(
        ["STT", "Mã TTHC", "Tên thủ tục", "Lĩnh vực", "Cơ quan thực hiện", "Cấp thực hiện", "Mức độ DVC",
         "Thời hạn giải quyết", "Phí, lệ phí", "Nơi tiếp nhận", "Trạng thái", "Ghi chú"]
    )  # fmt: skip
    own = (
        (f"3.{100_000 + n:06d}", f"Thủ tục riêng số {n} của tỉnh về hỗ trợ ngư dân", "Thủy sản")
        for n in range(count - len(codes))
    )
    for n, (code, name, field) in enumerate([*codes, *own], 1):
        page.append(
            [n, f"{code}.000.00.00.H11", name, field, "UBND phường Một, Bình Thuận", "Cấp xã", "Toàn trình",
             f"{n % 30 + 1:02d} ngày làm việc", f"{(n % 50 + 1) * 5}.000 đồng", "Trung tâm Phục vụ hành chính công",
             "Đang áp dụng", f"Mang theo bản chính để đối chiếu, lượt {n}"]
        )  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
