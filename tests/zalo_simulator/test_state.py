"""What a state file must bring back, beyond accounts and chats."""

import json

import pytest

from zalo_simulator.groups import add_asset
from zalo_simulator.world.records import CallConsent, Journey, Message, RsaKey
from zalo_simulator.world.rooms import Group, Visitor
from zalo_simulator.world.world import World


@pytest.fixture
def full() -> World:
    world = World()
    asset = add_asset(world, "388", "gmf10", "sub_quota")
    group = Group("g1", "388", "Tổ 5", asset.asset_id, "https://zalo.me/g/g1", 1, members=["lan"])
    group.keep(Message("m1", "oa", "text", "Chào", 2))
    world.groups["g1"] = group
    visitor = Visitor("a1", "c1", "388", "Khách", 3)
    visitor.keep(Message("m2", "user", "text", "Mấy giờ?", 4))
    world.visitors["a1"] = visitor
    world.journeys["t"] = Journey("t", "1", "9", "388", "84912345678", 1, 2, charged=True)
    world.consents["k"] = CallConsent("k", "388", "lan", "84912345678", "audio", 101, 1, 2, "ALLOW", 1)
    world.rsa_keys["9", "388"] = RsaKey("9", "388", "pem", "der")
    world.tallies.add("promotion", "lan", "2026-11-24")
    world.orders["o"] = {"order_id": "o", "paid": True}
    world.videos["v"] = {"oa_id": "388", "video_id": "x", "started_at_ms": 1}
    world.user_tokens["u"] = {"app_id": "9", "citizen_id": "lan", "expires_at_ms": 1}
    return world


def test_everything_comes_back(full):
    again = World()

    again.load(json.loads(json.dumps(full.dump())))

    assert again.dump() | {"clock": None} == full.dump() | {"clock": None}
    assert again.groups["g1"].find("m1").text == "Chào" and again.visitors["a1"].page == "visitor:a1"
    assert again.tallies.count("promotion", "lan", "2026-11-24") == 1


def test_a_file_of_the_first_version_loads(full):
    old = json.loads(json.dumps(full.dump()))
    for name in (
        "groups",
        "group_assets",
        "visitors",
        "journeys",
        "consents",
        "rsa_keys",
        "tallies",
        "orders",
        "videos",
    ):
        del old[name]

    again = World()
    again.load(old)

    assert (again.groups, again.visitors, again.tallies.dump()) == ({}, {}, {})
