"""Every event of Zalo's catalogue, in the shapes its pages and other receivers show."""

from datetime import UTC, datetime

import pytest

from motcua.zalo import webhook_events as events
from motcua.zalo.webhooks import parse
from tests.zalo.webhook_bodies import ABOUT_OA, APP, BY_APP, FROM_OA, FROM_USER, OA, USER, read


def test_the_common_fields():
    event = read("user_send_text", FROM_USER, message={"msg_id": "m-1", "text": "#tra_cuu HS-001"})

    assert (event.event_name, event.app_id) == ("user_send_text", APP)
    assert event.timestamp == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
    assert (event.oa_candidates, event.user_id, event.user_id_by_app) == ((OA, USER), USER, BY_APP)
    assert event.event_key == "user_send_text:m-1"


def test_a_text_with_the_message_it_quotes():
    event = read("user_send_text", FROM_USER, message={"msg_id": "m-2", "text": "Dạ", "quote_msg_id": "m-1"})

    assert isinstance(event, events.UserMessage)
    assert (event.kind, event.text, event.msg_id, event.quote_msg_id) == ("text", "Dạ", "m-2", "m-1")


ATTACHMENTS = {
    "image": ({"thumbnail": "t", "url": "u"}, {"thumbnail": "t", "url": "u"}),
    "gif": ({"thumbnail": "t", "url": "u"}, {"thumbnail": "t", "url": "u"}),
    "video": ({"thumbnail": "t", "description": "d", "url": "u"}, {"description": "d", "url": "u"}),
    "audio": ({"url": "u"}, {"url": "u"}),
    "sticker": ({"id": 46, "url": "u"}, {"id": "46", "url": "u"}),
    "link": (
        {"thumbnail": "t", "description": '{"phone":"84"}', "url": "u"},
        {"description": '{"phone":"84"}'},
    ),
    "location": (
        {"coordinates": {"latitude": "10.77", "longitude": "106.69"}},
        {"latitude": 10.77, "longitude": 106.69},
    ),
    "file": (
        {"url": "u", "size": "12345", "name": "don.pdf", "checksum": "c", "type": "pdf"},
        {"url": "u", "size": 12345, "name": "don.pdf", "checksum": "c"},
    ),
    "template": (
        {"zinstant_id": "z", "text": "x", "link_url": "l", "checksum": "c"},
        {"id": "z", "text": "x", "url": "l"},
    ),
}


@pytest.mark.parametrize("kind", ATTACHMENTS)
def test_what_is_attached(kind):
    payload, expected = ATTACHMENTS[kind]

    event = read(
        f"user_send_{kind}",
        FROM_USER,
        message={"msg_id": "m-1", "attachments": [{"type": kind, "payload": payload}]},
    )

    (attachment,) = event.attachments
    assert (event.kind, event.text, attachment.type) == (kind, "", kind)
    assert {name: getattr(attachment, name) for name in expected} == expected


def test_a_business_card_is_a_message_of_its_kind():
    assert read("user_send_business_card", FROM_USER, message={"msg_id": "m"}).kind == "business_card"


def test_follow_and_unfollow():
    body = ABOUT_OA | {"follower": {"id": USER}, "user_id_by_app": BY_APP}

    event = read("follow", body, source="oa_profile")
    gone = read("unfollow", body)

    assert isinstance(event, events.Follow) and isinstance(gone, events.Unfollow)
    assert (event.oa_candidates, event.user_id, event.source) == ((OA,), USER, "oa_profile")
    assert (gone.user_id, gone.source, gone.user_id_by_app) == (USER, None, BY_APP)
    assert event.event_key.startswith("follow:") and len(event.event_key) == len("follow:") + 64


def test_shared_information_in_its_new_form():
    info = {
        "name": "Nguyễn Văn A",
        "phone": "84912345678",
        "user_dob": "01/01/1990",
        "gender": "male",
        "full_address": {"user_city": "Lâm Đồng", "user_ward": "Phan Thiết", "user_address": "1 Lê Lợi"},
    }
    event = read("user_submit_info", FROM_USER, info=info)

    assert isinstance(event, events.UserInfoSubmitted)
    assert (event.name, event.phone, event.birth_date) == ("Nguyễn Văn A", "84912345678", "01/01/1990")
    assert (event.address, event.ward, event.district, event.city) == (
        "1 Lê Lợi",
        "Phan Thiết",
        None,
        "Lâm Đồng",
    )


@pytest.mark.parametrize(
    ("phone", "read_as"),
    [
        (84912345678, "84912345678"),
        (912345678, "0912345678"),
        ("0912345678", "0912345678"),
        ("", None),
        (None, None),
    ],
)
def test_shared_information_in_its_old_form_with_the_phone_in_any_type(phone, read_as):
    info = {"name": "A", "phone": phone, "address": "1", "city": "2", "district": "3", "ward": "4"}

    event = read("user_submit_info", FROM_USER, info=info)

    assert event.phone == read_as
    assert (event.address, event.city, event.district, event.ward) == ("1", "2", "3", "4")


def test_a_receipt_of_a_message_sent_by_user_id():
    event = read("user_received_message", FROM_OA, message={"msg_id": "m-1"})

    assert isinstance(event, events.MessageReceived)
    assert (event.channel, event.msg_id, event.user_id) == ("oa", "m-1", USER)
    assert event.oa_candidates == (OA, USER)
    assert (event.delivered_at, event.tracking_id, event.phone) == (None, None, None)


HASH = "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093"


@pytest.mark.parametrize(
    ("recipient", "phone", "phone_hash"),
    [("84912345678", "84912345678", None), (84912345678, "84912345678", None), (HASH, None, HASH)],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_receipt_of_a_template_sent_by_phone(recipient, phone, phone_hash, swapped):
    ends = [{"id": OA}, {"id": recipient}]
    sender, recipient_end = reversed(ends) if swapped else ends
    message = {"delivery_time": "1760000001000", "msg_id": "f-1", "tracking_id": "prov01-000123"}

    event = read(
        "user_received_message",
        app_id=APP,
        timestamp=1,
        sender=sender,
        recipient=recipient_end,
        message=message,
    )

    assert (event.channel, event.tracking_id, event.msg_id) == ("zbs", "prov01-000123", "f-1")
    assert (event.phone, event.phone_hash, event.user_id) == (phone, phone_hash, None)
    assert event.oa_candidates == (OA,)
    assert event.delivered_at == datetime(2025, 10, 9, 8, 53, 21, tzinfo=UTC)


@pytest.mark.parametrize("message", [{"msg_ids": ["a", "b", "a"]}, {"msg_ids": ["a", "b"], "msg_id": "c"}])
def test_seen_messages(message):
    event = read("user_seen_message", FROM_OA, message=message)

    assert isinstance(event, events.MessageSeen)
    assert (event.msg_ids, event.user_id) == (("a", "b"), USER)


def test_a_seen_message_in_the_old_form():
    assert read("user_seen_message", FROM_OA, message={"msg_id": "a"}).msg_ids == ("a",)


@pytest.mark.parametrize("kind", ["text", "image", "gif", "list", "file", "sticker", "template"])
def test_the_echo_of_what_the_oa_sent(kind):
    event = read(f"oa_send_{kind}", FROM_OA, message={"msg_id": "m-1", "text": "Chào"})

    assert isinstance(event, events.OaEcho)
    assert (event.kind, event.msg_id, event.text, event.admin_id) == (kind, "m-1", "Chào", None)
    assert (event.oa_candidates[0], event.user_id) == (OA, USER)


def test_an_echo_of_a_person_in_oa_manager_names_them():
    sender = {"sender": {"id": OA, "admin_id": 42}}

    assert read("oa_send_text", FROM_OA, sender, message={"msg_id": "m"}).admin_id == "42"


def test_web_visitors():
    message = {"msg_id": "m-1", "text": "hi", "conversation_id": "c-1"}

    asked = read("anonymous_send_text", FROM_USER, message=message)
    answered = read("oa_send_anonymous_text", FROM_OA, message=message)

    assert isinstance(asked, events.AnonymousMessage)
    assert (asked.kind, asked.conversation_id, asked.from_oa) == ("text", "c-1", False)
    assert (answered.kind, answered.from_oa, answered.oa_candidates[0]) == ("text", True, OA)


def test_reactions_to_one_message_are_events_of_their_own():
    first = read("user_reacted_message", FROM_USER, message={"msg_id": "m-1", "react_icon": "/-heart"})
    other = read("user_reacted_message", FROM_USER, message={"msg_id": "m-1", "react_icon": "/-strong"})
    ours = read("oa_reacted_message", FROM_OA, message={"msg_id": "m-1", "react_icon": ":>"})

    assert (first.msg_id, first.icon, first.from_oa, ours.from_oa) == ("m-1", "/-heart", False, True)
    assert first.event_key != other.event_key


ABOUT_A_USER = [
    "user_send_text",
    "user_send_image",
    "user_submit_info",
    "user_reacted_message",
    "oa_reacted_message",
    "oa_send_text",
    "oa_send_template",
    "user_received_message",
    "user_seen_message",
    "anonymous_send_text",
    "oa_send_anonymous_text",
    "nobody_knows",
]


@pytest.mark.parametrize("ends", [FROM_USER, FROM_OA], ids=["from the user", "from the OA"])
@pytest.mark.parametrize("name", ABOUT_A_USER)
def test_who_the_citizen_is_whichever_way_round_sender_and_recipient_stand(name, ends):
    event = read(name, ends, message={"msg_id": "m-1"})

    assert set(event.oa_candidates) == {OA, USER}
    assert event.user_for(OA) == USER


@pytest.mark.parametrize("ends", [FROM_USER, FROM_OA], ids=["from the user", "from the OA"])
def test_an_oa_that_is_stated_leaves_the_other_end_to_be_the_citizen(ends):
    event = read("user_send_text", ends, oa_id=OA, message={"msg_id": "m-1"})

    assert (event.oa_candidates, event.user_id, event.user_for(OA)) == ((OA,), USER, USER)


def test_the_likelier_end_is_the_first_candidate():
    assert read("user_send_text", FROM_USER).oa_candidates == (OA, USER)
    assert read("oa_send_text", FROM_OA).oa_candidates == (OA, USER)
    assert read("user_seen_message", FROM_OA).oa_candidates == (OA, USER)


def test_the_time_in_the_header_counts_where_the_body_has_none():
    body = b'{"event_name":"follow","timestamp":"1760000000000"}'

    assert parse(body, "1760000009000").timestamp.second == 20
    assert parse(b'{"event_name":"follow"}', "1760000009000").timestamp.second == 29
    assert parse(b'{"event_name":"follow"}', "yesterday").timestamp is None


def test_numeric_ids_keep_every_digit():
    event = read("user_send_text", app_id=int(APP), sender={"id": 2**64 - 1}, recipient={"id": int(OA)})

    assert (event.app_id, event.user_id, event.oa_candidates[0]) == (APP, "18446744073709551615", OA)


def test_a_repeat_has_the_same_key_even_when_its_timestamp_was_refreshed():
    message = {"msg_id": "m-1", "text": "hi"}

    first = read("user_send_text", FROM_USER, message=message)
    again = read("user_send_text", FROM_USER, message=message, timestamp="1760000300000")

    assert first.event_key == again.event_key
    assert first.event_key != read("oa_send_text", FROM_OA, message=message).event_key


def test_two_seen_events_of_different_messages_differ():
    keys = {read("user_seen_message", FROM_OA, message={"msg_ids": [one]}).event_key for one in "ab"}

    assert len(keys) == 2


def test_text_that_no_database_takes_is_mended():
    event = read("user_send_text", FROM_USER, message={"msg_id": "m-1", "text": "a\x00b \ud83d c 😀"})

    assert event.text == "ab \ufffd c 😀"
