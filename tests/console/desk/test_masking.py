"""Names in the desk's lists."""

import pytest

from motcua.console.desk.masking import masked_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Thị Lan", "N. T. Lan"),
        ("Lan", "Lan"),
        ("", ""),
        ("Trương Trung Tâm", "T. T. Tâm"),
        ("Công Thị Tyson", "C. T. Tyson"),
        ("Công ty TNHH Hải sản  Phan Thiết", "Công ty TNHH Hải sản Phan Thiết"),
        ("CÔNG TY CỔ PHẦN X", "CÔNG TY CỔ PHẦN X"),
        ("HTX Nông nghiệp Hàm Minh", "HTX Nông nghiệp Hàm Minh"),
    ],
)
def test_people_are_shown_by_initials_and_organisations_by_name(name, shown):
    assert masked_name(name) == shown
