"""Where a citizen's data lies: table by table, how their rows are found, what a copy shows, what erasure does.

A test walks every table that names a citizen or holds encrypted words: it stands here, or in NOT_A_CITIZENS with
the reason. Tables are named, not imported, so that rooms above are covered too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, case, false, or_, select

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.core import crypto, scope
from motcua.core.database import Base, db

DELETE = "delete"
Keep = str  # why rows stay as they are
GONE = "erased"


@dataclass(frozen=True)
class Subject:
    """One person: their accounts on the province's OAs, and blind indexes of their phones."""

    citizens: tuple[Citizen, ...]
    phones: frozenset[str]

    @property
    def keys(self) -> dict[str, set]:
        return {
            "citizen": {one.id for one in self.citizens},
            "phone": set(self.phones),
            "uid": {one.uid_index for one in self.citizens},
        }


@dataclass(frozen=True)
class Holding:
    """`by`: column -> which key of the subject it holds. `via`: (column, table that holds the person).

    `erase`: DELETE, or column -> what it becomes (a value, or a function of the table), or Keep, a sentence.
    `shown`: what a copy tells, column -> its name; `sealed`: column -> the purpose it is encrypted under.
    """

    table: str
    title: str
    erase: Any
    by: dict[str, str] = field(default_factory=dict)
    via: tuple[str, str] | None = None
    shown: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)


def _by_citizen(table: str, title: str, erase: Any, **more) -> Holding:
    return Holding(table, title, erase, {"citizen_id": "citizen"}, **more)


def _when_of_a_phone(table: Table) -> ColumnElement:
    return case((table.c.phone_index.is_not(None), GONE), else_=None)


def _never_sent(table: Table) -> ColumnElement:
    return case((table.c.state == "queued", "expired"), else_=table.c.state)


def _of_nobody(table: Table) -> ColumnElement:
    return db.func.concat(f"{GONE}:", table.c.id)


def _nothing_said(table: Table) -> str:
    # Every word that some kind of request is told by, so that the desk's list still reads.
    words = dict.fromkeys(("address", "reason", "name", "phone", "id_last4"), "(đã xóa)")
    return crypto.seal_json(scope.required(), "dossier_request", words)


EVIDENCE = "Bằng chứng đồng ý, rút đồng ý phải giữ theo luật; không còn gắn với tên, số điện thoại."
RECORD = "Hồ sơ hành chính giữ theo pháp luật về lưu trữ và thủ tục hành chính."
STREET = "Việc ngoài đường, không còn gắn với người gửi."
REQUEST = "Chính yêu cầu này; lời lẽ và số điện thoại trong đó được xóa khi xóa xong."

# Children before their parents.
HOLDINGS = (
    Holding(
        "handover_line", "Trò chuyện với cán bộ", DELETE, via=("handover_id", "handover"),
        shown={"speaker": "Người nói", "said_at": "Lúc", "text_encrypted": "Nội dung"},
        sealed={"text_encrypted": "handover_line"},
    ),
    _by_citizen("handover", "Lần gặp cán bộ", DELETE, shown={"opened_at": "Mở lúc", "closed_at": "Đóng lúc"}),
    Holding("webhook_event", "Tin nhắn đã gửi đến OA", DELETE, {"citizen_index": "uid"},
            shown={"event_name": "Loại", "received_at": "Lúc"}),
    _by_citizen(
        "message", "Tin đã gửi cho ông/bà",
        {"content": {}, "phone_index": _when_of_a_phone, "phone_encrypted": None, "state": _never_sent},
        shown={"event": "Loại tin", "state": "Tình trạng", "created_at": "Lúc"},
    ),
    Holding(
        "message", "Tin đã gửi đến số điện thoại của ông/bà",
        {"content": {}, "phone_index": _when_of_a_phone, "phone_encrypted": None, "state": _never_sent},
        {"phone_index": "phone"}, shown={"event": "Loại tin", "state": "Tình trạng", "created_at": "Lúc"},
    ),
    _by_citizen(
        "complaint", "Phản ánh, kiến nghị", DELETE,
        shown={"kind": "Loại", "received_at": "Lúc", "text_encrypted": "Nội dung", "answer_encrypted": "Trả lời"},
        sealed={"text_encrypted": "complaint", "answer_encrypted": "complaint"},
    ),
    Holding("feedback_photo", "Ảnh phản ánh hiện trường", Keep(STREET), via=("feedback_id", "feedback")),
    Holding("feedback_step", "Các bước xử lý phản ánh hiện trường", Keep(STREET), via=("feedback_id", "feedback")),
    _by_citizen(
        "feedback", "Phản ánh hiện trường", {"citizen_id": None, "phone_encrypted": None},
        shown={"kind": "Loại", "received_at": "Lúc", "text_encrypted": "Nội dung", "place_encrypted": "Nơi",
               "answer_encrypted": "Trả lời"},
        sealed={"text_encrypted": "feedback", "place_encrypted": "feedback", "answer_encrypted": "feedback"},
    ),
    Holding("survey_answer", "Câu trả lời khảo sát", {"invitation_id": None, "comment_encrypted": None},
            via=("invitation_id", "survey_invitation"), shown={"level": "Mức hài lòng", "answered_at": "Lúc"}),
    Holding("survey_invitation", "Lời mời khảo sát", DELETE, {"citizen_id": "citizen", "phone_index": "phone"},
            shown={"asked_at": "Lúc"}),
    _by_citizen("visit", "Lịch hẹn", {"citizen_id": None, "person": _of_nobody},
                shown={"starts_at": "Bắt đầu", "purpose": "Việc", "state": "Tình trạng"}),
    _by_citizen("follow", "Hồ sơ đang theo dõi", DELETE, shown={"dossier_id": "Hồ sơ số", "created_at": "Từ lúc"}),
    _by_citizen(
        "dossier_request", "Yêu cầu về hồ sơ", {"citizen_id": None, "said_encrypted": _nothing_said},
        shown={"kind": "Loại", "created_at": "Lúc", "said_encrypted": "Nội dung", "answer": "Trả lời"},
        sealed={"said_encrypted": "dossier_request"},
    ),
    _by_citizen("result_link", "Liên kết mở kết quả", DELETE, shown={"name": "Tệp", "created_at": "Lúc"}),
    _by_citizen("licence_reminder", "Nhắc hạn giấy phép lái xe", DELETE, shown={"expires_on": "Hết hạn ngày"}),
    _by_citizen("service_waiting", "Câu hỏi đang chờ nguồn dữ liệu", DELETE, shown={"service": "Mục"}),
    _by_citizen("broadcast_recipient", "Thông báo đã gửi hoặc không gửi được", {"person": _of_nobody},
                shown={"contact_at": "Lúc"}),
    Holding("broadcast_listed", "Danh sách nhận thông báo", DELETE, {"phone_index": "phone", "uid_index": "uid"}),
    Holding("trial_guest", "Khách mời dùng thử", DELETE, {"phone_index": "phone"}, shown={"invited_at": "Lúc"}),
    _by_citizen("text_tester", "Zalo nhận tin thử của cán bộ", DELETE),
    _by_citizen("consent", "Đồng ý và rút đồng ý", Keep(EVIDENCE),
                shown={"purpose": "Mục đích", "given_at": "Đồng ý lúc", "withdrawn_at": "Rút lúc"}),
    Holding("data_request", "Yêu cầu về dữ liệu cá nhân", Keep(REQUEST),
            {"citizen_id": "citizen", "phone_index": "phone"},
            shown={"kind": "Loại", "received_at": "Lúc", "state": "Tình trạng"}),
    Holding("data_hold", "Lệnh giữ dữ liệu", Keep("Lệnh đã hết hiệu lực, giữ làm bằng chứng."),
            {"citizen_id": "citizen", "phone_index": "phone"}),
    Holding("dossier_phone", "Số điện thoại trên hồ sơ", Keep(RECORD), {"phone_index": "phone"},
            shown={"dossier_id": "Hồ sơ số"}),
    # By `registry.erase`: the account stays as a fingerprint, so that a new message does not bring the old one back.
    Holding(
        "citizen", "Tài khoản Zalo đã biết", Keep("Chỉ còn dấu vân tay của tài khoản; số điện thoại, mã Zalo đã xóa."),
        {"id": "citizen"},
        shown={"phone_encrypted": "Số điện thoại", "created_at": "Từ lúc", "language": "Ngôn ngữ", "topics": "Chủ đề",
               "areas": "Nơi ở đã chọn", "last_interaction_at": "Nhắn lần cuối"},
        sealed={"phone_encrypted": "phone"},
    ),
)  # fmt: skip

# Tables with words or ids that look personal and are not a citizen's, or are an official record.
NOT_A_CITIZENS: dict[str, str] = {
    "change_subscription": "Khóa ký của hệ thống một cửa.",
    "data_tombstone": "Bằng chứng đã xóa; không nêu người.",
    "delivery_act": "Việc cán bộ làm với một tin.",
    "dossier": RECORD,
    "dossier_form_issued": RECORD,
    "dossier_person": RECORD,
    "dossier_result": RECORD,
    "dossier_source": "Khóa của hệ thống nguồn.",
    "export_part": "Tệp xuất toàn bộ dữ liệu của tỉnh, mã hóa, tự xóa sau 48 giờ.",
    "official_account": "Khóa của OA.",
    "pending_consent": "Lần kết nối OA của quản trị viên.",
    "staff": "Tài khoản và khóa mã xác thực của cán bộ.",
    "service_switch": "Thiết lập của mục tra cứu.",
}


def subject_of(citizen: Citizen | None, phone_index: str | None) -> Subject:
    """The person behind an account or a phone: every account that is surely theirs."""
    phones = {phone_index} if phone_index else set()
    if citizen is not None and citizen.phone_proven_at is not None and citizen.phone_index:
        phones.add(citizen.phone_index)
    others = [one for one in registry.with_proven_phone(phones) if one.phone_proven_at is not None]
    accounts = {one.id: one for one in (*others, *(registry.accounts_of(citizen) if citizen else []))}
    return Subject(tuple(accounts[key] for key in sorted(accounts)), frozenset(phones))


def table_of(holding: Holding) -> Table:
    return Base.metadata.tables[holding.table]


def rows_of(holding: Holding, subject: Subject) -> ColumnElement:
    """The condition that finds the subject's rows; of the tenant in scope by row security."""
    table, keys = table_of(holding), subject.keys
    found = [table.c[column].in_(keys[kind]) for column, kind in holding.by.items() if keys[kind]]
    if holding.via:
        column, parent = holding.via
        for above in HOLDINGS:
            if above.table == parent:
                found.append(table.c[column].in_(select(table_of(above).c.id).where(rows_of(above, subject))))
    return or_(*found) if found else false()


def values_of(holding: Holding) -> dict[str, Any]:
    """What an update writes: functions are asked with the table."""
    table = table_of(holding)
    made: dict[str, Callable | Any] = holding.erase
    return {column: value(table) if callable(value) else value for column, value in made.items()}


def each(subject: Subject) -> Iterator[tuple[Holding, ColumnElement]]:
    for holding in HOLDINGS:
        yield holding, rows_of(holding, subject)
