import pytest

from tests.zalo_simulator.driving import BUSINESS, OA, OTHER_OA, TEMPLATE

LAYOUT = {
    "header": {"components": [{"LOGO": {"light": {"type": "IMAGE", "media_id": "m"}}}]},
    "body": {
        "components": [
            {"TITLE": {"value": "Hồ sơ đã tiếp nhận"}},
            {"PARAGRAPH": {"value": "Kính gửi <ho_ten>, hồ sơ của Ông/Bà đã được tiếp nhận."}},
            {
                "TABLE": {
                    "rows": [{"title": "Mã hồ sơ", "value": "<ma>"}, {"title": "Họ tên", "value": "<ho_ten>"}]
                }
            },
        ]
    },
    "footer": {
        "components": [
            {"BUTTONS": {"items": [{"type": 1, "title": "Xem hồ sơ", "content": "https://mc.vn"}]}}
        ]
    },
}
STARS = [
    {
        "star": star,
        "title": f"{star} sao",
        "question": "Vì sao?",
        "answers": ["Nhanh"],
        "thanks": "Cảm ơn!",
        "description": "Xin cảm ơn.",
    }
    for star in range(1, 6)
]
DRAFT = {
    "template_name": "Biên nhận hồ sơ",
    "template_type": 1,
    "tag": "1",
    "layout": LAYOUT,
    "params": [
        {"name": "ho_ten", "type": "1", "sample_value": "Nguyễn Văn A"},
        {"name": "ma", "type": "4", "sample_value": "HS-001"},
    ],
    "note": "",
    "tracking_id": "c-1",
}


def create(zalo, **changes) -> dict:
    return zalo.api("POST", BUSINESS + "/template/create", DRAFT | changes)


def test_the_list_with_status_and_paging(zalo):
    for number in range(3):
        zalo.sim("POST", "/templates", TEMPLATE | {"id": f"40000{number}", "status": "REJECT"})
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "500000", "oa_id": OTHER_OA})

    everything = zalo.api("GET", BUSINESS + "/template/all?offset=0&limit=100")
    rejected = zalo.api("GET", BUSINESS + "/template/all?offset=1&limit=1&status=3")

    assert everything["metadata"] == {"total": 4}
    assert set(everything["data"][0]) == {
        "templateId",
        "templateName",
        "createdTime",
        "status",
        "templateQuality",
    }
    assert rejected["metadata"]["total"] == 3 and len(rejected["data"]) == 1
    assert zalo.api("GET", BUSINESS + "/template/all?status=ENABLE")["error"] == -132
    assert zalo.api("GET", BUSINESS + "/template/all?limit=101")["error"] == -132


@pytest.mark.parametrize("path", ["/template/info/v2", "/template/info"])
def test_the_info_of_a_template(zalo, path):
    info = zalo.api("GET", f"{BUSINESS}{path}?template_id=300001")["data"]

    assert info["templateName"] == "Tiếp nhận hồ sơ" and info["templateTag"] == "TRANSACTION"
    assert info["listParams"][0] == {
        "name": "ho_ten",
        "require": True,
        "type": "1",
        "maxLength": 30,
        "minLength": 0,
        "acceptNull": False,
    }
    assert info["listButtons"] == [{"type": 1, "title": "Xem tiến độ", "content": "https://mc.vn/t/<ma>"}]
    assert (info["price_sdt"], info["price_uid"], info["timeout"]) == ("120", "80", 7_200_000)
    assert zalo.api("GET", BUSINESS + path + "?template_id=1")["error"] == -109


def test_sample_data(zalo):
    sample = zalo.api("GET", BUSINESS + "/template/sample-data?template_id=300001")["data"]

    assert sample["ho_ten"] == "Nguyễn Văn A" and set(sample) == {"ho_ten", "ma", "ngay"}


def test_create_review_and_send(zalo, listener):
    made = create(zalo)["data"]
    assert (made["template_status"], made["tag"], made["oa_id"]) == ("PENDING_REVIEW", "1", OA)
    values = {"ho_ten": "Lan", "ma": "1"}
    assert zalo.zbs(template=made["template_id"], data=values)["error"] == -131

    zalo.sim("POST", f"/templates/{made['template_id']}/review", {"status": "ENABLE"})

    assert zalo.zbs(template=made["template_id"], data=values)["error"] == 0
    assert zalo.chat()["messages"][-1]["table"][0] == {"key": "Mã hồ sơ", "value": "1"}
    event = listener.wait("change_template_status", 2)[1]
    assert event["status"] == {"prev_status": "PENDING_REVIEW", "new_status": "ENABLE"}
    assert event["template_id"] == made["template_id"] and event["oa_id"] == OA


def test_a_rejected_template_may_be_edited_another_not(zalo):
    template_id = create(zalo)["data"]["template_id"]
    edit = DRAFT | {"template_id": template_id, "template_name": "Biên nhận hồ sơ mới"}
    assert zalo.api("POST", BUSINESS + "/template/edit", edit)["error"] == -1091

    zalo.sim("POST", f"/templates/{template_id}/review", {"status": "REJECT", "reason": "Thiếu tên"})
    info = zalo.api("GET", f"{BUSINESS}/template/info/v2?template_id={template_id}")["data"]
    edited = zalo.api("POST", BUSINESS + "/template/edit", edit)

    assert info["reason"] == "Thiếu tên"
    assert edited["data"]["template_status"] == "PENDING_REVIEW"


def test_review_may_come_by_itself(zalo):
    zalo.settings(template_review_s=60)
    template_id = create(zalo)["data"]["template_id"]
    zalo.advance(seconds=61)

    assert zalo.zbs(template=template_id, data={"ho_ten": "Lan", "ma": "1"})["error"] == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"template_name": "ngắn"}, -132),
        ({"template_type": 9}, -132),
        ({"tag": "TRANSACTION"}, -132),
        ({"layout": {"body": {"components": [{"TITLE": {"value": "ngắn"}}]}}}, -132),
        ({"layout": {"body": {"components": [{"VIDEO": {}}]}}}, -132),
        ({"layout": "x"}, -132),
        ({"params": DRAFT["params"][:1]}, -132),
        ({"params": [{"name": "tên", "type": "1"}]}, -132),
        ({"note": "d" * 401}, -132),
        ({"template_type": 5}, -132),
    ],
)
def test_drafts_that_break_a_rule(zalo, changes, code):
    assert create(zalo, **changes)["error"] == code


def test_wrong_buttons_in_a_draft(zalo):
    def with_button(**button) -> dict:
        return LAYOUT | {"footer": {"components": [{"BUTTONS": {"items": [button]}}]}}

    assert create(zalo, layout=with_button(type=99, title="Xem hồ sơ", content="x"))["error"] == -113
    assert create(zalo, layout=with_button(type=1, title="Xem hồ sơ", content=""))["error"] == -1131


def test_a_hundred_drafts_a_day(zalo):
    answers = [create(zalo)["error"] for _ in range(101)]

    assert answers == [0] * 100 + [-160]


def test_ratings_from_star_to_report(zalo, listener):
    body = {"components": [*LAYOUT["body"]["components"], {"RATING": {"items": STARS}}]}
    template_id = create(zalo, template_type=5, layout=LAYOUT | {"body": body})["data"]["template_id"]
    zalo.sim("POST", f"/templates/{template_id}/review", {"status": "ENABLE"})
    msg_id = zalo.zbs(template=template_id, data={"ho_ten": "Lan", "ma": "1"})["data"]["msg_id"]
    stars = {"message_id": msg_id, "stars": 4, "feedbacks": ["Nhanh"], "note": "Tốt"}

    assert zalo.do("rate", stars)["rating"]["stars"] == 4
    assert "một lần" in zalo.do("rate", stars, expect=400)["error"]

    message = listener.wait("user_feedback")[0]["message"]
    assert (message["rate"], message["note"], message["feedbacks"]) == (4, "Tốt", ["Nhanh"])
    assert (message["msg_id"], message["tracking_id"]) == (msg_id, "t-1")
    query = {"template_id": template_id, "from_time": 0, "to_time": 2**50, "offset": 0, "limit": 10}
    plain = "&".join(f"{name}={value}" for name, value in query.items())
    got = zalo.api("GET", f"{BUSINESS}/rating/get?{plain}")["data"]
    posted = zalo.api("POST", BUSINESS + "/rating/get", query)["data"]
    assert got == posted and got["total"] == 1
    assert got["data"][0]["msgId"] == msg_id and got["data"][0]["rate"] == 4 and got["data"][0]["oaId"] == OA


def test_ratings_of_anothers_template(zalo):
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "500000", "oa_id": OTHER_OA})

    assert zalo.api("GET", BUSINESS + "/rating/get?template_id=500000")["error"] == -117


def test_quick_reply_buttons(zalo, listener):
    layout = TEMPLATE["layout"] | {"buttons": [{"title": "Đồng ý", "type": "response", "payload": ""}]}
    zalo.sim("POST", "/templates", TEMPLATE | {"layout": layout})
    msg_id = zalo.zbs()["data"]["msg_id"]

    zalo.do("tap", {"message_id": msg_id, "button": "Đồng ý"})

    event = listener.wait("user_click_response_button")[0]
    assert event["msg_id"] == msg_id and event["message"]["data"] == "Đồng ý"
    rows = zalo.api("GET", BUSINESS + "/response/get?template_id=300001")["data"]["data"]
    assert rows[0]["msgId"] == msg_id and rows[0]["trackingId"] == "t-1"


ELEVEN = tuple(f"p{number}" for number in range(11))
PAYMENT = {
    "bank_code": "970436",
    "account_name": "Kho bạc Nhà nước",
    "bank_account": "0123456789",
    "amount": "<so_tien>",
    "note": "Le phi <ma>",
}
VOUCHER = {
    "name": "Giảm lệ phí",
    "condition": "Nộp trực tuyến",
    "voucher_code": "<ma>",
    "end_date": "31/12/2026",
}


def with_components(*components: dict, params: tuple = ()) -> dict:
    body = {"components": [{"TITLE": {"value": "Thông báo của tỉnh"}}, *components]}
    return {
        "layout": {"body": body},
        "params": [{"name": name, "type": "4", "sample_value": "1"} for name in params],
    }


def test_codes_vouchers_payments_and_pictures_reach_the_phone(zalo):
    parts = (
        {"IMAGES": {"items": [{"type": "IMAGE", "media_id": "m1"}]}},
        {"OTP": {"value": "<ma>"}},
        {"VOUCHER": VOUCHER},
        {"PAYMENT": PAYMENT},
    )
    made = create(zalo, **with_components(*parts, params=("ma", "so_tien")))["data"]["template_id"]
    zalo.sim("POST", f"/templates/{made}/review", {"status": "ENABLE"})

    assert zalo.zbs(template=made, data={"ma": "HS-1", "so_tien": "50000"})["error"] == 0

    shown = zalo.chat()["messages"][-1]
    assert (shown["images"], shown["otp"]) == (["m1"], "HS-1")
    assert shown["voucher"]["voucher_code"] == "HS-1"
    assert (shown["payment"]["amount"], shown["payment"]["note"]) == ("50000", "Le phi HS-1")


@pytest.mark.parametrize(
    ("component", "params"),
    [
        ({"PAYMENT": PAYMENT | {"amount": "1999"}}, ("ma",)),
        ({"PAYMENT": PAYMENT | {"amount": "500000001"}}, ("ma",)),
        ({"PAYMENT": PAYMENT | {"note": "d" * 91}}, ("so_tien",)),
        ({"VOUCHER": VOUCHER | {"name": "d" * 31}}, ("ma",)),
        ({"VOUCHER": {"name": "Giảm"}}, ()),
        ({"IMAGES": {"items": [{"type": "IMAGE"}]}}, ()),
        ({"IMAGES": {"items": [{"type": "IMAGE", "media_id": "m"}] * 4}}, ()),
        ({"PARAGRAPH": {"value": "Kính gửi " + "".join(f"<{name}>" for name in ELEVEN)}}, ELEVEN),
    ],
)  # fmt: skip
def test_components_beyond_their_limits(zalo, component, params):
    assert create(zalo, **with_components(component, params=params))["error"] == -132
