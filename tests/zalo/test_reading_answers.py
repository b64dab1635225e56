"""Answers in the shapes other clients saw at Zalo, numbers and texts mixed."""

from datetime import UTC, date, datetime

import pytest

from motcua.zalo.article_content import Article, Paragraph, Picture
from motcua.zalo.audience import Audience
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import StillProcessing, ZaloRejected, ZaloUnavailable, ZaloUncertain
from motcua.zalo.messages import TemplateParam, TextMessage, ZbsTemplate
from motcua.zalo.phone_messaging import new_tracking_id
from tests.zalo.scripted import ask, http, ok

USER = "7000000000000000001"
TEMPLATE = ZbsTemplate("300001", {"a": "b"})


def test_oa_info_with_the_ids_other_spelling():
    info, zalo = ask(
        ok({"oaid": 388, "name": "Bình Thuận", "num_follower": "12"}), do=lambda c: c.oa_info("t")
    )

    assert (info.oa_id, info.name, info.followers, info.is_verified) == ("388", "Bình Thuận", 12, None)
    assert (zalo.asked[0].method, zalo.asked[0].path) == ("GET", "/openapi/v2.0/oa/getoa")


def test_user_detail_before_and_after_sharing():
    data = {
        "user_id": USER,
        "display_name": "An",
        "user_is_follower": True,
        "user_last_interaction_date": "03/11/2026",
        "tags_and_notes_info": {"tag_names": ["vip"], "notes": []},
        "shared_info": {"name": "An", "phone": 84912345678, "address": ""},
    }
    detail, zalo = ask(ok(data), do=lambda c: c.user_detail("t", USER))

    assert zalo.asked[0].query == {"data": f'{{"user_id":"{USER}"}}'}
    assert (detail.last_interaction_on, detail.tags, detail.is_follower) == (
        date(2026, 11, 3),
        ("vip",),
        True,
    )
    assert (detail.shared.phone, detail.shared.address) == ("84912345678", None)
    assert "84912345678" not in repr(detail)


ITEM = {
    "src": 0,
    "time": 1760000000000,
    "type": "text",
    "message": "Chào",
    "message_id": "m-1",
    "to_id": USER,
}


def test_a_conversation():
    items, zalo = ask(
        ok([ITEM, ITEM | {"src": "1", "from_id": int(USER)}]), do=lambda c: c.conversation("t", USER)
    )

    assert zalo.asked[0].query == {"data": f'{{"user_id":"{USER}","offset":0,"count":10}}'}
    assert [item.from_oa for item in items] == [True, False]
    assert [item.user_id for item in items] == [USER, USER]
    assert items[0].sent_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize("data", [None, {}, [ITEM | {"time": None}], [ITEM | {"message_id": ""}], [7]])
def test_a_conversation_that_cannot_be_read_whole_is_not_read_at_all(data):
    assert type(ask(ok(data), do=lambda c: c.conversation("t", USER))[0]) is ZaloUnavailable


def test_template_info_with_numbers_as_text():
    data = {
        "templateId": 300001,
        "templateName": "Kết quả",
        "status": "ENABLE",
        "listParams": [{"name": "a", "require": True, "type": "1", "maxLength": 30, "minLength": 0}],
        "listButtons": [{"type": 1, "title": "Xem", "content": "https://mc.vn"}],
        "timeout": "7200000",
        "price_sdt": "120.0",
        "price_uid": 80,
        "applyTemplateQuota": False,
    }
    info, zalo = ask(ok(data), do=lambda c: c.template_info("t", "300001"))

    assert (zalo.asked[0].path, zalo.asked[0].query) == (
        "/business/template/info/v2",
        {"template_id": "300001"},
    )
    assert (info.template_id, info.timeout_s, info.price_phone_vnd, info.price_uid_vnd) == (
        "300001",
        7200,
        120,
        80,
    )
    assert info.params == (TemplateParam("a", "1", True, 30),)
    assert info.buttons == (("Xem", "https://mc.vn"),)


def test_the_status_filter_of_a_template_list_is_a_number():
    found, zalo = ask(
        ok([{"templateId": 1, "templateName": "A", "status": "ENABLE"}], metadata={"total": "7"}),
        do=lambda c: c.template_list("t", status="ENABLE", limit=500),
    )

    assert zalo.asked[0].query == {"offset": "0", "limit": "100", "status": "1"}
    assert (found.total, found.templates[0].template_id) == (7, "1")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_ratings_by_either_method(method):
    row = {"note": "", "rate": "4", "submitDate": "1760000000000", "msgId": "f-1", "feedbacks": ["Nhanh"]}
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

    page, zalo = ask(
        ok({"total": 2, "data": [row, {"rate": 9}]}),
        do=lambda c: c.ratings("t", "300001", since, until),
        dialect=Dialect(report_method=method),
    )

    asked = zalo.asked[0]
    sent = asked.json if method == "POST" else asked.query
    assert (asked.method, str(sent["from_time"])) == (method, "1767225600000")
    assert [(one.message_id, one.stars, one.answers) for one in page.ratings] == [("f-1", 4, ("Nhanh",))]


@pytest.mark.parametrize(
    ("status", "state"), [(1, "delivered"), ("0", "sent"), (-1, "unknown"), (None, "unknown")]
)
def test_the_status_of_a_message(status, state):
    answer = ok({"status": status, "delivery_time": "1760000000000", "message": "x"})

    found, zalo = ask(answer, do=lambda c: c.message_status("t", "f-1", phone="84912345678"))

    assert (found.state, zalo.asked[0].query) == (state, {"message_id": "f-1", "phone": "84912345678"})


def test_a_template_by_phone_on_the_wire():
    sent, zalo = ask(
        ok({"msg_id": "f-1", "sent_time": "1760000000000", "quota": {"remainingQuota": 4999}}),
        do=lambda c: c.send_template_to_phone(
            "t", "0912 345 678", TEMPLATE, "prov01-1", mode="development", sending_mode="1"
        ),
    )

    assert (zalo.asked[0].path, zalo.asked[0].json) == (
        "/business/message/template",
        {
            "mode": "development",
            "phone": "84912345678",
            "template_id": "300001",
            "template_data": {"a": "b"},
            "tracking_id": "prov01-1",
            "sending_mode": "1",
        },
    )
    assert (sent.message_id, sent.quota) == ("f-1", {"remainingQuota": "4999"})


def test_a_template_by_user_id_is_flat_and_has_no_tracking_id():
    _sent, zalo = ask(
        ok({"message_id": "m", "sent_time": "1"}), do=lambda c: c.send_template_to_user("t", USER, TEMPLATE)
    )

    assert zalo.asked[0].path == "/openapi/v3.0/oa/message/template"
    assert zalo.asked[0].json == {"user_id": USER, "template_id": "300001", "template_data": {"a": "b"}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tracking_id": "x" * 49}, "tracking_id"),
        ({"tracking_id": ""}, "tracking_id"),
        ({"mode": "test"}, "mode"),
        ({"sending_mode": "2"}, "sending_mode"),
    ],
)
def test_what_a_send_by_phone_must_not_say(change, field):
    given = {"tracking_id": "t-1"} | change

    error, zalo = ask(ok(), do=lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, **given))

    assert (type(error), list(error.details), zalo.asked) == (ZaloRejected, [field], [])


def test_a_tracking_id_is_new_each_time_and_short_enough():
    ids = {new_tracking_id("binh-thuan-va-lam-dong") for _ in range(100)}

    assert len(ids) == 100 and all(len(one) <= 48 for one in ids)


def test_values_zalo_counts_may_be_absent():
    quota, _zalo = ask(ok({"cs_reply": {"remain": "8"}}), do=lambda c: c.user_quota("t", USER))

    assert (quota.replies_left, quota.replies_total, quota.last_interaction_at) == (8, None, None)


ARTICLE = Article(
    "Tiêu đề",
    "Sở Nội vụ",
    "https://mc.vn/a.png",
    "Tóm tắt",
    (Paragraph("Nội dung"), Picture("https://mc.vn/b.png")),
)


def test_an_article_on_the_wire():
    token, zalo = ask(ok({"token": "tok+/=" * 30}), do=lambda c: c.article_create("t", ARTICLE))

    body = zalo.asked[0].json
    assert token == "tok+/=" * 30
    assert (body["type"], body["cover"]["photo_url"], body["status"]) == (
        "normal",
        "https://mc.vn/a.png",
        "show",
    )
    assert [part["type"] for part in body["body"]] == ["text", "image"]


def test_an_article_that_is_not_ready_has_no_id():
    assert type(ask(ok({}), do=lambda c: c.article_verify("t", "tok"))[0]) is StillProcessing


def test_an_article_whose_answer_is_lost_may_exist():
    assert type(ask(http("", 502), do=lambda c: c.article_create("t", ARTICLE))[0]) is ZaloUncertain


def test_a_broadcast_names_its_audience_in_lists_of_numbers():
    audience = Audience(gender=1, ages=frozenset({7, 6}), cities=frozenset({30}))

    message_id, zalo = ask(ok({"message_id": "b-1"}), do=lambda c: c.broadcast("t", "art-1", audience))

    assert message_id == "b-1"
    assert zalo.asked[0].json["recipient"] == {"target": {"gender": "1", "ages": "6,7", "cities": "30"}}


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        (Audience(gender=3), "gender"),
        (Audience(ages=frozenset({8})), "ages"),
        (Audience(cities=frozenset({64})), "cities"),
        (Audience(platforms=frozenset({0})), "platforms"),
    ],
)
def test_an_audience_beyond_zalos_numbers_is_refused(audience, field):
    error, zalo = ask(ok(), do=lambda c: c.broadcast("t", "art-1", audience))

    assert (type(error), list(error.details), zalo.asked) == (ZaloRejected, [field], [])


PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(100)


def test_an_upload_is_one_part_called_file():
    attachment_id, zalo = ask(
        ok({"attachment_id": "a-1"}), do=lambda c: c.upload_image("t", PNG, "bien nhan.png")
    )

    (asked,) = zalo.asked
    assert attachment_id == "a-1"
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"' in asked.body and b"Content-Type: image/png" in asked.body and PNG in asked.body


@pytest.mark.parametrize(
    "do",
    [
        lambda c: c.upload_image("t", b"GIF89a"),
        lambda c: c.upload_image("t", b""),
        lambda c: c.upload_image("t", PNG + bytes(1024 * 1024)),
        lambda c: c.upload_gif("t", PNG),
        lambda c: c.upload_file("t", b"MZ", "virus.exe"),
        lambda c: c.upload_file("t", b"MZ", "virus.pdf"),
        lambda c: c.upload_template_image("t", PNG + bytes(501 * 1024)),
        lambda c: c.upload_template_image("t", b"GIF89a"),
        lambda c: c.upload_gif("t", b"GIF89a" + bytes(5 * 1024 * 1024)),
        lambda c: c.upload_file("t", b"%PDF-1.7" + bytes(5 * 1024 * 1024), "a.pdf"),
        lambda c: c.upload_file("t", b"%PDF-1.7", "a"),
        lambda c: c.article_video_upload("t", b"mp4", "a.mp4"),
        lambda c: c.article_video_upload("t", b"", "a.mp4"),
        lambda c: c.article_video_upload("t", MP4 + bytes(50 * 1024 * 1024), "a.mp4"),
    ],
)
def test_an_upload_zalo_would_refuse_never_leaves(do):
    error, zalo = ask(ok(), do=do)

    assert (type(error), list(error.details), zalo.asked) == (ZaloRejected, ["file"], [])


@pytest.mark.parametrize(
    ("do", "path", "recipient"),
    [
        (lambda c: c.send_to_group("t", "g-1", TextMessage("Chào")), "group/message", {"group_id": "g-1"}),
        (
            lambda c: c.send_to_visitor("t", "a-1", "c-1", TextMessage("Chào")),
            "message/cs",
            {"anonymous_id": "a-1", "conversation_id": "c-1"},
        ),
    ],
    ids=["group", "web visitor"],
)
def test_the_other_recipients_of_messages(do, path, recipient):
    sent, zalo = ask(ok({"message_id": "m-1", "sent_time": "1"}), do=do)

    assert (sent.message_id, zalo.asked[0].path) == ("m-1", f"/openapi/v3.0/oa/{path}")
    assert zalo.asked[0].json == {"recipient": recipient, "message": {"text": "Chào"}}


def test_a_video_for_an_article_is_uploaded_and_asked_for_until_ready():
    token, zalo = ask(ok({"token": "v-tok"}), do=lambda c: c.article_video_upload("t", MP4, "a.mp4"))
    early, _zalo = ask(ok({}), do=lambda c: c.article_video_verify("t", token))
    video_id, asked = ask(ok({"video_id": "v-1"}), do=lambda c: c.article_video_verify("t", token))

    assert zalo.asked[0].path == "/openapi/v2.0/article/upload_video/preparevideo"
    assert (type(early), video_id, asked.asked[0].query) == (StillProcessing, "v-1", {"token": "v-tok"})
