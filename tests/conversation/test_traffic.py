"""Violations and licences in the chat: the owner is asked for a proof, the holder offered a reminder."""

import os
import time

import pytest

from motcua.core.database import db
from motcua.reminders.models import LicenceReminder
from motcua.services.driving_licence.sources import LAYOUT as LICENCES
from motcua.services.sources import nightly
from motcua.services.traffic_fine.service import index
from motcua.services.traffic_violation.sources import LAYOUT as VIOLATIONS
from tests.conversation.conftest import info_event
from tests.factories import PHONE
from tests.installing import switch_on

VIOLATION = (
    "plate,vehicle_kind,chassis_last,occurred_at,place,behaviour,status\n"
    "43A-000.01,1,0012345,2025-12-30T15:39,Đường Thử Nghiệm,Vượt đèn đỏ,Chưa xử phạt\n"
)
LICENCE = (
    "number,date_of_birth,name,classes,issued_on,expires_on,status,points_left\n"
    "790000000001,31/01/1990,Nguyễn Thử,B,20/05/2025,20/05/2035,valid,10\n"
)


@pytest.fixture
def leave(tmp_path, province):
    def leave(layout, body: str) -> None:
        place = tmp_path / province / layout.service / "in"
        place.mkdir(parents=True)
        (place / "20261125.csv").write_text(body, encoding="utf-8")
        long_ago = time.time() - nightly.SETTLED_S - 1
        os.utime(place / "20261125.csv", (long_ago, long_ago))
        nightly.take_all(tmp_path, layout)
        switch_on(layout.service)

    return leave


def test_an_owner_is_led_from_the_count_to_the_details(leave, say):
    leave(VIOLATIONS, VIOLATION)

    (count,) = say("phạt nguội 43A-000.01")
    (question,) = say("1")
    (details,) = say("12345")

    assert "Có 1 vi phạm chưa xử phạt" in count
    assert "Đường Thử Nghiệm" not in count
    assert "số khung" in question
    assert "Đường Thử Nghiệm" in details


def test_a_bare_plate_is_asked_of_the_service(leave, say):
    leave(VIOLATIONS, VIOLATION)

    assert "Có 1 vi phạm" in say("43A-000.01")[0]


def test_a_holder_looks_up_a_licence_and_wants_to_be_reminded(leave, hears, say):
    leave(LICENCES, LICENCE)
    hears(info_event(PHONE))

    (question,) = say("tra bằng lái 790000000001")
    (card,) = say("31/01/1990")
    (told,) = say("nhắc bằng lái")

    assert "Ngày sinh" in question or "ngày sinh" in question
    assert "10/12" in card
    assert "79********01" in told
    assert db.session.scalar(db.select(db.func.count()).select_from(LicenceReminder)) == 1

    assert "Đã thôi nhắc" in say("thôi nhắc")[0]
    db.session.rollback()
    assert db.session.scalar(db.select(LicenceReminder)) is None


def test_whoever_has_looked_up_none_is_told_how(province, say):
    assert "tra bằng lái" in say("nhắc bằng lái")[0]


def test_a_fine_is_told_in_the_chat_with_or_without_the_phrase(province, say):
    index()  # a first question would be answered later, while the decree is read
    switch_on("traffic_fine")

    (said,) = say("mức phạt vượt đèn đỏ xe máy")

    assert "4.000.000 – 6.000.000 đồng" in said
    assert "Điều 7 khoản 7 điểm c" in said
