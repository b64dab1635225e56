import pytest

from tests.zalo_simulator.driving import OA, OTHER_OA

GROUP = "/openapi/v3.0/oa/group"


@pytest.fixture
def asset(zalo, uid) -> str:
    """A free place for fifty people."""
    rows = zalo.api("POST", "/v3.0/oa/quota/group", {"quota_owner": "OA", "product_type": "gmf50"})["data"]
    assert [row["status"] for row in rows] == ["available"]
    return rows[0]["asset_id"]


@pytest.fixture
def group(zalo, uid, asset) -> str:
    return create(zalo, asset, [uid])["data"]["group_id"]


def create(zalo, asset: str, uids: list, **more) -> dict:
    body = {"group_name": "Tổ dân phố 5", "asset_id": asset, "member_user_ids": uids} | more
    return zalo.api("POST", GROUP + "/creategroupwithoa", body)


def send(zalo, group: str, **message) -> dict:
    return zalo.api("POST", GROUP + "/message", {"recipient": {"group_id": group}, "message": message})


def phone(zalo, citizen: str, group: str) -> dict:
    return zalo.sim("GET", f"/citizens/{citizen}/groups/{group}")


def test_a_group_is_made_listed_and_told(zalo, uid, asset, listener):
    made = create(zalo, asset, [uid], group_description="Tin của tổ")["data"]
    listed = zalo.api("GET", GROUP + "/getgroupsofoa?offset=0&count=5")["data"]
    shown = zalo.api("GET", f"{GROUP}/getgroup?group_id={made['group_id']}")["data"]

    assert made["group_link"].startswith("https://zalo.me/g/") and made["status"] == "enabled"
    assert [row["group_id"] for row in listed["groups"]] == [made["group_id"]] and listed["total"] == 1
    assert shown["group_info"]["max_member"] == 50 and shown["asset_info"]["asset_id"] == asset
    assert listener.wait("create_group")[0]["group_id"] == made["group_id"]
    assert listener.wait("user_join_group")[0]["users"] == [{"id": uid}]


def test_a_message_reaches_every_member_and_an_answer_comes_back(zalo, uid, group, listener):
    answer = send(zalo, group, text="Mời họp tối nay")["data"]
    zalo.sim("POST", f"/citizens/lan/groups/{group}/text", {"text": "Tôi sẽ đến"})
    heard = listener.wait("user_send_group_text")[0]
    history = zalo.api("GET", f"{GROUP}/conversation?group_id={group}&offset=0&count=5")["data"]

    assert answer["group_id"] == group and answer["message_id"]
    assert [m["from"] for m in phone(zalo, "lan", group)["messages"]] == ["oa", "user"]
    assert (heard["sender"], heard["recipient"], heard["oa_id"]) == ({"id": uid}, {"id": group}, OA)
    assert heard["user_id_by_app"] and heard["message"]["text"] == "Tôi sẽ đến"
    assert [row["src"] for row in history] == [1, 0] and history[0]["from_id"] == uid
    assert listener.wait("oa_send_group_text")[0]["sender"] == {"id": OA}


@pytest.mark.parametrize("act", ["image", "file", "sticker", "location", "business-card"])
def test_members_enclose_things(zalo, group, listener, act):
    zalo.sim("POST", f"/citizens/lan/groups/{group}/{act}", {})

    event = listener.wait(f"user_send_group_{act.replace('-', '_')}")[0]
    assert event["message"]["attachments"][0]["payload"]


def test_people_come_and_go(zalo, group, listener):
    minh = zalo.follow("minh")
    people = {"group_id": group, "member_user_ids": [minh]}

    for action, event in (
        ("invite", "user_join_group"),
        ("addadmins", "add_group_admin"),
        ("removeadmins", "remove_group_admin"),
        ("removemembers", "user_out_group"),
    ):
        assert zalo.api("POST", f"{GROUP}/{action}", people)["error"] == 0
        assert {"id": minh} in listener.wait(event)[-1]["users"]
    assert (
        zalo.api("GET", f"{GROUP}/listmember?group_id={group}")["data"]["total"] == 2
    )  # Lan and the account
    assert zalo.api("POST", f"{GROUP}/removemembers", people)["error"] == -201


def test_joining_by_link_waits_for_approval_when_the_group_says_so(zalo, group, listener):
    zalo.follow("minh")
    zalo.api("POST", GROUP + "/updateinfo", {"group_id": group, "join_appr": True})
    zalo.sim("POST", f"/citizens/minh/groups/{group}/join", {})
    (waiting,) = zalo.api("GET", f"{GROUP}/listpendinginvite?group_id={group}")["data"]["members"]

    body = {"group_id": group, "member_user_ids": [waiting["user_id"]]}
    assert zalo.api("POST", GROUP + "/acceptpendinginvite", body)["error"] == 0
    for event in ("user_request_join_group", "accept_request_join_group", "update_group_info"):
        listener.wait(event)
    assert phone(zalo, "minh", group)["name"] == "Tổ dân phố 5"


def test_a_refused_request_to_join(zalo, group, listener):
    uid = zalo.follow("minh")
    zalo.sim("POST", f"/groups/{group}", {"join_appr": True})
    zalo.sim("POST", f"/citizens/minh/groups/{group}/join", {})

    zalo.api("POST", GROUP + "/rejectpendinginvite", {"group_id": group, "member_user_ids": [uid]})

    assert listener.wait("reject_request_join_group")[0]["users"] == [{"id": uid}]
    assert zalo.sim("GET", "/citizens/minh/groups")["groups"] == []


def test_codes_of_groups_and_places(zalo, uid, group, asset):
    assert create(zalo, asset, [uid])["error"] == -238
    assert create(zalo, "1", [uid])["error"] == -241
    assert send(zalo, "ffff", text="x")["error"] == -403
    assert send(zalo, group, text="d" * 2_001)["error"] == -210
    assert zalo.api("POST", GROUP + "/message", {"recipient": {}, "message": {"text": "x"}})["error"] == -201
    zalo.sim("POST", f"/groups/{group}", {"status": "disabled"})
    assert send(zalo, group, text="x")["error"] == -237


def test_a_group_ends_with_what_was_paid_for_it(zalo, group):
    zalo.advance(days=366)
    token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OA})["access_token"]

    body = {"recipient": {"group_id": group}, "message": {"text": "x"}}
    assert zalo.api("POST", GROUP + "/message", body, token=token)["error"] == -237


def test_another_account_is_not_in_the_group(zalo, group):
    token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OTHER_OA})["access_token"]

    assert zalo.api("GET", f"{GROUP}/getgroup?group_id={group}", token=token)["error"] == -403


def test_only_admins_write_into_a_locked_group(zalo, uid, group):
    zalo.sim("POST", f"/groups/{group}", {"lock_send_msg": True})
    zalo.sim("POST", f"/citizens/lan/groups/{group}/text", {"text": "x"}, expect=400)

    zalo.api("POST", GROUP + "/addadmins", {"group_id": group, "member_user_ids": [uid]})

    zalo.sim("POST", f"/citizens/lan/groups/{group}/text", {"text": "x"})


def test_a_deleted_group_gives_its_place_back(zalo, uid, group, asset, listener):
    assert zalo.api("POST", GROUP + "/delete", {"group_id": group})["error"] == 0

    assert listener.wait("delete_group")
    assert create(zalo, asset, [uid])["error"] == 0


def test_the_administrator_makes_a_group_by_hand(zalo):
    zalo.follow()
    made = zalo.sim("POST", "/groups", {"oa_id": OA, "name": "Tổ 1", "members": ["lan"]})

    assert zalo.sim("GET", "/citizens/lan/groups")["groups"][0]["name"] == "Tổ 1"
    zalo.sim("DELETE", f"/groups/{made['group_id']}")
    assert zalo.sim("GET", "/groups")["groups"] == []


def test_buying_a_bigger_place(zalo, uid):
    order = zalo.api("POST", "/v3.0/oa/purchase/create_order", {"beneficiary": "OA", "product_id": 2004})[
        "data"
    ]
    paid = {"order_id": order["order_id"], "verified_token": order["verified_token"]}

    bought = zalo.api("POST", "/v3.0/oa/purchase/confirm_order", paid)["data"]["asset_id"]

    assert create(zalo, bought, [uid])["data"]["max_member"] == 1_000
    assert zalo.api("POST", "/v3.0/oa/purchase/confirm_order", paid)["error"] == -201
    zalo.sim("POST", "/oas", {"oa_id": OA, "balance_vnd": 0})
    poor = zalo.api("POST", "/v3.0/oa/purchase/create_order", {"beneficiary": "OA", "product_id": 1004})[
        "data"
    ]
    assert zalo.api("POST", "/v3.0/oa/purchase/confirm_order", poor)["error"] == -321
