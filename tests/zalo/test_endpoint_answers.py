"""What each endpoint answers, as our types: journeys, orders, calls, consents, articles, profiles; and its faults."""

from datetime import UTC, datetime

import pytest

from motcua.zalo.article_content import Article, Paragraph, Video, VideoArticle
from motcua.zalo.audience import Audience
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import (
    NotEntitled,
    StillProcessing,
    UnknownZaloCode,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
)
from motcua.zalo.messages import TextMessage, ZbsTemplate
from motcua.zalo.proof import appsecret_proof
from motcua.zalo.user_fields import UserField
from tests.zalo.scripted import CLOSE, ask, http, ok, refusal

USER = "7000000000000000001"
TEMPLATE = ZbsTemplate("300001", {"a": "b"})
SENT = {"message_id": "m-1", "msg_id": "m-1", "sent_time": "1760000000000"}
SPAN = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def test_a_journey_is_opened_used_and_checked():
    opened, asked = ask(
        http({"error": 0, "message": "Success", "token": "jt-_=", "journey_id": "5"}),
        do=lambda c: c.journey_open("t", "0912345678"),
    )
    _sent, sending = ask(
        ok(SENT),
        do=lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "t-1", journey_token=opened.token),
    )
    checked, checking = ask(
        ok({"appId": "1", "oaId": 2, "createdAt": "1641269204370", "expiredAt": 1641874004370}),
        do=lambda c: c.journey_check("t", opened.token),
    )

    assert (opened.token, opened.journey_id) == ("jt-_=", "5")
    assert (asked.asked[0].path, asked.asked[0].json) == (
        "/business/journey/get-token",
        {"phone": "84912345678"},
    )
    assert sending.asked[0].headers["journey_token"] == "jt-_="
    assert (checking.asked[0].path, checking.asked[0].headers["journey_token"]) == (
        "/business/journey/check-token",
        "jt-_=",
    )
    assert (checked.app_id, checked.oa_id, (checked.expires_at - checked.created_at).days) == ("1", "2", 7)


def test_an_option_that_does_not_exist_is_a_mistake_of_ours():
    error, zalo = ask(
        ok(SENT),
        do=lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "t-1", moed="development"),
    )

    assert (type(error), zalo.asked) == (TypeError, [])


def test_a_journey_token_may_stand_in_the_data():
    opened, _zalo = ask(ok({"token": "jt", "journey_id": 5}), do=lambda c: c.journey_open("t", "0912345678"))

    assert (opened.token, opened.journey_id) == ("jt", "5")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_quick_replies_by_either_method(method):
    row = {"data": "Đồng ý", "submitDate": "1760000000000", "msgId": "f-1", "trackingId": "t-1"}

    page, zalo = ask(
        ok({"data": [row, {"data": "?"}]}),
        do=lambda c: c.quick_replies("t", "300001", *SPAN),
        dialect=Dialect(report_method=method),
    )

    asked = zalo.asked[0]
    sent = asked.json if method == "POST" else asked.query
    assert (asked.method, asked.path, str(sent["limit"])) == (method, "/business/response/get", "100")
    assert [(one.message_id, one.label, one.tracking_id) for one in page.replies] == [
        ("f-1", "Đồng ý", "t-1")
    ]
    assert page.replies[0].submitted_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "rows", [[{"key": "a", "data_type": "text"}], {"fields": [{"key": "a", "data_type": "text"}]}]
)
def test_definitions_of_fields_come_bare_or_under_a_name(rows):
    fields, _zalo = ask(ok(rows), do=lambda c: c.user_fields("t"))

    assert [(one.key, one.data_type) for one in fields] == [("a", "text")]


def test_values_of_fields_are_text_and_tables_are_mappings():
    data = {"custom_info": {"tuoi": 42, "bang": {"a": 1}, "trong": None}}

    assert ask(ok(data), do=lambda c: c.custom_info("t", USER))[0] == {
        "tuoi": "42",
        "bang": {"a": "1"},
        "trong": "",
    }


def test_an_order_costs_nothing_until_it_is_confirmed():
    data = {
        "order_id": "o-1",
        "verified_token": "ott",
        "amount": "59000",
        "final_amount": 49000,
        "zca_id": "z-1",
        "product_name": "Tăng trưởng",
    }
    order, zalo = ask(
        ok(data), do=lambda c: c.order_create("t", product_id="866836109767958135", voucher_code="V1")
    )

    assert (zalo.asked[0].path, zalo.asked[0].json) == (
        "/openapi/v3.0/oa/purchase/create_order",
        {"beneficiary": "OA", "product_id": 866836109767958135, "voucher_code": "V1"},
    )
    assert (order.order_id, order.amount_vnd, order.final_amount_vnd) == ("o-1", 59_000, 49_000)
    assert "ott" not in repr(order)


def test_a_code_may_stand_for_the_product():
    _order, zalo = ask(ok({"order_id": "o-1"}), do=lambda c: c.order_create("t", redeem_code="R1"))

    assert zalo.asked[0].json == {"beneficiary": "OA", "redeem_code": "R1"}


def test_a_call_is_a_link_that_works_two_days():
    data = {"call_link": "https://zalo.me/app/link/x", "qr_code": "q", "ttl": 172800}

    link, zalo = ask(ok(data), do=lambda c: c.call_link("t", USER, agent_id="7"))

    assert (zalo.asked[0].path, zalo.asked[0].json) == (
        "/openapi/v3.0/oa/call/outbound",
        {"user_id": USER, "call_type": "audio", "agent_id": "7"},
    )
    assert (link.url, link.ttl_s, "link/x" in repr(link)) == ("https://zalo.me/app/link/x", 172800, False)


def test_a_consent_to_calls_says_until_when():
    answer = http({"error": 0, "message": "User approved the request", "expired_time": "1760000000000"})

    consent, _zalo = ask(answer, do=lambda c: c.call_consent("t", "0912345678"))

    assert (consent.answer, consent.expires_at.year) == ("User approved the request", 2025)
    assert consent.is_allowed


@pytest.mark.parametrize("expires", [0, "0", None])
def test_a_consent_may_have_no_end(expires):
    consent, _zalo = ask(
        http({"error": 0, "message": "ok", "expired_time": expires}),
        do=lambda c: c.call_consent("t", "0912345678"),
    )

    assert (consent.state, consent.expires_at) == ("allowed", None)


@pytest.mark.parametrize(
    ("code", "state"),
    [(1, "allowed"), (2, "waiting"), (3, "refused"), (4, "refused"), (8, "waiting"), (16, "expired")],
)
def test_no_is_an_answer_to_the_question_for_consent(code, state):
    consent, _zalo = ask(refusal(code, "said so"), do=lambda c: c.call_consent("t", "0912345678"))

    assert (consent.state, consent.answer, consent.is_allowed) == (state, "said so", state == "allowed")


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        ({"status": 1, "video_id": "v-1"}, "v-1"),
        ({"video_id": "v-1"}, "v-1"),
        ({"status": 3, "convert_percent": 40}, StillProcessing),
        ({"status": 1}, StillProcessing),
        ({"status": "0"}, StillProcessing),
        ({"status": 2, "video_id": "v-1"}, ZaloRejected),
        ({"status": "4"}, ZaloRejected),
        ({"status": 5}, ZaloRejected),
    ],
)
def test_a_video_is_ready_or_not_yet_or_never(data, outcome):
    result, zalo = ask(ok(data), do=lambda c: c.article_video_verify("t", "v-tok"))

    assert result == outcome or type(result) is outcome
    assert (zalo.asked[0].query, zalo.asked[0].headers["token"]) == ({"token": "v-tok"}, "v-tok")


ARTICLE = {
    "title": "Tiêu đề",
    "author": "Sở Nội vụ",
    "cover_url": "https://mc.vn/a.png",
    "description": "Tóm tắt",
    "body": (Paragraph("Nội dung"), Video("v-1", "https://mc.vn/b.png")),
}


@pytest.mark.parametrize(
    ("change", "cover"),
    [
        ({}, {"cover_type": "photo", "photo_url": "https://mc.vn/a.png", "status": "show"}),
        ({"cover_url": None}, {"cover_type": "photo", "photo_url": "", "status": "hide"}),
        (
            {"cover_url": None, "cover_video_id": "v-2", "cover_view": "square"},
            {"cover_type": "video", "cover_view": "square", "video_id": "v-2", "status": "show"},
        ),
    ],
    ids=["picture", "none", "video"],
)
def test_the_cover_of_an_article(change, cover):
    wire = Article(**ARTICLE | change, tracking_link="https://mc.vn/t", related=("a-1",)).to_wire()

    assert wire["cover"] == cover
    assert (wire["tracking_link"], wire["related_medias"]) == ("https://mc.vn/t", ["a-1"])
    assert wire["body"][1] == {"type": "video", "video_id": "v-1", "thumb": "https://mc.vn/b.png"}


def test_an_article_that_is_a_video():
    article = VideoArticle("Tiêu đề", "Tóm tắt", "v-1", "https://mc.vn/b.png", comment="hide")

    _token, zalo = ask(ok({"token": "tok"}), do=lambda c: c.article_update("t", "a-1", article))

    assert (zalo.asked[0].path, zalo.asked[0].json) == (
        "/openapi/v2.0/article/update",
        {
            "id": "a-1",
            "type": "video",
            "title": "Tiêu đề",
            "description": "Tóm tắt",
            "video_id": "v-1",
            "avatar": "https://mc.vn/b.png",
            "status": "show",
            "comment": "hide",
        },
    )


def test_everybody_is_an_audience_without_limits():
    assert Audience().to_wire() == {}
    assert Audience(
        gender=2, platforms=frozenset({2, 1}), telcos=frozenset({4}), locations=frozenset({0})
    ).to_wire() == {"gender": "2", "locations": "0", "platform": "1,2", "telco": "4"}


def test_a_profile_of_somebody_who_signed_in_is_flat_and_proved():
    answer = http(
        {"error": 0, "message": "Success", "id": 55, "name": "An", "picture": {"data": {"url": "u"}}}
    )

    profile, zalo = ask(answer, do=lambda c: c.profile("user-token", "app secret"))

    asked = zalo.asked[0]
    assert (asked.path, asked.query) == ("/graph/v2.0/me", {"fields": "id,name,picture"})
    assert asked.headers["appsecret_proof"] == appsecret_proof("user-token", "app secret")
    assert (profile.user_id_by_app, profile.name, profile.picture_url) == ("55", "An", "u")
    assert "An" not in repr(profile)


def test_the_phone_of_a_mini_app_is_exchanged_once_with_the_secret():
    phone, zalo = ask(
        ok({"number": "84912345678"}),
        do=lambda c: c.mini_app_phone("user-token", "app secret", "phone-token"),
    )

    asked = zalo.asked[0]
    assert phone == "84912345678"
    assert (asked.method, asked.path) == ("GET", "/graph/v2.0/me/info")
    assert {name: asked.headers[name] for name in ("access_token", "code", "secret_key")} == {
        "access_token": "user-token",
        "code": "phone-token",
        "secret_key": "app secret",
    }


@pytest.mark.parametrize(
    ("code", "family"),
    [(452, ZaloTokenInvalid), (112, NotEntitled), (-216, ZaloTokenInvalid), (7, UnknownZaloCode)],
)
def test_the_codes_of_the_social_host(code, family):
    error, _zalo = ask(refusal(code), do=lambda c: c.profile("t", "s"))

    assert (type(error), error.zalo_code) == (family, code)


@pytest.mark.parametrize(
    "do",
    [
        lambda c: c.journey_open("t", "0912345678"),
        lambda c: c.call_link("t", USER),
        lambda c: c.order_create("t", redeem_code="R1"),
        lambda c: c.article_create("t", Article(**ARTICLE)),
    ],
)
def test_an_acceptance_without_what_it_should_give_is_uncertain(do):
    assert type(ask(ok({}), do=do)[0]) is ZaloUncertain


@pytest.mark.parametrize(
    "do",
    [
        lambda c: c.send_to_group("t", "g-1", TextMessage("Chào")),
        lambda c: c.send_template_to_hashed_phone("t", "0912345678", TEMPLATE, "t-1"),
        lambda c: c.journey_open("t", "0912345678"),
        lambda c: c.order_confirm("t", "o-1", "ott"),
        lambda c: c.call_consent_request("t", "0912345678"),
        lambda c: c.user_field_create("t", UserField("a", "text")),
        lambda c: c.broadcast("t", "a-1"),
        lambda c: c.mini_app_phone("u", "s", "p"),
    ],
)
def test_what_must_not_happen_twice_is_uncertain_when_the_answer_is_lost(do):
    error, zalo = ask(CLOSE, do=do)

    assert type(error) is ZaloUncertain
    assert len(zalo.asked) == 1 or zalo.asked[0].method == "GET"  # a GET the pool itself tries again


@pytest.mark.parametrize(
    "do",
    [lambda c: c.journey_check("t", "jt"), lambda c: c.forget_user("t", USER), lambda c: c.rsa_key("t")],
)
def test_what_may_happen_twice_is_worth_another_try(do):
    assert type(ask(CLOSE, do=do)[0]) is ZaloUnavailable
