"""Events about templates, quotas, tags, groups, grants and calls, in the shapes Zalo's pages show."""

from datetime import UTC, datetime

import pytest

from motcua.zalo import webhook_events as events
from tests.zalo.webhook_bodies import ABOUT_OA, APP, BY_APP, FROM_USER, OA, USER, read


def test_feedback_on_a_rating_template():
    message = {
        "note": "Tốt",
        "rate": 5,
        "submit_time": "1760000002000",
        "msg_id": "f-1",
        "feedbacks": ["Nhanh", "Thân thiện"],
        "tracking_id": "t-1",
    }
    event = read("user_feedback", ABOUT_OA, message=message)

    assert isinstance(event, events.Feedback)
    assert (event.rate, event.note, event.feedbacks) == (5, "Tốt", ("Nhanh", "Thân thiện"))
    assert (event.msg_id, event.tracking_id, event.oa_candidates) == ("f-1", "t-1", (OA,))
    assert event.submitted_at == datetime(2025, 10, 9, 8, 53, 22, tzinfo=UTC)


@pytest.mark.parametrize("rate", [0, 6, "x", None, True, 4.5])
def test_a_rate_outside_one_to_five_is_none(rate):
    assert read("user_feedback", ABOUT_OA, message={"rate": rate}).rate is None


def test_a_quick_reply_button_has_its_message_at_the_root():
    message = {
        "submit_time": "1760000000000",
        "button_type": "response",
        "data": "Đồng ý",
        "tracking_id": "t-1",
    }
    event = read("user_click_response_button", ABOUT_OA, msg_id="f-1", message=message)
    other = read("user_click_response_button", ABOUT_OA, msg_id="f-1", message=message | {"data": "Không"})

    assert isinstance(event, events.ResponseButton)
    assert (event.msg_id, event.label, event.tracking_id) == ("f-1", "Đồng ý", "t-1")
    assert event.event_key != other.event_key


def test_a_template_changes_its_status():
    status = {"prev_status": "PENDING_REVIEW", "new_status": "REJECT"}
    event = read("change_template_status", ABOUT_OA, template_id=300001, status=status, reason="Sai tên")

    assert isinstance(event, events.TemplateChanged)
    assert (event.aspect, event.template_id, event.previous, event.new) == (
        "status",
        "300001",
        "PENDING_REVIEW",
        "REJECT",
    )
    assert event.reason == "Sai tên"


@pytest.mark.parametrize(
    ("name", "fields", "previous", "new"),
    [
        (
            "change_template_quality",
            {"quality": {"prev_quality": "HIGH", "new_quality": "LOW"}},
            "HIGH",
            "LOW",
        ),
        ("change_template_quality", {"prev_quality": "HIGH", "new_quality": "LOW"}, "HIGH", "LOW"),
        ("change_template_quota", {"quota": {"prev_quota": 500, "new_quota": 1000}}, "500", "1000"),
        ("change_oa_template_tags", {"tags": {"prev_tags": ["A"], "new_tags": ["A", "B"]}}, "A", "A,B"),
    ],
)
def test_the_other_changes_of_templates(name, fields, previous, new):
    event = read(name, ABOUT_OA, template_id="300001", **fields)

    assert (event.aspect, event.previous, event.new) == (name.rpartition("_")[2], previous, new)


def test_the_daily_quota_has_its_oa_in_another_field():
    event = read("change_oa_daily_quota", app_id=APP, oaId=OA, quota={"prev_value": "500", "new_value": 5000})

    assert isinstance(event, events.QuotaChanged)
    assert (event.oa_candidates, event.previous, event.new, event.timestamp) == ((OA,), 500, 5000, None)


def test_the_grant_is_gone_or_a_citizen_withdraws():
    revoked = read("permission_revoked", ABOUT_OA)
    withdrew = read("user_withdraw", ABOUT_OA, user_id=USER, user_id_by_app=BY_APP)

    assert isinstance(revoked, events.PermissionRevoked) and revoked.user_id is None
    assert isinstance(withdrew, events.UserWithdrew)
    assert (withdrew.user_id, withdrew.user_id_by_app) == (USER, BY_APP)


def test_chat_now():
    event = read("user_click_chatnow", ABOUT_OA, user_id=int(USER))

    assert isinstance(event, events.ChatNow) and event.user_id == USER


@pytest.mark.parametrize(
    ("name", "action"),
    [("add_user_to_tag", "added"), ("remove_user_from_tag", "removed"), ("remove_tag", "deleted")],
)
def test_tags(name, action):
    event = read(name, ABOUT_OA, tag={"name": "đang xử lý", "user_ids": [USER, 7]})

    assert isinstance(event, events.Tagged)
    assert (event.action, event.tag, event.user_ids) == (action, "đang xử lý", (USER, "7"))


def test_groups():
    joined = read("user_join_group", ABOUT_OA, group_id="g-1", users=[{"id": USER}])
    said = read("user_send_group_text", FROM_USER, group_id="g-1", message={"msg_id": "m-1", "text": "hi"})

    assert isinstance(joined, events.GroupEvent) and isinstance(said, events.GroupEvent)
    assert (joined.action, joined.group_id, joined.user_ids, joined.kind) == (
        "user_join_group",
        "g-1",
        (USER,),
        None,
    )
    assert (said.kind, said.text, said.msg_id) == ("text", "hi", "m-1")


@pytest.mark.parametrize("named", [{}, {"group_id": "g-1"}, {"recipient": {"group_id": "g-1"}}])
@pytest.mark.parametrize(("name", "sender", "writer"), [("user", USER, USER), ("oa", OA, None)])
def test_a_group_message_goes_to_the_group(named, name, sender, writer):
    ends = {"sender": {"id": sender}, "recipient": {"id": "g-1"}}

    event = read(f"{name}_send_group_text", ABOUT_OA, ends, named, message={"msg_id": "m-1", "text": "hi"})

    assert (event.group_id, event.user_id, event.oa_candidates) == ("g-1", writer, (OA,))


IN_GROUPS = [
    "create_group", "user_join_group", "user_request_join_group", "accept_request_join_group",
    "reject_request_join_group", "add_group_admin", "remove_group_admin", "update_group_info", "user_out_group",
    "delete_group", "disperse_group", "react_request_join_group_accept", "react_request_join_group_reject",
    "user_leave_group",
]  # fmt: skip


@pytest.mark.parametrize("name", IN_GROUPS)
def test_whatever_happens_to_a_group_names_it_and_its_people(name):
    event = read(name, ABOUT_OA, group_id="g-1", users=[{"id": USER}, {"id": 7}])

    assert (type(event), event.action) == (events.GroupEvent, name)
    assert (event.group_id, event.user_ids, event.oa_candidates) == ("g-1", (USER, "7"), (OA,))


@pytest.mark.parametrize(
    ("name", "action"), [("event_journey_acknowledged", "begun"), ("event_journey_time_out", "ended")]
)
@pytest.mark.parametrize("place", [None, "message", "data"])
def test_a_journey_begins_and_ends(name, action, place):
    parts = {"journey_id": 5, "msg_id": "m-1", "tracking_id": "t-1"}

    event = read(name, ABOUT_OA, parts if place is None else {place: parts})

    assert (type(event), event.action) == (events.JourneyEvent, action)
    assert (event.journey_id, event.msg_id, event.tracking_id) == ("5", "m-1", "t-1")


@pytest.mark.parametrize(("answer", "allowed"), [("ALLOW", True), ("USER_BLOCKED", False)])
def test_consent_to_be_called(answer, allowed):
    event = read("user_reply_consent", ABOUT_OA, user_consent=answer, phone="84912345678")

    assert isinstance(event, events.ConsentReply)
    assert (event.answer, event.is_allowed, event.phone) == (answer, allowed, "84912345678")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("oa_send_consent", events.CallEvent),
        ("user_call_oa", events.CallEvent),
        ("oa_call_user", events.CallEvent),
        ("update_user_info", events.ProfileUpdated),
        ("widget_interaction_accepted", events.WidgetEvent),
        ("widget_failed_to_sync_user_external_id", events.WidgetEvent),
        ("shop_has_order", events.OtherKnownEvent),
        ("extension_purchased", events.OtherKnownEvent),
        ("user_click_link", events.OtherKnownEvent),
        ("user_click_button", events.OtherKnownEvent),
        ("user_wrote_a_poem", events.UnknownEvent),
        ("user_send_hologram", events.UserMessage),
    ],
)
def test_the_rest_of_the_catalogue_and_what_is_not_in_it(name, kind):
    event = read(name, FROM_USER)

    assert type(event) is kind
    assert event.event_name == name
