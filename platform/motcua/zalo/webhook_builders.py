"""Which function reads which event: by its exact name, else by how the name begins."""

from collections.abc import Callable
from functools import partial

from . import webhook_account as account
from . import webhook_chat as chat
from .webhook_events import (
    ChatNow,
    Event,
    Follow,
    OtherKnownEvent,
    PermissionRevoked,
    ProfileUpdated,
    Unfollow,
    UnknownEvent,
    UserWithdrew,
)

Builder = Callable[[dict, dict], Event]


def unknown(body: dict, common: dict) -> Event:
    return UnknownEvent(**common)


def _bare(event: type[Event], body: dict, common: dict) -> Event:
    return event(**common)


_IN_GROUPS = (
    "create_group",
    "user_join_group",
    "user_request_join_group",
    "accept_request_join_group",
    "reject_request_join_group",
    "add_group_admin",
    "remove_group_admin",
    "update_group_info",
    "user_out_group",
    "delete_group",
    "disperse_group",
    # The same three under the names of another list.
    "react_request_join_group_accept",
    "react_request_join_group_reject",
    "user_leave_group",
)
_NOTHING_TO_US = (
    "shop_has_order",
    "extension_purchased",
    "user_click_button",
    "user_click_link",
)

EXACT: dict[str, Builder] = {
    "follow": partial(chat.follow, Follow),
    "unfollow": partial(chat.follow, Unfollow),
    "user_submit_info": chat.shared_info,
    "update_user_info": partial(_bare, ProfileUpdated),
    "user_received_message": chat.received,
    "user_seen_message": chat.seen,
    "user_reacted_message": chat.reaction,
    "oa_reacted_message": chat.reaction,
    "user_click_chatnow": partial(_bare, ChatNow),
    "user_withdraw": partial(_bare, UserWithdrew),
    "permission_revoked": partial(_bare, PermissionRevoked),
    "add_user_to_tag": partial(account.tagged, "added"),
    "remove_user_from_tag": partial(account.tagged, "removed"),
    "remove_tag": partial(account.tagged, "deleted"),
    "user_feedback": account.feedback,
    "user_click_response_button": account.response_button,
    "change_template_status": partial(account.template_changed, "status"),
    "change_template_quality": partial(account.template_changed, "quality"),
    "change_template_quota": partial(account.template_changed, "quota"),
    "change_oa_template_tags": partial(account.template_changed, "tags"),
    "change_oa_daily_quota": account.quota_changed,
    "user_reply_consent": account.consent_reply,
    "oa_send_consent": account.call,
    "user_call_oa": account.call,
    "oa_call_user": account.call,
    "event_journey_acknowledged": partial(account.journey, "begun"),
    "event_journey_time_out": partial(account.journey, "ended"),
    "widget_interaction_accepted": account.widget,
    "widget_failed_to_sync_user_external_id": account.widget,
    **dict.fromkeys(_IN_GROUPS, account.group),
    **dict.fromkeys(_NOTHING_TO_US, partial(_bare, OtherKnownEvent)),
}
# Tried in this order: a new kind of message is still a message.
PREFIXES: tuple[tuple[str, Builder], ...] = (
    ("user_send_group_", account.group),
    ("oa_send_group_", account.group),
    ("anonymous_send_", partial(chat.anonymous, "anonymous_send_")),
    ("oa_send_anonymous_", partial(chat.anonymous, "oa_send_anonymous_")),
    ("user_send_", chat.user_message),
    ("oa_send_", chat.echo),
)
