"""What provinces write into cells, understood or refused with a sentence."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.catalogue.durations import parse_duration
from motcua.catalogue.importing.agencies import Known, Matcher
from motcua.catalogue.importing.cells import (
    Fault,
    read_enabled,
    read_fee,
    read_levels,
    read_list,
    read_online,
    read_time,
    read_url,
    text_of,
)
from motcua.catalogue.importing.table import Uncalculated, column_letter
from tests.catalogue.importing.samples import TODAY

SUMS = st.integers(1, 10_000_000).map(lambda thousands: thousands * 1000)
ANYTHING = st.one_of(
    st.text(max_size=80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.none(),
    st.booleans(),
)


def named(value: object) -> str:
    return getattr(value, "__name__", str(value))[:30]


READ = [
    (read_time, "15 ngày làm việc", "15 ngày làm việc"),
    (read_time, "Không quá 05 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ", "5 ngày làm việc"),
    (read_time, "Trong thời hạn 3 ngày", "3 ngày"),
    (read_time, "08 giờ", "8 giờ"),
    (read_time, "8 giờ làm việc", "8 giờ"),
    (read_time, "0,5 ngày làm việc", "0,5 ngày làm việc"),
    (read_time, "10 - 15 ngày", "10-15 ngày"),
    (read_time, "5 NGAY LAM VIEC", "5 ngày làm việc"),
    (read_time, "02 tháng", "2 tháng"),
    (read_time, "Trong ngày", "Trong ngày"),
    (read_time, "Ngay trong ngày làm việc", "Ngay trong ngày làm việc"),
    (read_time, "Không quy định", "Không quy định"),
    (read_time, "03 ngày (hồ sơ thường); 05 ngày (hồ sơ phức tạp)", "03 ngày (hồ sơ thường); 05 ngày (hồ sơ phức tạp)"),
    (read_time, "-", ""),
    (read_fee, "50.000 đ", "50.000 đồng"),
    (read_fee, "50,000", "50.000 đồng"),
    (read_fee, "1 250 000 VNĐ", "1.250.000 đồng"),
    (read_fee, 50000, "50.000 đồng"),
    (read_fee, 50000.0, "50.000 đồng"),
    (read_fee, "50 nghìn đồng", "50.000 đồng"),
    (read_fee, "1,5 triệu đồng", "1.500.000 đồng"),
    (read_fee, "50.000 đồng/hồ sơ", "50.000 đồng/hồ sơ"),
    (read_fee, "Miễn phí", "Miễn phí"),
    (read_fee, "Không", "Miễn phí"),
    (read_fee, "không thu phí", "Miễn phí"),
    (read_fee, 0, "Miễn phí"),
    (read_fee, "Theo Nghị quyết số 12/2020/NQ-HĐND", "Theo Nghị quyết số 12/2020/NQ-HĐND"),
    (read_fee, "- Phí thẩm định: 500.000 đồng", "- Phí thẩm định: 500.000 đồng"),
    (read_levels, "Cấp tỉnh; cấp xã", ["province", "commune"]),
    (read_levels, "Xã", ["commune"]),
    (read_enabled, "Đang áp dụng", True),
    (read_enabled, "Hết hiệu lực", False),
    (read_enabled, "x", True),
    (read_enabled, None, None),
    (read_online, "Toàn trình", True),
    (read_online, "DVC trực tuyến một phần", True),
    (read_online, "Mức độ 2", False),
    (read_online, 4, True),
    (read_url, "https://dichvucong.gov.vn/a", "https://dichvucong.gov.vn/a"),
    (read_list, "- Tờ khai\n- Giấy tờ tùy thân", ["Tờ khai", "Giấy tờ tùy thân"]),
]  # fmt: skip

REFUSED = [
    (read_time, "5", "thiếu đơn vị"),
    (read_time, 5, "thiếu đơn vị"),
    (read_time, "0 ngày", "lớn hơn 0"),
    (read_time, "-5 ngày", "số âm"),
    (read_time, "5000 ngày", "bất thường"),
    (read_time, "15-10 ngày", "ngược"),
    (read_time, "năm hôm", "Không hiểu"),
    (read_time, datetime(2026, 10, 5), "ngày tháng"),  # noqa: DTZ001 - as Excel gives it
    (read_fee, "-50.000", "số âm"),
    (read_fee, -1, "số âm"),
    (read_fee, "50.00", "dấu chấm"),
    (read_fee, "50", "ba số 0"),
    (read_fee, "5O.000", "Không hiểu"),
    (read_fee, 99_000_000_000, "bất thường"),
    (read_fee, "abc", "Không hiểu"),
    (read_fee, datetime(2026, 10, 5), "ngày tháng"),  # noqa: DTZ001
    (read_levels, "Cấp huyện", "đã bỏ"),
    (read_levels, "Cấp trời", "Không có cấp"),
    (read_enabled, "có lẽ", "trạng thái"),
    (read_online, "mức cao", "mức độ"),
    (read_url, "dichvucong", "Đường dẫn"),
    (text_of, "#N/A", "bị lỗi"),
    (text_of, "#REF!", "bị lỗi"),
    (text_of, Uncalculated("=A1"), "chưa có kết quả"),
    (text_of, "Th\ufffd tục", "mất dấu"),
    (text_of, "Th?t?c h?nh ch?nh", "mất dấu"),
    (text_of, "ThÃ¡ng kÃ½ káº¿t hÃ´n", "hai lần"),
    (text_of, "=1+1", "công thức"),
    (text_of, "a\x07b", "điều khiển"),
    (text_of, "x" * 5001, "5000"),
]


@pytest.mark.parametrize(("read", "value", "meant"), READ, ids=named)
def test_usual_ways_of_writing_are_understood(read, value, meant):
    assert read(value) == meant


@pytest.mark.parametrize(("read", "value", "sentence"), REFUSED, ids=named)
def test_what_cannot_be_meant_is_refused_with_a_sentence_and_a_remedy(read, value, sentence):
    with pytest.raises(Fault) as refused:
        read(value)

    assert sentence in refused.value.message
    assert refused.value.remedy.startswith("Xin ") and refused.value.message.endswith((".", "”."))


def test_a_bare_number_takes_the_unit_of_its_title():
    assert read_time("05", "working_day") == "5 ngày làm việc"


@given(
    st.integers(1, 999),
    st.sampled_from(["ngày làm việc", "ngày"]),
    st.sampled_from(["", "Không quá ", "Tối đa "]),
)
def test_any_plain_duration_comes_out_as_one_that_is_counted(number, unit, before):
    found = parse_duration(read_time(f"{before}{number:02d} {unit}"))

    assert (found.value, found.unit) == (number, "working_day" if "làm" in unit else "day")


@given(SUMS, st.sampled_from([",", ".", ""]), st.sampled_from(["", " đồng", "đ", " VNĐ"]))
def test_any_sum_keeps_its_value(amount, separator, unit):
    written = f"{amount:,}".replace(",", separator) + unit

    assert read_fee(written) == f"{amount:,} đồng".replace(",", ".")


@given(ANYTHING)
def test_no_cell_breaks_a_reader(value):
    for read in (read_time, read_fee, read_levels, read_enabled, read_online, read_url, read_list, text_of):
        try:
            read(value)
        except Fault as fault:
            assert fault.message and fault.remedy


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_in_excel(index, letter):
    assert column_letter(index) == letter


@pytest.fixture
def matcher():
    return Matcher(
        [
            Known("so-tu-phap", "Sở Tư pháp"),
            Known("so-nnmt", "Sở Nông nghiệp và Môi trường"),
            Known("ubnd-tinh", "UBND tỉnh Lâm Đồng"),
            Known("phuong-1-a", "UBND phường 1"),
            Known("phuong-1-b", "UBND phường 1"),
            Known("so-cu", "Sở Kế hoạch và Đầu tư", TODAY.replace(year=2020)),
        ],
        TODAY,
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("so-tu-phap", "so-tu-phap"),
        ("Sở Tư pháp", "so-tu-phap"),
        ("SO TU PHAP", "so-tu-phap"),
        ("Sở Tư pháp tỉnh Lâm Đồng", "so-tu-phap"),
        ("Sở Nông nghiệp & Môi trường", "so-nnmt"),
        ("Sở NNMT", "so-nnmt"),
        ("Ủy ban nhân dân tỉnh", "ubnd-tinh"),
        ("UBND cấp xã", "commune"),
        ("Ủy ban nhân dân xã, phường, thị trấn", "commune"),
    ],
)
def test_an_agency_is_found_however_it_is_written(matcher, written, code):
    assert matcher.find(written) == code


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("UBND phường 1", "2 cơ quan cùng tên"),
        ("Sở Tư phap học", "Tỉnh không có cơ quan này"),
        ("Sở Kế hoạch và Đầu tư", "thôi hoạt động"),
    ],
)
def test_an_agency_that_is_not_clear_is_refused(matcher, written, sentence):
    with pytest.raises(Fault, match=sentence):
        matcher.find(written)
