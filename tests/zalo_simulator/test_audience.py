from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.zalo_simulator.driving import OPENAPI
from tests.zalo_simulator.test_users import ARTICLE
from zalo_simulator.errors import ZaloError
from zalo_simulator.openapi.audience import PROVINCES, belongs, read_target
from zalo_simulator.world.records import Citizen

DIMENSIONS = ["ages", "gender", "cities", "locations", "platform"]
TODAY = date(2026, 11, 24)
LAN = Citizen(
    "lan", "Lan", "84912345678", city="Tỉnh Bình Thuận", birth_date="1990-11-25", gender="Nữ", platform="ios"
)


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ({}, True),
        ({"gender": "0", "ages": "0,1,2,3,4,5,6,7", "locations": "0,1,2", "platform": "1,2,3"}, True),
        ({"gender": "2"}, True),
        ({"gender": [1]}, False),
        ({"ages": "4"}, True),  # 35 tomorrow's birthday has not come yet: 3 is 25-34
        ({"ages": [3]}, False),
        ({"cities": "30"}, True),
        ({"cities": ["9", "4"]}, False),
        ({"locations": 1}, True),
        ({"locations": "0,2"}, False),
        ({"platform": "1"}, True),
        ({"platform": [2]}, False),
        ({"gender": "2", "cities": "9"}, False),
    ],
)
def test_who_is_meant(target, reached):
    assert belongs(LAN, read_target(target), TODAY) is reached


def test_what_is_not_known_does_not_match():
    stranger = Citizen("x", "X", "84900000000", platform="android")

    assert belongs(stranger, read_target({}), TODAY)
    assert not any(
        belongs(stranger, read_target(t), TODAY) for t in ({"ages": "1"}, {"gender": 1}, {"cities": "9"})
    )


@pytest.mark.parametrize("city", ["Hà Nội", "Thành phố Hà Nội", "TP Hà Nội", "ha noi", "TP. HÀ NỘI"])
def test_names_of_a_city(city):
    assert belongs(Citizen("x", "X", "84900000000", city=city), read_target({"cities": "9"}), TODAY)


@given(st.sampled_from(range(63)))
def test_every_province_has_its_number(number):
    citizen = Citizen("x", "X", "84900000000", city=PROVINCES[number])

    assert belongs(citizen, read_target({"cities": [number]}), TODAY)


VALUES = st.one_of(st.none(), st.integers(-1, 70), st.text("0123456789,- x", max_size=6))


@given(st.dictionaries(st.sampled_from(DIMENSIONS), st.one_of(VALUES, st.lists(VALUES, max_size=4))))
def test_a_malformed_target_is_refused_and_never_crashes(target):
    try:
        wanted = read_target(target)
    except ZaloError as error:
        assert error.code == -201
    else:
        assert belongs(LAN, wanted, TODAY) in (True, False)


def test_a_broadcast_honours_it(zalo, uid):
    zalo.follow("minh")
    zalo.sim(
        "POST", "/citizens", {"citizen_id": "minh", "name": "Minh", "phone": "0987654321", "gender": "Nam"}
    )
    token = zalo.api("POST", OPENAPI + "/v2.0/article/create", ARTICLE)["data"]["token"]
    zalo.advance(seconds=2)
    article = zalo.api("POST", OPENAPI + "/v2.0/article/verify", {"token": token})["data"]["id"]
    payload = {"template_type": "media", "elements": [{"media_type": "article", "attachment_id": article}]}
    body = {"recipient": {"target": {"gender": "1"}}, "message": {"attachment": {"payload": payload}}}

    assert zalo.api("POST", OPENAPI + "/v2.0/oa/message", body)["error"] == 0

    assert [len(zalo.chat(one)["messages"]) for one in ("lan", "minh")] == [0, 1]
    body["recipient"]["target"] = {"ages": "9"}
    assert zalo.api("POST", OPENAPI + "/v2.0/oa/message", body)["error"] == -201
