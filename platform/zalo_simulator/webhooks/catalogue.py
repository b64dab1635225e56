"""Every event an app may get, with a body made for one account and one person.

Most are caused by acting on the phone or by calling the API; from here any of them can be sent on its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..calls import call_facts
from ..world.chats import Chat
from ..world.ids import new_group_id, new_message_id, new_number
from ..world.records import Citizen, Message
from . import events

ZNS = "ZNS"


@dataclass(frozen=True, slots=True)
class Sample:
    """Whom an event is about."""

    chat: Chat
    citizen: Citizen
    now_ms: int
    cdn: str


@dataclass(frozen=True, slots=True)
class Event:
    means: str
    body: Callable[[Sample], dict]
    names_user: bool = False
    server: str = ""


def _payload(kind: str, sample: Sample) -> dict:
    url = f"{sample.cdn}/stickers/1"
    return {
        "image": {"thumbnail": url, "url": url},
        "gif": {"thumbnail": url, "url": url},
        "video": {"thumbnail": url, "description": "Video", "url": url},
        "audio": {"url": url},
        "sticker": {"id": "1", "url": url},
        "link": {"thumbnail": url, "description": "Liên kết", "url": "https://example.org/"},
        "business_card": {"thumbnail": "", "description": '{"phone":"84912345678"}', "url": url},
        "location": {"coordinates": {"latitude": "10.92", "longitude": "108.1"}},
        "file": {"url": url, "size": "1024", "name": "don.pdf", "checksum": "0" * 32, "type": "pdf"},
        "list": {"thumbnail": url, "title": "Tiêu đề", "description": "Mô tả", "url": "https://example.org/"},
        "template": {"zinstant_id": "300001", "text": "Thông báo", "link_url": "", "checksum": "0"},
    }[kind]


def _content(kind: str, sample: Sample) -> dict:
    body: dict = {"msg_id": new_message_id(), "text": "Xin chào" if kind == "text" else ""}
    if kind != "text":
        written = {"business_card": "link", "list": "link"}.get(kind, kind)
        body["attachments"] = [{"type": written, "payload": _payload(kind, sample)}]
    return body


def _user_sends(kind: str):
    return lambda s: events.from_user(s.chat, _content(kind, s))


def _oa_sends(kind: str):
    return lambda s: events.from_account(s.chat, _content(kind, s))


def _anonymous(kind: str, from_visitor: bool):
    def body(s: Sample) -> dict:
        people = [{"id": new_message_id()}, {"id": s.chat.oa_id}]
        sender, recipient = people if from_visitor else people[::-1]
        message = {"conversation_id": new_message_id()} | _content(kind, s)
        return {"sender": sender, "recipient": recipient, "message": message}

    return body


def _group_sends(kind: str, from_user: bool):
    def body(s: Sample) -> dict:
        sender = s.chat.uid if from_user else s.chat.oa_id
        place = {"oa_id": s.chat.oa_id, "sender": {"id": sender}, "recipient": {"id": new_group_id()}}
        return place | {"message": _content(kind, s)}

    return body


def _group(with_users: bool):
    def body(s: Sample) -> dict:
        about = {"oa_id": s.chat.oa_id, "group_id": new_group_id()}
        return about | ({"users": [{"id": s.chat.uid}]} if with_users else {})

    return body


def _tag(with_users: bool):
    return lambda s: events.tag(s.chat.oa_id, "Khách mời", [s.chat.uid] if with_users else None)


def _received(s: Sample) -> dict:
    return events.from_account(s.chat, {"msg_id": new_message_id()})


def _delivered(s: Sample) -> dict:
    message = Message(new_message_id(), "oa", "zbs", "", s.now_ms, tracking_id="sim-1")
    return events.received_by_phone(s.chat.oa_id, s.citizen.phone, message, s.now_ms)


def _rating(s: Sample) -> dict:
    message = {
        "note": "",
        "rate": 5,
        "submit_time": str(s.now_ms),
        "msg_id": new_message_id(),
        "feedbacks": [],
    }
    return {"oa_id": s.chat.oa_id, "message": message | {"tracking_id": "sim-1"}}


def _response(s: Sample) -> dict:
    message = Message(new_message_id(), "oa", "zbs", "", s.now_ms, tracking_id="sim-1")
    return events.response_button(s.chat.oa_id, message, "Đồng ý", s.now_ms)


def _consent(state: str) -> Callable[[Sample], dict]:
    def body(s: Sample) -> dict:
        about = {"oa_id": s.chat.oa_id, "phone": s.citizen.phone}
        if state == "SENT":
            times = {"create_time": str(s.now_ms), "expired_time": str(s.now_ms + 86_400_000)}
            return about | {"request_type": state, "call_type": "audio"} | times
        return about | {"user_consent": state, "confirmed_time": str(s.now_ms), "expired_time": "0"}

    return body


def _call(s: Sample) -> dict:
    facts = call_facts("audio", True, 60, s.now_ms)
    return events.call_ended(s.chat.oa_id, s.chat.uid, s.citizen.phone, facts)


def _journey(s: Sample) -> dict:
    times = {"created_time": str(s.now_ms), "expired_time": str(s.now_ms + 604_800_000)}
    return {"oa_id": s.chat.oa_id, "journey_id": new_number()[:9], "phone": s.citizen.phone} | times


def _order(s: Sample) -> dict:
    item = {"name": "Sản phẩm", "quantity": 1, "price": 100_000}
    order = {"id": new_number(), "status": 1, "total": 100_000, "items": [item]}
    customer = {"user_id": s.chat.uid, "name": s.citizen.name, "phone": s.citizen.phone}
    return {"oa_id": s.chat.oa_id, "customer": customer, "order": order}


def _extension(s: Sample) -> dict:
    span = {"valid_start_date": "01/12/2026", "valid_through_date": "01/12/2027", "duration_month": 12}
    return {"oa_id": s.chat.oa_id, "extension_id": new_number(), "extension_sub_info": span}


def _widget_failed(s: Sample) -> dict:
    return events.widget(s.chat.oa_id, s.chat.uid, "KH-1", message="user already has user_external_id")


def _info(s: Sample) -> dict:
    return events.submit_info(s.chat, events.shared_info(s.citizen))


def _person(s: Sample) -> dict:
    return {"oa_id": s.chat.oa_id, "user_id": s.chat.uid}


def _reaction(from_user: bool):
    write = events.from_user if from_user else events.from_account
    return lambda s: write(s.chat, {"msg_id": new_message_id(), "react_icon": "/-heart"})


_USER_KINDS = (
    "text",
    "image",
    "link",
    "audio",
    "video",
    "sticker",
    "location",
    "business_card",
    "file",
    "gif",
)
_OA_KINDS = ("text", "image", "gif", "list", "file", "sticker", "template")
_VISITOR_KINDS = ("text", "image", "file", "sticker")
_GROUP_KINDS = (
    "text",
    "image",
    "link",
    "audio",
    "location",
    "video",
    "business_card",
    "sticker",
    "gif",
    "file",
)
_GROUP_CHANGES = {
    "create_group": ("nhóm được tạo", False),
    "user_join_group": ("có người vào nhóm", True),
    "user_request_join_group": ("có người xin vào nhóm", True),
    "accept_request_join_group": ("đơn xin vào nhóm được duyệt", True),
    "reject_request_join_group": ("đơn xin vào nhóm bị từ chối", True),
    "add_group_admin": ("thêm phó nhóm", True),
    "remove_group_admin": ("bớt phó nhóm", True),
    "update_group_info": ("thông tin nhóm đổi", False),
    "user_out_group": ("có người rời nhóm", True),
    "delete_group": ("nhóm bị giải tán", False),
    "disperse_group": ("nhóm bị giải tán (tên cũ)", False),
}

EVENTS: dict[str, Event] = {
    "follow": Event("quan tâm OA", lambda s: events.follow(s.chat, "oa_profile"), True),
    "unfollow": Event("bỏ quan tâm OA", lambda s: events.follow(s.chat, "oa_profile"), True),
    **{f"user_send_{kind}": Event(f"người dân gửi {kind}", _user_sends(kind), True) for kind in _USER_KINDS},
    "user_submit_info": Event("người dân đồng ý chia sẻ thông tin", _info),
    "user_received_message": Event("tin của OA tới máy", _received, True),
    "user_seen_message": Event("tin của OA đã xem", lambda s: events.seen(s.chat, [new_message_id()]), True),
    "user_reacted_message": Event("người dân thả cảm xúc", _reaction(True), True),
    "oa_reacted_message": Event("OA thả cảm xúc", _reaction(False), True),
    "user_click_chatnow": Event("bấm Nhắn tin trên trang OA", _person, True),
    **{f"oa_send_{kind}": Event(f"OA gửi {kind}", _oa_sends(kind), True) for kind in _OA_KINDS},
    **{f"anonymous_send_{k}": Event(f"khách ẩn danh gửi {k}", _anonymous(k, True)) for k in _VISITOR_KINDS},
    **{
        f"oa_send_anonymous_{k}": Event(f"OA trả lời ẩn danh {k}", _anonymous(k, False))
        for k in _VISITOR_KINDS
    },
    "add_user_to_tag": Event("gắn nhãn", _tag(True)),
    "remove_user_from_tag": Event("gỡ nhãn", _tag(True)),
    "remove_tag": Event("xóa nhãn", _tag(False)),
    "update_user_info": Event("quản trị OA sửa thông tin", lambda s: _info(s) | _person(s), True),
    "user_withdraw": Event("người dân yêu cầu xóa dữ liệu", _person, True),
    "permission_revoked": Event("OA rút quyền của ứng dụng", lambda s: {"oa_id": s.chat.oa_id}),
    "widget_interaction_accepted": Event(
        "đồng ý tương tác trên web",
        lambda s: events.widget(s.chat.oa_id, s.chat.uid, "KH-1", url="https://example.org/"),
    ),
    "widget_failed_to_sync_user_external_id": Event("không đồng bộ được mã khách", _widget_failed),
    "shop_has_order": Event("cửa hàng có đơn", _order),
    "extension_purchased": Event("OA mua tiện ích", _extension),
    "oa_send_consent": Event("OA xin phép gọi", _consent("SENT")),
    "user_reply_consent": Event("người dân trả lời xin phép gọi", _consent("ALLOW")),
    "user_call_oa": Event("người dân gọi OA", _call),
    "oa_call_user": Event("OA gọi người dân", _call),
    **{name: Event(means, _group(users)) for name, (means, users) in _GROUP_CHANGES.items()},
    **{
        f"user_send_group_{k}": Event(f"nhóm: người dân gửi {k}", _group_sends(k, True), True)
        for k in _GROUP_KINDS
    },
    **{f"oa_send_group_{k}": Event(f"nhóm: OA gửi {k}", _group_sends(k, False)) for k in _GROUP_KINDS},
    "zbs_delivered": Event("tin ZBS tới máy (user_received_message)", _delivered, server=ZNS),
    "user_feedback": Event("người dân chấm sao tin ZBS", _rating, server=ZNS),
    "user_click_response_button": Event("bấm nút trả lời nhanh của tin ZBS", _response, server=ZNS),
    "change_template_status": Event(
        "mẫu ZBS đổi trạng thái",
        lambda s: events.template_status(s.chat.oa_id, "300001", "PENDING_REVIEW", "ENABLE", ""),
        server=ZNS,
    ),
    "change_template_quality": Event(
        "mẫu ZBS đổi chất lượng",
        lambda s: events.template_quality(s.chat.oa_id, "300001", "HIGH", "MEDIUM"),
        server=ZNS,
    ),
    "change_template_quota": Event(
        "mẫu ZBS đổi hạn mức", lambda s: events.template_quota(s.chat.oa_id, "300001", 0, 500), server=ZNS
    ),
    "change_oa_daily_quota": Event(
        "OA đổi hạn mức ngày", lambda s: events.daily_quota(s.chat.oa_id, 5_000, 10_000), server=ZNS
    ),
    "change_oa_template_tags": Event(
        "OA đổi loại nội dung được gửi",
        lambda s: events.template_tags(s.chat.oa_id, ["TRANSACTION"], ["TRANSACTION", "CUSTOMER_CARE"]),
        server=ZNS,
    ),
    "event_journey_acknowledged": Event("journey bắt đầu tính phí", _journey, server=ZNS),
    "event_journey_time_out": Event("journey hết hạn", _journey, server=ZNS),
}


def wire_name(name: str) -> str:
    """`zbs_delivered` is ours: on the wire both receipts have one name."""
    return "user_received_message" if name == "zbs_delivered" else name
