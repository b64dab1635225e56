"""Days and hours as people type them."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.appointments.when import PARTS, When, read
from motcua.core.text.normal import without_marks

TODAY = date(2026, 11, 26)  # a Thursday
WORDS = (
    "8", "12", "31", "99", "giờ", "h", "rưỡi", "kém", "sáng", "chiều", "tới", "tối", "mai", "mốt", "kia", "nay", "thứ",
    "ba", "tuần", "sau", "/", "-", ":", "ngày", "tháng", "năm", "2026", "chủ", "nhật",
)  # fmt: skip


def said(text: str) -> tuple:
    found = read(text, TODAY)
    return found and (found.day or found.since, found.part, found.clock)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sáng thứ Ba", (day("2026-12-01"), "morning", None)),
        ("8 giờ mai", (day("2026-11-27"), None, time(8))),
        ("mai 8h", (day("2026-11-27"), None, time(8))),
        ("8h30 sáng mai", (day("2026-11-27"), "morning", time(8, 30))),
        ("8:30", (None, None, time(8, 30))),
        ("9g30", (None, None, time(9, 30))),
        ("9 giờ 15 phút", (None, None, time(9, 15))),
        ("chín giờ kém mười lăm", (None, None, time(8, 45))),
        ("mười giờ ba mươi", (None, None, time(10, 30))),
        ("2 giờ rưỡi chiều", (None, "afternoon", time(14, 30))),
        ("2 giờ", (None, None, time(14))),
        ("2 giờ sáng", (None, "morning", time(2))),
        ("một giờ chiều mai", (day("2026-11-27"), "afternoon", time(13))),
        ("mốt", (day("2026-11-28"), None, None)),
        ("một", None),
        ("ngày kia", (day("2026-11-28"), None, None)),
        ("chiều nay", (day("2026-11-26"), "afternoon", None)),
        ("thứ năm", (TODAY, None, None)),
        ("thứ năm tới", (day("2026-12-03"), None, None)),
        ("thứ ba này", (day("2026-12-01"), None, None)),
        ("thứ sáu tuần sau", (day("2026-12-04"), None, None)),
        ("t2", (day("2026-11-30"), None, None)),
        ("CN", (day("2026-11-29"), None, None)),
        ("tuần sau", (day("2026-11-30"), None, None)),
        ("sáng tuần tới", (day("2026-11-30"), "morning", None)),
        ("5/12", (day("2026-12-05"), None, None)),
        ("05-12-2026 lúc 9 giờ", (day("2026-12-05"), None, time(9))),
        ("5.12.2026", (day("2026-12-05"), None, None)),
        ("ngày 5 tháng 12", (day("2026-12-05"), None, None)),
        ("ngày 5", (day("2026-12-05"), None, None)),
        ("mùng 2 tháng 1", (day("2027-01-02"), None, None)),
        ("thứ Hai 30/11", (day("2026-11-30"), None, None)),
        ("25/11", (day("2027-11-25"), None, None)),
        ("Tuesday morning", (day("2026-12-01"), "morning", None)),
        ("tomorrow 2pm", (day("2026-11-27"), None, time(14))),
        ("next monday", (day("2026-11-30"), None, None)),
        ("cho tôi 8 giờ sáng mai", (day("2026-11-27"), "morning", time(8))),
        ("tối mai", (day("2026-11-27"), "evening", None)),
        ("31/2", None),
        ("25 giờ", None),
        ("8h75", None),
        ("làm khai sinh cho con cần gì", None),
        ("thủ tục ly hôn", None),
        ("", None),
    ],
)
def test_what_is_said_of_a_time(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text", ["sáng thứ Ba", "8 giờ mai", "5/12 lúc 2 giờ rưỡi chiều", "chiều thứ sáu tuần sau", "hôm nay"]
)
def test_accents_make_no_difference(text):
    assert read(without_marks(text.lower()), TODAY) == read(text, TODAY)


def test_what_is_not_about_time_is_left_over():
    assert read("mai táng phí cần giấy gì", TODAY).rest == "tang phi can giay gi"
    assert read("cho em hẹn lúc 8 giờ sáng mai ạ", TODAY).rest == ""


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text):
    found = read(text, TODAY)

    assert found is None or isinstance(found, When)


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_words_of_time_in_any_order_give_a_day_that_exists_or_nothing(text):
    found = read(text, TODAY)

    assert found is None or isinstance(found, When)


@given(st.integers(0, 330), st.integers(7, 16), st.sampled_from([0, 15, 30, 45]))
def test_a_written_day_and_hour_are_read_back(ahead, hour, minute):
    wanted = TODAY + timedelta(ahead)
    forms = (
        f"{wanted:%d/%m/%Y} {hour}:{minute:02d}",
        f"{hour}h{minute:02d} ngày {wanted.day}/{wanted.month}",
        f"{hour} giờ {minute} ngày {wanted.day} tháng {wanted.month} năm {wanted.year}",
    )

    assert {(found.day, found.clock) for found in (read(form, TODAY) for form in forms)} == {
        (wanted, time(hour, minute))
    }


@given(st.integers(0, 6), st.integers(0, 400))
def test_a_weekday_is_the_next_such_day(weekday, ahead):
    today = TODAY + timedelta(ahead)
    name = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "chủ nhật")[weekday]

    found = read(name, today).day

    assert found.weekday() == weekday
    assert today <= found < today + timedelta(7)
    is_this_week = found.isocalendar()[:2] == today.isocalendar()[:2]
    assert read(f"{name} tuần sau", today).day == found + timedelta(7 if is_this_week else 0)


@given(st.sampled_from(sorted(PARTS)), st.integers(0, 23))
def test_a_part_of_the_day_allows_what_begins_in_it(part, hour):
    start = datetime(2026, 12, 1, hour)  # noqa: DTZ001 - a local clock
    begin, close = PARTS[part]

    assert When(part=part).allows(start, start + timedelta(minutes=30)) == (begin <= start.time() < close)
