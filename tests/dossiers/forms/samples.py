"""One of each form, filled in, and how tests look at a file."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pypdfium2
import zxingcpp

from motcua.dossiers.forms import facts, rendering, sets

AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
URL = "https://zalo.binhthuan.gov.vn/t/K7Q2M9XD4F3A"
CHAT = "https://zalo.me/3880000000000000060"
DESK = "Trung tâm Phục vụ hành chính công phường Phan Thiết"
AGENCY = "UBND phường Phan Thiết"
RECEIVED = "08 giờ 00 phút, ngày 26 tháng 11 năm 2026"
DUE = "10 giờ 00 phút, ngày 30 tháng 11 năm 2026"
NEW_DUE = "10 giờ 00 phút, ngày 02 tháng 12 năm 2026"

HEADING = facts.Heading(AGENCY, DESK, "Phan Thiết", "ngày 26 tháng 11 năm 2026", "Tỉnh Lâm Đồng")
LAN = facts.Person(
    "Nguyễn Thị Lan", "12 Trần Hưng Đạo, phường Phan Thiết", "09x****678", "lan@example.vn", "0*********45"
)
TUAN = facts.Person("Trần Văn Tuấn", "45 Lê Lợi", "09x****111")
SUBJECT = facts.Subject(
    "000.00.01.H36-261126-0007",
    "1.000894",
    "Thủ tục đăng ký kết hôn",
    "Đăng ký kết hôn của ông Tuấn và bà Lan",
    TUAN,
    LAN,
    URL,
    "K7Q2-M9XD-4F3A",
    "0252 3 821 234",
    "https://dichvucong.gov.vn",
)
PAPERS = (
    facts.PaperLine("Tờ khai đăng ký kết hôn theo mẫu, có đủ thông tin của hai bên nam, nữ", 1, 0),
    facts.PaperLine("Giấy xác nhận tình trạng hôn nhân do Ủy ban nhân dân cấp xã cấp", 1, 1),
    facts.PaperLine("Căn cước công dân", 0, 2),
)
RECEIPT = facts.ReceiptFacts(
    heading=HEADING,
    subject=SUBJECT,
    desk=DESK,
    channel="Trực tiếp",
    papers=PAPERS,
    papers_are_stated=True,
    time_by_law="5 ngày làm việc",
    received=RECEIVED,
    due=DUE,
    pickup="Quầy số 3",
    pickup_hours="07:00–11:30 và 13:30–17:00",
    officer="Trần Văn Minh",
    zalo_url=CHAT,
    zalo_name="Dịch vụ công Bình Thuận",
    register_book="2026",
)
FILLED = {
    "receipt": RECEIPT,
    "supplement": facts.SupplementFacts(
        heading=HEADING,
        subject=SUBJECT,
        desk=DESK,
        items=(facts.PaperLine("Giấy xác nhận tình trạng hôn nhân", 1, 2, "Bản cũ đã quá 6 tháng"),),
        reason="Giấy đã nộp hết giá trị sử dụng.",
        respond_by=NEW_DUE,
        stage="Thẩm định, giải quyết hồ sơ",
        officer="Lê Thị Hồng",
        contact_phone="0252 3 999 888",
    ),
    "refusal": facts.RefusalFacts(
        HEADING, SUBJECT, DESK, RECEIVED, "Thủ tục thuộc thẩm quyền của Sở Tư pháp.", "Trần Văn Minh"
    ),
    "apology": facts.ApologyFacts(
        HEADING,
        SUBJECT,
        AGENCY,
        RECEIVED,
        DUE,
        NEW_DUE,
        "Chờ xác minh tại nơi cư trú cũ.",
        "Phó Chủ tịch",
        "Phạm Hữu Nghĩa",
    ),
    "stop": facts.StopFacts(
        HEADING,
        SUBJECT,
        AGENCY,
        RECEIVED,
        DUE,
        "Thẩm tra hồ sơ",
        "Công dân rút hồ sơ.",
        "Quyết định số 12/QĐ-UBND",
        "50.000 đồng",
        "Chủ tịch",
        "Đỗ Thị Mai",
    ),
    "control": facts.ControlFacts(
        HEADING,
        SUBJECT,
        AGENCY,
        ("Sở Tư pháp tỉnh Lâm Đồng",),
        RECEIVED,
        DUE,
        (
            facts.Hop(None, "Trần Văn Minh", AGENCY, RECEIVED, "Trước hạn", "Được tiếp nhận"),
            facts.Hop("Trần Văn Minh", "Lê Thị Hồng", AGENCY, RECEIVED, "Quá hạn", "Thẩm tra hồ sơ"),
        ),
    ),
    "register": facts.RegisterFacts(
        HEADING,
        AGENCY,
        "từ ngày 01/11/2026 đến ngày 30/11/2026",
        tuple(
            facts.RegisterLine(
                f"000.00.01.H36-261126-{at:04d}",
                "Thủ tục đăng ký kết hôn",
                "Nguyễn Thị Lan",
                "12 Trần Hưng Đạo\n09x****678",
                AGENCY,
                "08:00 26/11/2026",
                "10:00 30/11/2026",
                "",
                "",
                "Đang xử lý",
            )
            for at in range(40)
        ),
    ),
}
EVERY = [(one.key, form.kind) for one in sets.SETS.values() for form in one.forms]
EVERY_WITH_QR = [(key, kind) for key, kind in EVERY if kind != "register"]


def drawn(kind: str, given=None, key: str = "tt03-2025", number: int | None = 7) -> bytes:
    form_set = sets.SETS[key]
    return rendering.to_pdf(form_set.of_kind(kind), form_set, given or FILLED[kind], number=number, at=AT)


def receipt_with(**changes) -> facts.ReceiptFacts:
    return replace(RECEIPT, **changes)


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """All text in reading order, with single blanks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            text_page = page.get_textpage()
            pages.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
    finally:
        document.close()
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


def codes_in_picture(pdf: bytes, dots_per_inch: int = 150):
    """The QR codes that a scanner reads from the first page as printed."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=dots_per_inch / 72).to_pil()
        page.close()
    finally:
        document.close()
    return zxingcpp.read_barcodes(picture), picture.size
