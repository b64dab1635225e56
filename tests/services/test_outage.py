"""Planned cuts of power and water, by place and day."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from motcua.services.contract import Published, Question
from motcua.services.outage import SERVICE

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Monday 10:00


def row(commune: str, day: str, kind: str = "power", **given) -> dict:
    base = {
        "kind": kind, "commune": commune, "place": "Khu phố 1", "day": day, "begins": "08:00", "ends": "16:00",
        "last_day": None, "reason": "Bảo trì",
    }  # fmt: skip
    return base | given


ROWS = (
    row("Phường Mũi Né", "2026-11-24"),
    row("Phường Mũi Né", "2026-11-28", "water", place="Khu phố 5, khu phố 6"),
    row("Xã Tân Hải", "2026-11-24"),
    row("Phường Mũi Né", "2026-11-20"),
)
TABLE = Published(1, "", ROWS, None, None, date(2026, 11, 22), "Lịch tuần 48")


def ask(place: str = "", kind: str = ""):
    with time_machine.travel(NOW, tick=False):
        values = {"place": place} | ({"kind": kind} if kind else {})
        return SERVICE.ask(Question(values, date(2026, 11, 23), data=SERVICE.prepare([TABLE])))


def found(reply) -> list[tuple[str, str, str]]:
    return [(card.record["kind"], card.record["commune"], card.record["begins"][:10]) for card in reply.cards]


@pytest.mark.parametrize(
    ("place", "cuts"),
    [
        (
            "phường Mũi Né",
            [("power", "Phường Mũi Né", "2026-11-24"), ("water", "Phường Mũi Né", "2026-11-28")],
        ),
        ("mui ne ngay mai", [("power", "Phường Mũi Né", "2026-11-24")]),
        ("cúp nước mũi né", [("water", "Phường Mũi Né", "2026-11-28")]),
        ("Mũi Né 28/11", [("water", "Phường Mũi Né", "2026-11-28")]),
        ("khu phố 5", [("water", "Phường Mũi Né", "2026-11-28")]),
        ("xã Tân Hải", [("power", "Xã Tân Hải", "2026-11-24")]),
    ],
)
def test_what_is_coming_is_found_by_place_and_day_and_what_is_over_is_not(place, cuts):
    reply = ask(place)

    assert (reply.kind, found(reply)) == ("match", cuts)


def test_without_a_place_the_communes_are_on_offer():
    reply = ask()

    assert reply.kind == "choices"
    assert [choice.label for choice in reply.choices] == ["Phường Mũi Né", "Xã Tân Hải"]


@pytest.mark.parametrize("place", ["phường Hàm Thắng", "Mũi Né 01/12", "Mũi Né 31/02"])
def test_a_place_or_day_without_cuts_says_so(place):
    reply = ask(place)

    assert reply.kind == ("match" if "31/02" in place else "none")
    assert reply.kind == "match" or reply.text.startswith("Chưa có lịch")


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"ends": "07:00"}, "ends"),
        ({"last_day": "2026-12-24"}, "last_day"),
        ({"last_day": "2026-11-23"}, "ends"),
    ],
)
def test_a_cut_that_ends_before_it_begins_or_never_is_a_fault(given, column):
    (fault,) = SERVICE.check_row(row("Phường Mũi Né", "2026-11-24", **given))

    assert fault.column == column
    assert (
        list(SERVICE.check_row(row("Phường Mũi Né", "2026-11-24", ends="02:00", last_day="2026-11-25"))) == []
    )


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("mai có cúp điện không", "power"),
        ("khu tôi mất nước hả", "water"),
        ("thủ tục cấp điện", None),
        ("điện thoại sở", None),
    ],
)
def test_a_line_of_cutting_is_claimed(line, kind):
    heard = SERVICE.hears(line)

    assert (heard and heard["kind"]) == kind


def test_news_are_of_what_is_still_to_come_each_with_a_key_of_its_own():
    with time_machine.travel(NOW, tick=False):
        news = list(SERVICE.news([TABLE]))

    assert [(one.topic, one.area) for one in news] == [
        ("power", "Phường Mũi Né"), ("water", "Phường Mũi Né"), ("power", "Xã Tân Hải"),
    ]  # fmt: skip
    assert len({one.key for one in news}) == 3
    assert "08:00–16:00, thứ Ba 24/11/2026" in news[0].text
