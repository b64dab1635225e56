"""A list of people from a spreadsheet: read with its faults in place, mended, merged, and never sent to strangers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.broadcasts import list_file, listed, workflow
from motcua.broadcasts.counting import count
from motcua.broadcasts.models import BroadcastListed
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError

from .conftest import WRITER, draft, messages, move_on, person, recipients, scheduled

UID = "7200000000000000099"


def csv_of(*rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def uploaded(*rows):
    one = draft()
    workflow.list_changed(one.id, WRITER, "Tải lên")
    merged = listed.replace(one, list_file.read(csv_of(*rows)))
    db.session.commit()
    return one, merged


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("0912345678", "84912345678"),
        ("0912 345 678", "84912345678"),
        ("+84 912.345.678", "84912345678"),
        ("'0912345678", "84912345678"),
        ("912345678", "84912345678"),
    ],
)
def test_a_phone_is_read_as_spreadsheets_leave_it(typed, phone):
    (line,) = list_file.read(csv_of(["Số điện thoại"], [typed]))

    assert (line.phone, line.fault) == (phone, None)


@pytest.mark.parametrize(
    ("rows", "column", "says"),
    [
        ([["Số điện thoại"], ["9.12346E+08"]], "Số điện thoại", "Văn bản"),
        ([["Số điện thoại"], ["02523822333"]], "Số điện thoại", "di động"),
        ([["Số điện thoại", "Ngôn ngữ"], ["0912345678", "fr"]], "Ngôn ngữ", "vi hoặc en"),
        ([["Tên", "SĐT"], ["Lan", ""]], "Số điện thoại", "trống"),
        ([["user_id"], ["123"]], "Mã người dùng Zalo", "15–20 chữ số"),
        ([["=cmd()1"]], "Số điện thoại hoặc mã người dùng Zalo", "ví dụ 0912345678"),
    ],
)
def test_a_fault_names_its_line_column_and_remedy(rows, column, says):
    (line,) = list_file.read(csv_of(*rows))

    assert (line.number, line.column) == (len(rows), column)
    assert says in line.fault


def test_a_file_without_headings_is_phones_and_user_ids():
    lines = list_file.read(csv_of(["0912345678", "en"], [UID]))

    assert [(one.phone, one.uid, one.language) for one in lines] == [
        ("84912345678", None, "en"),
        (None, UID, None),
    ]


def test_a_file_of_something_else_is_one_clear_sentence():
    with pytest.raises(Invalid, match="tiêu đề"):
        list_file.read(csv_of(["Tên", "Địa chỉ"], ["Lan", "Phan Thiết"]))


@given(st.lists(st.lists(st.text(max_size=30), min_size=1, max_size=4), max_size=20))
def test_any_table_is_read_or_refused_in_a_sentence(rows):
    try:
        lines = list_file.read(csv_of(*rows))
    except MotcuaError as error:
        assert "Xin " in error.message
        return
    for line in lines:
        assert (line.phone is not None) + (line.uid is not None) + (line.fault is not None) == 1


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(data):
    try:
        list_file.read(data)
    except MotcuaError as error:
        assert "Xin " in error.message


def test_the_same_person_twice_is_merged_and_what_is_stored_cannot_be_read(day):
    one, merged = uploaded(["Số điện thoại"], ["0912345678"], ["+84912345678"], ["0987654321"])

    rows = db.session.scalars(db.select(BroadcastListed)).all()
    assert merged == 1
    assert [row.value for row in rows] == ["0912345678", "0987654321"]
    assert not any("912345678" in f"{row.value_encrypted}{row.phone_index}" for row in rows)
    assert one.audience["source"] == "list"


def test_only_followers_and_the_consenting_on_the_list_are_written_to_in_the_language_it_asks_for(day):
    follower = person(topics=(), phone="84912345678")
    stranger = person(topics=(), follows=False, phone="84912345679")
    stopped = person(muted=True, phone="84912345670")
    person(phone="84987654321")  # not on the list
    one, _ = uploaded(
        ["phone", "language"],
        ["0912345678", "en"], ["0912345679", ""], ["0912345670", ""], ["0905111222", ""],
    )  # fmt: skip

    found = count(one)
    scheduled(one)
    move_on(one)

    assert (found.reached, found.not_agreed, found.muted, found.unknown) == (1, 1, 1, 1)
    assert recipients(one) == {follower.id: None, stranger.id: "not_agreed", stopped.id: "muted"}
    assert messages(one)[0].content["consultation"]["text"].startswith("ANNOUNCEMENT")


def test_faulty_lines_wait_to_be_mended_and_hold_the_submission(day):
    one, _ = uploaded(["Số điện thoại"], ["0912345678"], ["abc"], ["12"], ["0912345678"])
    first, second = listed.faults(one)
    assert [(row.line, row.value) for row in (first, second)] == [(3, "abc"), (4, "12")]

    with pytest.raises(Invalid, match="2 dòng lỗi"):
        workflow.submit(one.id, WRITER)
    db.session.rollback()
    merged = listed.mend(one, {first.id: "0987654321", second.id: ""})
    workflow.submit(one.id, WRITER)

    assert merged == 0
    assert listed.sizes(one) == (2, 0)


def test_a_mended_line_that_is_still_wrong_stays_in_its_place(day):
    one, _ = uploaded(["Số điện thoại"], ["0912345678"], ["abc"])
    (row,) = listed.faults(one)

    listed.mend(one, {row.id: "abcd"})

    (again,) = listed.faults(one)
    assert (again.line, again.value) == (3, "abcd")


def test_the_list_is_gone_when_the_broadcast_is_over(day):
    one, _ = uploaded(["Số điện thoại"], ["0912345678"])
    workflow.cancel(one.id, WRITER)
    db.session.commit()

    assert db.session.scalar(db.select(db.func.count()).select_from(BroadcastListed)) == 0
