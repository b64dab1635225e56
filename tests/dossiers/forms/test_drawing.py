"""Each form of both sets as the file it is: an archive's PDF, every field on it, QR codes that a scanner reads."""

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zxingcpp

from motcua.dossiers.forms import facts, sets

from .samples import (
    AGENCY,
    CHAT,
    DESK,
    DUE,
    EVERY,
    EVERY_WITH_QR,
    FILLED,
    NEW_DUE,
    PAPERS,
    RECEIVED,
    SUBJECT,
    URL,
    codes_in_picture,
    drawn,
    reader,
    receipt_with,
    words,
)

pytestmark = pytest.mark.usefixtures("province")

ON_EACH = [SUBJECT.code, "Số: 07/", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
# What domain knowledge lists for each form (docs/forms.md).
FIELDS = {
    "receipt": [
        AGENCY.upper(),
        DESK.upper(),
        "Phan Thiết, ngày 26 tháng 11 năm 2026",
        f"Đơn vị tiếp nhận: {DESK}",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Lan",
        "12 Trần Hưng Đạo",
        "Số điện thoại: 09x****678",
        "Email: lan@example.vn",
        "0*********45",
        "Hình thức nộp: Trực tiếp",
        "Chủ hồ sơ: Trần Văn Tuấn; địa chỉ: 45 Lê Lợi",
        "Thủ tục đăng ký kết hôn (mã thủ tục 1.000894). Đăng ký kết hôn của ông Tuấn và bà Lan",
        *(paper.name.split(",")[0] for paper in PAPERS),
        "Bản chính",
        "Bản sao",
        "Số lượng hồ sơ",
        "Thời gian giải quyết theo quy định: 5 ngày làm việc",
        f"Thời gian nhận hồ sơ: {RECEIVED}",
        f"Thời gian hẹn trả kết quả: {DUE}",
        "Nhận kết quả tại: Quầy số 3, 07:00–11:30 và 13:30–17:00",
        "quyển số: 2026, số thứ tự: 7",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Trần Văn Minh",
        "K7Q2-M9XD-4F3A",
        "Kết quả có thể xong sớm hơn ngày hẹn",
        "0252 3 821 234",
        "Theo dõi hồ sơ qua Zalo Dịch vụ công Bình Thuận",
    ],
    "supplement": [
        "Hồ sơ của: Nguyễn Thị Lan",
        "Chủ hồ sơ: Trần Văn Tuấn",
        "Nội dung yêu cầu giải quyết",
        "12 Trần Hưng Đạo",
        "09x****678",
        "lan@example.vn",
        "Giai đoạn: Thẩm định, giải quyết hồ sơ",
        "Giấy xác nhận tình trạng hôn nhân",
        "Bản cũ đã quá 6 tháng",
        "Lý do: Giấy đã nộp hết giá trị sử dụng.",
        f"Xin nộp bổ sung trước: {NEW_DUE}",
        "NGƯỜI HƯỚNG DẪN",
        "Lê Thị Hồng",
        "0252 3 999 888",
    ],
    "refusal": [
        "Hồ sơ của: Nguyễn Thị Lan",
        "Thủ tục thuộc thẩm quyền của Sở Tư pháp.",
        "NGƯỜI TỪ CHỐI TIẾP NHẬN",
        "Trần Văn Minh",
    ],
    "apology": [
        "Kính gửi: Trần Văn Tuấn",
        "“Thủ tục đăng ký kết hôn” (mã thủ tục 1.000894)",
        RECEIVED,
        DUE,
        "Lý do: Chờ xác minh tại nơi cư trú cũ.",
        NEW_DUE,
        "xin lỗi",
        "PHÓ CHỦ TỊCH",
        "Phạm Hữu Nghĩa",
    ],
    "stop": [
        "Kính gửi: Nguyễn Thị Lan",
        "Chủ hồ sơ: Trần Văn Tuấn",
        f"Thời điểm dừng giải quyết: {DUE}",
        "Giai đoạn xử lý khi dừng: Thẩm tra hồ sơ",
        "Căn cứ, lý do dừng: Công dân rút hồ sơ.",
        "Quyết định số 12/QĐ-UBND",
        "Khoản tiền hoàn trả: 50.000 đồng",
        "CHỦ TỊCH",
        "Đỗ Thị Mai",
    ],
    "control": [
        "Chủ hồ sơ: Trần Văn Tuấn",
        "Giao: Người nộp hồ sơ",
        "Nhận: Trần Văn Minh",
        "Giao: Trần Văn Minh",
        "Nhận: Lê Thị Hồng",
        "Trước hạn",
        "Quá hạn",
        "Sở Tư pháp tỉnh Lâm Đồng",
        "Ký tên",
    ],
}


@pytest.mark.parametrize(("key", "kind"), EVERY)
def test_every_form_is_an_archives_pdf_with_its_fonts_its_title_and_its_language(key, kind):
    form = sets.SETS[key].of_kind(kind)

    file = reader(drawn(kind, key=key))

    metadata = file.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert file.metadata.title == form.title
    assert file.trailer["/Root"]["/Lang"].lower().startswith("vi")
    fonts = [font.get_object() for page in file.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "LibertinusSerif" in described["/FontName"]
        assert any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3"))


@pytest.mark.parametrize(("key", "kind"), EVERY)
def test_every_form_bears_the_title_and_number_of_its_set(key, kind):
    form = sets.SETS[key].of_kind(kind)

    said = words(drawn(kind, key=key))

    assert form.title.upper() in said
    assert f"Mẫu số {form.number} – {sets.SETS[key].circular}" in said


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_of_the_list_stands_on_the_form(kind):
    said = words(drawn(kind))

    assert [field for field in [*ON_EACH, *FIELDS[kind]] if field not in said] == []


@pytest.mark.parametrize(("key", "kind"), EVERY_WITH_QR)
def test_the_qr_at_the_top_left_holds_the_tracking_address_and_nothing_else(key, kind):
    found, (width, height) = codes_in_picture(drawn(kind, key=key))

    (corner,) = [one for one in found if one.text == URL]
    assert corner.format == zxingcpp.BarcodeFormat.QRCode
    assert corner.position.bottom_right.x < width * 0.2
    assert corner.position.bottom_right.y < height * 0.13
    assert {one.text for one in found} == ({URL, CHAT} if kind == "receipt" else {URL})


def test_where_the_province_has_no_official_account_the_receipt_has_one_qr():
    pdf = drawn("receipt", receipt_with(zalo_url=None, zalo_name=None))

    assert [one.text for one in codes_in_picture(pdf)[0]] == [URL]
    assert "qua Zalo Dịch" not in words(pdf)


def long_papers(count: int) -> tuple[facts.PaperLine, ...]:
    return tuple(facts.PaperLine(f"Giấy tờ thứ {at} {'có tên dài ' * 6}", 1, 1) for at in range(1, count + 1))


def test_a_receipt_of_twelve_papers_fits_on_one_sheet():
    assert len(reader(drawn("receipt", receipt_with(papers=long_papers(12)))).pages) == 1


def test_a_receipt_of_sixty_papers_flows_on_with_its_head_and_code_on_each_sheet():
    pdf = drawn("receipt", receipt_with(papers=long_papers(60)))

    file = reader(pdf)
    said = words(pdf)
    assert len(file.pages) > 1
    assert said.count("Tên giấy tờ") >= len(file.pages) - 1
    assert "Giấy tờ thứ 60" in said
    assert said.count(SUBJECT.code) == len(file.pages)  # the title's, then each running head
    assert f"Trang 2/{len(file.pages)}" in said


def test_what_is_not_known_is_left_out_or_left_to_a_hand():
    nobody = facts.Person("Nguyễn Thị Lan")
    bare = facts.Subject(
        SUBJECT.code, "1.000894", "Thủ tục", None, nobody, nobody, URL, "K7Q2-M9XD-4F3A", None, None
    )
    pdf = drawn(
        "receipt",
        receipt_with(
            subject=bare,
            papers=(),
            time_by_law=None,
            due=None,
            pickup_hours=None,
            officer=None,
            zalo_url=None,
            zalo_name=None,
        ),
        number=None,
    )

    said = words(pdf)
    assert "None" not in said and "none" not in said
    assert "chưa có ngày hẹn" in said
    assert "Cần hỏi" not in said and "Chủ hồ sơ" not in said and "Số: " not in said


def test_names_as_long_as_they_may_be_stay_on_the_sheet():
    long = facts.Person("Công ty trách nhiệm hữu hạn một thành viên " * 4, "thôn " * 60)
    subject = facts.Subject(
        **vars(SUBJECT) | {"owner": long, "submitter": long, "procedure_name": "Cấp phép " * 60}
    )

    pdf = drawn("receipt", receipt_with(subject=subject))

    assert len(reader(pdf).pages) == 1
    assert words(pdf).count("một thành viên") == 4
    assert words(pdf).count("Cấp phép") == 60


def test_the_same_words_give_the_same_bytes():
    assert drawn("receipt") == drawn("receipt")


def test_many_at_once_are_each_right_and_leave_no_file_behind():
    before = set(Path(tempfile.gettempdir()).iterdir())

    with ThreadPoolExecutor(8) as pool:
        app = _app()
        made = list(pool.map(lambda at: _within(app, at), range(40)))

    assert [f"quyển số: {at}," in words(pdf) for at, pdf in enumerate(made)] == [True] * 40
    assert {
        file
        for file in set(Path(tempfile.gettempdir()).iterdir()) - before
        if "typst" in file.name or file.suffix == ".pdf"
    } == set()


def _app():
    from flask import current_app

    return current_app._get_current_object()


def _within(app, at: int) -> bytes:
    from motcua.core.database import tenant_scope

    with app.app_context(), tenant_scope("binh-thuan"):
        return drawn("receipt", receipt_with(register_book=str(at)))


@pytest.mark.parametrize("kind", FIELDS)
def test_a_form_is_drawn_in_less_than_150_ms(kind):
    spent = []
    for _ in range(5):
        begin = time.process_time()
        drawn(kind)
        spent.append(time.process_time() - begin)

    assert sorted(spent)[2] < 0.15 * float(os.environ.get("MOTCUA_SLOWER", "1"))


def test_the_emblem_of_the_provinces_folder_stands_in_place_of_its_letters(app, tmp_path, monkeypatch):
    folder = tmp_path / "tenants" / "binh-thuan"
    folder.mkdir(parents=True)
    (tmp_path / "templates").symlink_to(app.config["SETTINGS"].home / "templates")
    monkeypatch.setitem(app.config, "SETTINGS", _with_home(app.config["SETTINGS"], tmp_path))
    letters = words(drawn("refusal"))
    (folder / "emblem.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" cx="4" cy="4" fill="#c00"/></svg>'
    )

    with_svg = words(drawn("refusal"))

    assert letters.count("MC") == 1
    assert "MC" not in with_svg
    (folder / "emblem.svg").write_text("no picture at all")
    assert words(drawn("refusal")).count("MC") == 1
    (folder / "emblem.svg").unlink()
    (folder / "emblem.png").write_bytes(_png())
    assert "MC" not in words(drawn("refusal"))


def _with_home(settings, home):
    from dataclasses import replace

    return replace(settings, home=home)


def _png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (200, 0, 0, 128)).save(out, "PNG")
    return out.getvalue()


def test_filled_samples_cover_every_kind():
    assert {form.kind for one in sets.SETS.values() for form in one.forms} == FILLED.keys()
