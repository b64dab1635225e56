"""The tables we ship, and what a province's own file must hold."""

import pytest

from motcua.services.checking import check_file
from motcua.services.land_price import SERVICE
from tests.services.land_price.tables import DA_NANG, HCMC, checked, published

HEAD = "Quận/Huyện;Tên đường;Từ;Đến;Loại đất;VT1 (nghìn đồng/m2);VT2 (nghìn đồng/m2);Hệ số VT3\n"


def check(lines: str):
    return check_file(SERVICE, (HEAD + lines).encode())


@pytest.mark.parametrize(("file", "rows"), [(HCMC, 4607), (DA_NANG, 17)], ids=["hcmc", "da-nang"])
def test_the_shipped_tables_have_no_fault(file, rows):
    assert checked(file).fault_count == 0, checked(file).faults[:3]
    assert len(checked(file).rows) == rows


def test_the_citys_rows_lie_in_its_22_districts_and_cost_what_land_costs_there():
    rows = published(HCMC).rows

    assert len({row["area"] for row in rows}) == 22
    assert {row["land_class"] for row in rows} == {"ODT"}
    assert (min(row["price_1"] for row in rows), max(row["price_1"] for row in rows)) == (
        2_300_000,
        687_200_000,
    )
    assert {row["area_former"] for row in rows if row["area"] == "Thủ Đức"} == {
        "Quận 2",
        "Quận 9",
        "Quận Thủ Đức",
    }


def test_a_column_headed_in_thousands_is_kept_in_dong():
    found = check("Quận 1;LÊ LỢI;;;Đất ở;162.000;81.000;0,4\n")

    cells = found.rows[0][1]
    assert (cells["price_1"], cells["price_2"], cells["coefficient_3"]) == (162_000_000, 81_000_000, "0.4")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Quận 1;LÊ LỢI;;;Đất ở;162.000.000;;\n", "Xin xem lại đơn vị"),
        ("Quận 1;LÊ LỢI;;;Đất ở;162.000;;3\n", "Hệ số phải lớn hơn 0"),
        ("Quận 1;LÊ LỢI;;A;Đất ở;162.000;;\n", "thiếu điểm đầu"),
        ("Quận 1;LÊ LỢI;;;Đất hoang;162.000;;\n", "không có trong danh sách"),
        ("Quận 1;;;;Đất ở;162.000;;\n", "đang trống"),
        ("Quận 1;LÊ LỢI;;;Đất ở;162.000;;\nQuận 1;LÊ LỢI;;;Đất ở;99.000;;\n", "dòng"),
    ],
)
def test_a_wrong_row_is_named_with_the_remedy(line, sentence):
    found = check(line)

    assert found.fault_count == 1 and not found.rows
    assert sentence in str(found.faults[0])
