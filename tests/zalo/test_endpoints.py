"""Every endpoint that is not tried elsewhere: what goes over the wire."""

import json
from datetime import date

import pytest

from motcua.zalo.dialect import Dialect
from motcua.zalo.messages import QueryShow, TextMessage, ZbsTemplate
from motcua.zalo.user_fields import UserField
from tests.zalo.scripted import ask, ok

USER = "7000000000000000001"
TEMPLATE = ZbsTemplate("300001", {"a": "b"})
SENT = {"message_id": "m-1", "msg_id": "m-1", "sent_time": "1760000000000"}
V3 = Dialect(user_update_path="/v3.0/oa/user/update")


def data_of(**fields) -> dict:
    """The query of calls that take one parameter of JSON."""
    return {"data": json.dumps(fields, separators=(",", ":"), ensure_ascii=False)}


POSTS = {
    "a visitor by the older path": (
        lambda c: c.send_to_visitor("t", "a-1", "c-1", TextMessage("Chào")),
        Dialect(visitor_path="/v2.0/oa/message"),
        "/openapi/v2.0/oa/message",
        {"recipient": {"anonymous_id": "a-1", "conversation_id": "c-1"}, "message": {"text": "Chào"}},
    ),
    "a template by user id, nested": (
        lambda c: c.send_template_to_user("t", USER, TEMPLATE),
        Dialect(nested_recipient=True),
        "/openapi/v3.0/oa/message/template",
        {"recipient": {"user_id": USER}, "template_id": "300001", "template_data": {"a": "b"}},
    ),
    "a hashed phone": (
        lambda c: c.send_template_to_hashed_phone("t", "0912345678", TEMPLATE, "t-1"),
        Dialect(),
        "/business/message/template/hashphone",
        {
            "hash_phone": "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093",
            "template_id": "300001",
            "template_data": {"a": "b"},
            "tracking_id": "t-1",
        },
    ),
    "a hashed phone by the other spelling": (
        lambda c: c.send_template_to_hashed_phone("t", "0912345678", TEMPLATE, "t-1", sending_mode="3"),
        Dialect(hashed_phone_path="/message/template/hash_phone"),
        "/business/message/template/hash_phone",
        {
            "hash_phone": "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093",
            "template_id": "300001",
            "template_data": {"a": "b"},
            "tracking_id": "t-1",
            "sending_mode": "3",
        },
    ),
    "a reaction": (
        lambda c: c.react("t", USER, "m-9", "/-heart"),
        Dialect(),
        "/openapi/v2.0/oa/message",
        {
            "recipient": {"user_id": USER},
            "sender_action": {"react_icon": "/-heart", "react_message_id": "m-9"},
        },
    ),
    "an update of a citizen, v2.0": (
        lambda c: c.update_user("t", USER, name="Bác A", phone="0912345678", city_id=9, district_id=2),
        Dialect(),
        "/openapi/v2.0/oa/updatefollowerinfo",
        {"user_id": USER, "name": "Bác A", "phone": "84912345678", "city_id": 9, "district_id": 2},
    ),
    "an update of a citizen, v3.0": (
        lambda c: c.update_user(
            "t", USER, name="Bác A", birth_date=date(1999, 12, 31), alias="A", external_id="CD-1"
        ),
        V3,
        "/openapi/v3.0/oa/user/update",
        {
            "user_id": USER,
            "shared_info": {"name": "Bác A", "user_dob": "31/12/1999"},
            "user_alias": "A",
            "user_external_id": "CD-1",
        },
    ),
    "an erasure": (
        lambda c: c.forget_user("t", USER),
        Dialect(),
        "/openapi/v2.0/oa/deletefollowerinfo",
        {"user_id": USER},
    ),
    "a menu": (
        lambda c: c.set_menu("t", (QueryShow("Tra cứu", "#tra_cuu"),)),
        Dialect(),
        "/openapi/v3.0/oa/menu",
        {"menu": [{"title": "Tra cứu", "type": "oa.query.show", "payload": "#tra_cuu"}]},
    ),
    "a new field": (
        lambda c: c.user_field_create("t", UserField("so_nha", "text", "Số nhà")),
        Dialect(),
        "/openapi/v3.0/oa/userfield/create",
        {"key": "so_nha", "data_type": "text", "name": "Số nhà"},
    ),
    "a renamed field": (
        lambda c: c.user_field_update("t", UserField("ngay", "datetime", "Ngày", datetime_form="dd/MM/yyyy")),
        Dialect(),
        "/openapi/v3.0/oa/userfield/update",
        {"key": "ngay", "data_type": "datetime", "name": "Ngày", "format": "dd/MM/yyyy"},
    ),
    "a deleted field": (
        lambda c: c.user_field_delete("t", "so_nha"),
        Dialect(),
        "/openapi/v3.0/oa/userfield/delete",
        {"key": "so_nha"},
    ),
    "values of fields": (
        lambda c: c.custom_info_update("t", USER, {"so_nha": "12", "bang": {"a": "1"}}),
        Dialect(),
        "/openapi/v3.0/oa/user/update/custominfo",
        {"user_id": USER, "custom_info": {"so_nha": "12", "bang": {"a": "1"}}},
    ),
    "asking to call": (
        lambda c: c.call_consent_request("t", "0912345678", call_type="video", reason=107),
        Dialect(),
        "/openapi/v2.0/oa/call/requestconsent",
        {"phone": "84912345678", "call_type": "video", "reason_code": 107},
    ),
    "confirming an order": (
        lambda c: c.order_confirm("t", "o-1", "ott"),
        Dialect(),
        "/openapi/v3.0/oa/purchase/confirm_order",
        {"order_id": "o-1", "verified_token": "ott"},
    ),
}


@pytest.mark.parametrize(("do", "dialect", "path", "body"), POSTS.values(), ids=POSTS)
def test_what_is_posted(do, dialect, path, body):
    _result, zalo = ask(ok(SENT), do=do, dialect=dialect)

    (asked,) = zalo.asked
    assert (asked.method, asked.path, asked.json) == ("POST", path, body)
    assert asked.headers["access_token"] == "t"


GETS = {
    "templates of this app": (
        lambda c: c.template_list("t", own_only=True),
        "/business/template/all",
        {"offset": "0", "limit": "100", "filterPreset": "1"},
    ),
    "an example of a template": (
        lambda c: c.template_sample_data("t", "300001"),
        "/business/template/sample-data",
        {"template_id": "300001"},
    ),
    "tags": (lambda c: c.tags("t"), "/openapi/v2.0/oa/tag/gettagsofoa", {}),
    "tags of templates": (lambda c: c.template_tags("t"), "/business/message/template-tag", {}),
    "the quota of templates": (lambda c: c.template_quota("t"), "/business/message/quota", {}),
    "the quality of templates": (lambda c: c.quality("t"), "/business/quality", {}),
    "status of an OA's message": (
        lambda c: c.oa_message_status("t", "m-1"),
        "/openapi/v3.0/oa/message/status",
        {"message_id": "m-1"},
    ),
    "video articles": (
        lambda c: c.article_list("t", kind="video"),
        "/openapi/v2.0/article/getslice",
        {"offset": "0", "limit": "10", "type": "video"},
    ),
    "fields": (
        lambda c: c.user_fields("t", "oa_custom"),
        "/openapi/v3.0/oa/userfield/get",
        data_of(field_type="oa_custom"),
    ),
    "values of some fields": (
        lambda c: c.custom_info("t", USER, ("so_nha",)),
        "/openapi/v3.0/oa/user/detail/custominfo",
        data_of(user_id=USER, fields_to_export=["so_nha"]),
    ),
    "whether a call is allowed": (
        lambda c: c.call_consent("t", "0912345678"),
        "/openapi/v2.0/oa/call/checkconsent",
        data_of(phone="84912345678"),
    ),
    "recent chats": (
        lambda c: c.recent_chats("t", offset=10, count=99),
        "/openapi/v2.0/oa/listrecentchat",
        data_of(offset=10, count=10),
    ),
}


@pytest.mark.parametrize(("do", "path", "query"), GETS.values(), ids=GETS)
def test_what_is_fetched(do, path, query):
    _result, zalo = ask(ok({}), do=do)

    (asked,) = zalo.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("GET", path, query, b"")


@pytest.mark.parametrize(
    ("do", "body"),
    [
        (lambda c: c.user_quota("t", USER), {"user_id": USER}),
        (
            lambda c: c.owner_quota("t", owner="App", product="transaction", quota_type="reward_quota"),
            {"quota_owner": "App", "product_type": "transaction", "quota_type": "reward_quota"},
        ),
    ],
    ids=["of a citizen", "of an owner"],
)
def test_both_questions_about_quota_go_to_one_address(do, body):
    _result, zalo = ask(ok({}), do=do)

    assert (zalo.asked[0].path, zalo.asked[0].json) == ("/openapi/v3.0/oa/quota/message", body)


@pytest.mark.parametrize(
    ("do", "body"),
    [
        (lambda c: c.reply_quota("t", "m-1"), {"message_id": "m-1"}),
        (lambda c: c.promotion_quota("t", USER), {"user_id": USER, "type": "promotion"}),
    ],
    ids=["by message", "by citizen"],
)
def test_the_older_quota_call(do, body):
    quota, zalo = ask(ok({"type": "reply", "remain": "7", "total": 8}), do=do)

    assert (zalo.asked[0].path, zalo.asked[0].json) == ("/openapi/v2.0/oa/quota/message", body)
    assert (quota.type, quota.left, quota.total) == ("reply", 7, 8)
