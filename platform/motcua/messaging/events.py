"""What each message is, in words for a province's admin: its group, its name, when it may go and if it may be off.

An event that stands in no group here answers something a citizen has just said: it goes at once, and always.
"""

from dataclasses import dataclass

CONSULTATION, ZBS = CHANNELS = ("consultation", "zbs")
# When a message may go depends on what it is; `hours` holds the rules.
KINDS = {
    "answer": "Trả lời điều người dân vừa hỏi",
    "news": "Tin về hồ sơ, lịch hẹn",
    "reminder": "Lời nhắc",
    "survey": "Khảo sát",
    "broadcast": "Tin thông báo",
    "emergency": "Cảnh báo khẩn cấp",
}


@dataclass(frozen=True)
class Event:
    """`locked`: the channels by which it may not be switched off; `why` says so to the admin."""

    name: str
    title: str
    kind: str = "news"
    locked: tuple[str, ...] = ()
    why: str = ""


_DUTY = "Luật buộc cơ quan báo cho người dân."
_IN_VAIN = "Không báo thì người dân đến quầy vô ích."

SWITCHABLE: dict[str, tuple[Event, ...]] = {
    "Hồ sơ: tiếp nhận và tiến độ": (
        Event("dossier_filed", "Đã nhận hồ sơ nộp trực tuyến"),
        Event("dossier_accepted", "Giấy tiếp nhận hồ sơ điện tử"),
        Event("dossier_refused", "Hồ sơ không được tiếp nhận", locked=(CONSULTATION,), why=_DUTY),
        Event("dossier_moved", "Hồ sơ chuyển bước, chuyển người"),
        Event("dossier_supplement", "Yêu cầu bổ sung giấy tờ", locked=(CONSULTATION,), why=_DUTY),
        Event("dossier_supplemented", "Đã nhận giấy tờ bổ sung"),
        Event("dossier_supplement_lapsed", "Hết hạn bổ sung", locked=(CONSULTATION,), why=_DUTY),
        Event("dossier_fee", "Yêu cầu nộp phí, lệ phí"),
        Event("dossier_fee_paid", "Đã nộp phí, lệ phí"),
        Event("dossier_due_changed", "Đổi ngày hẹn trả", locked=(CONSULTATION,), why=_IN_VAIN),
        Event("dossier_late", "Xin lỗi vì trễ hẹn, ngày hẹn mới", locked=(CONSULTATION,), why=_DUTY),
        Event("dossier_silent", "Hồ sơ lâu chưa có tiến triển"),
        Event("dossier_stopped", "Dừng xử lý hồ sơ", locked=(CONSULTATION,), why=_DUTY),
        Event("dossier_recalled", "Hồ sơ được đưa trở lại xử lý", locked=(CONSULTATION,), why=_IN_VAIN),
    ),
    "Hồ sơ: kết quả và rút hồ sơ": (
        Event("dossier_ready", "Đã có kết quả"),
        Event("dossier_ready_early", "Có kết quả sớm hơn hẹn"),
        Event("dossier_returned", "Đã trả kết quả"),
        Event("dossier_corrected", "Đính chính kết quả", locked=(CONSULTATION,), why=_IN_VAIN),
        Event("dossier_withdrawal", "Đã ghi yêu cầu rút hồ sơ"),
        Event("dossier_withdrawn", "Đã rút hồ sơ"),
        Event("dossier_withdrawal_refused", "Chưa chấp nhận rút hồ sơ"),
    ),
    "Lời nhắc và lịch hẹn": (
        Event("dossier_supplement_reminder", "Nhắc hạn bổ sung giấy tờ", "reminder"),
        Event("dossier_fee_reminder", "Nhắc hạn nộp phí", "reminder"),
        Event("visit_reminder_day", "Nhắc lịch đến quầy trước một ngày", "reminder"),
        Event("visit_reminder_hour", "Nhắc lịch đến quầy trước một giờ"),
        Event("visit_closed", "Quầy nghỉ nên phải hủy lịch", locked=(CONSULTATION,), why=_IN_VAIN),
    ),
    "Tin theo chủ đề và lời nhắc riêng": (
        Event("service_news", "Tin của mục tra cứu nơi người dân ở"),
        Event("licence_reminder", "Nhắc hạn giấy phép lái xe", "reminder"),
    ),
    "Khảo sát": (
        Event("survey_ask", "Hỏi mức độ hài lòng", "survey"),
        Event("survey_reminder", "Nhắc trả lời khảo sát", "survey"),
    ),
}
BY_NAME = {event.name: event for group in SWITCHABLE.values() for event in group}

ANSWERS: dict[str, dict[str, str]] = {
    "Trả lời về hồ sơ": {
        "dossier_status": "Tình trạng hồ sơ", "my_dossiers": "Hồ sơ của tôi", "no_dossiers": "Chưa theo dõi hồ sơ nào",
        "not_found": "Không tìm thấy hồ sơ", "following": "Bắt đầu theo dõi", "unfollowed": "Thôi theo dõi",
        "proof_asked": "Hỏi 4 số xác minh", "cooled_down": "Nhập sai nhiều lần", "phone_linked": "Đã liên kết số máy",
        "result_link": "Đường dẫn mở kết quả", "no_result_file": "Chưa có kết quả điện tử",
        "request_menu": "Chọn yêu cầu về hồ sơ", "request_asked": "Hỏi nội dung yêu cầu",
        "request_kept": "Đã ghi yêu cầu", "request_dropped": "Bỏ yêu cầu", "request_too_late": "Yêu cầu đã muộn",
        "request_needs_proof": "Yêu cầu cần xác minh", "request_answered": "Trả lời yêu cầu",
        "request_refused": "Từ chối yêu cầu",
    },
    "Chào hỏi và cài đặt": {
        "welcome": "Lời chào", "help": "Hướng dẫn", "not_here": "Tỉnh chưa có mục này",
        "stopped": "Đã dừng nhận tin", "resumed": "Đã nhận tin lại",
        "language_changed": "Đã đổi ngôn ngữ", "topics": "Chủ đề thông báo", "topic_on": "Bật một chủ đề",
        "topic_off": "Tắt một chủ đề", "file_received": "Người dân gửi ảnh, tệp",
        "tester_linked": "Nối Zalo của cán bộ để gửi thử", "tester_refused": "Mã nối không đúng",
    },
    "Hỏi thủ tục": {
        "find_procedure": "Mời hỏi thủ tục", "procedure_card": "Thẻ thủ tục", "procedure_papers": "Giấy tờ cần có",
        "procedure_fee": "Phí, lệ phí", "procedure_where": "Nơi nộp và thời hạn",
        "procedure_choices": "Chọn thủ tục", "procedure_not_here": "Việc không giải quyết ở đây",
        "not_understood": "Chưa hiểu câu hỏi", "choice_refused": "Không có thủ tục cần tìm",
    },
    "Gặp cán bộ": {
        "person_coming": "Đã báo cán bộ", "person_away": "Ngoài giờ làm việc", "person_says": "Lời cán bộ",
        "person_gone": "Kết thúc trò chuyện",
    },
    "Đặt lịch đến quầy": {
        "appointments": "Lịch hẹn", "no_appointments": "Chưa có lịch hẹn", "visit_purposes": "Chọn việc",
        "visit_proof": "Xin số điện thoại", "visit_dossiers": "Chọn hồ sơ", "visit_desks": "Chọn quầy",
        "visit_days": "Chọn ngày", "visit_slots": "Chọn giờ", "visit_booked": "Đã đặt lịch",
        "visit_moved": "Đã đổi lịch", "visit_mine": "Lịch của tôi", "visit_none": "Chưa có lịch",
        "visit_cancel_sure": "Hỏi lại trước khi hủy", "visit_cancelled": "Đã hủy lịch",
        "visit_confirmed": "Đã xác nhận sẽ đến", "visit_lost": "Lần đặt đã quá lâu",
        "visit_refused": "Không đặt được",
    },
    "Trả lời khảo sát": {
        "survey_why": "Hỏi lý do chưa hài lòng", "survey_low": "Mời gửi phản ánh",
        "survey_attitude": "Hỏi thái độ", "survey_clarity": "Hỏi hướng dẫn", "survey_trips": "Hỏi số lần đến",
        "survey_thanks": "Cảm ơn", "survey_skipped": "Bỏ qua", "survey_closed": "Khảo sát đã đóng",
    },
    "Phản ánh, kiến nghị": {
        "complaint_kinds": "Chọn loại phản ánh", "complaint_words": "Mời viết nội dung",
        "complaint_unfit": "Nội dung quá ngắn, quá dài", "complaint_too_many": "Còn nhiều phản ánh",
        "complaint_kept": "Đã nhận phản ánh", "complaint_stopped": "Không gửi nữa",
        "complaint_more": "Mời bổ sung", "complaint_asked": "Cơ quan hỏi thêm", "complaint_accepted": "Đã thụ lý",
        "complaint_forwarded": "Đã chuyển cơ quan khác", "complaint_refused": "Không tiếp nhận",
        "complaint_answered": "Trả lời phản ánh",
    },
    "Phản ánh hiện trường": {
        "feedback_kinds": "Chọn loại việc", "feedback_words": "Mời mô tả", "feedback_so_far": "Phần đã viết",
        "feedback_commune": "Hỏi xã, phường", "feedback_which_commune": "Tên xã, phường chưa rõ",
        "feedback_kept": "Đã nhận phản ánh", "feedback_publish_yes": "Đồng ý công khai",
        "feedback_publish_no": "Không công khai", "feedback_too_long": "Nội dung quá dài",
        "feedback_too_many": "Còn nhiều phản ánh", "feedback_off": "Tỉnh chưa nhận phản ánh",
        "feedback_stopped": "Không gửi nữa", "feedback_place_abroad": "Vị trí không ở Việt Nam",
        "feedback_photo_refused": "Không nhận được ảnh", "feedback_more": "Mời bổ sung",
        "feedback_added": "Đã bổ sung", "feedback_rated": "Đã đánh giá", "feedback_closed": "Chưa có trả lời",
        "feedback_asked": "Cơ quan hỏi thêm", "feedback_forwarded": "Đã chuyển đơn vị",
        "feedback_working": "Đang xử lý", "feedback_refused": "Không tiếp nhận",
        "feedback_answered": "Trả lời phản ánh", "feedback_reopened": "Mở lại", "feedback_merged": "Gộp phản ánh",
    },
    "Dữ liệu cá nhân": {
        "data_menu": "Quyền với dữ liệu của mình", "data_correct": "Hỏi sửa gì",
        "data_delete_sure": "Hỏi lại trước khi xóa", "data_dropped": "Không gửi yêu cầu",
        "data_kept": "Đã nhận yêu cầu",
        "data_acknowledged": "Báo cách giải quyết",
        "data_extended": "Gia hạn", "data_answered": "Trả lời yêu cầu", "data_refused": "Không giải quyết được",
        "data_copy": "Gửi bản sao dữ liệu", "data_erasing": "Báo trước khi xóa",
    },
    "Tra cứu khác": {
        "service_list": "Danh sách mục tra cứu", "service_ask": "Hỏi lại một ô", "service_answer": "Câu trả lời",
        "service_refused": "Câu hỏi chưa rõ", "service_wait": "Đang hỏi nguồn dữ liệu",
        "service_unavailable": "Nguồn dữ liệu không trả lời", "service_level": "Cần xác nhận là ai",
        "service_cancelled": "Thôi hỏi", "service_too_many": "Hỏi quá nhiều lần",
        "area_asked": "Hỏi xã, phường nhận tin", "area_unknown": "Tên xã, phường chưa rõ",
        "areas": "Nơi nhận tin", "licence_remind_on": "Bật nhắc giấy phép", "licence_remind_off": "Tắt nhắc giấy phép",
        "licence_remind_what": "Chưa rõ giấy phép nào",
    },
    "Thông báo": {
        "broadcast_policy": "Thông báo chính sách", "broadcast_news": "Tin tức",
        "broadcast_emergency": "Cảnh báo khẩn cấp",
    },
}  # fmt: skip
OTHERS = "Tin khác"


def title_of(event: str) -> str:
    if event in BY_NAME:
        return BY_NAME[event].title
    return next((titles[event] for titles in ANSWERS.values() if event in titles), event)


def groups(names: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Group -> (event, title) of these events, in the order in which an admin looks for them."""
    titles = {
        group: {one.name: one.title for one in members} for group, members in SWITCHABLE.items()
    } | ANSWERS
    found = {
        group: [(name, title) for name, title in members.items() if name in names]
        for group, members in titles.items()
    }
    placed = {name for members in titles.values() for name in members}
    found[OTHERS] = [(name, name) for name in sorted(names - placed)]
    return {group: members for group, members in found.items() if members}


def kind_of(event: str, lane: str) -> str:
    """One of KINDS."""
    if lane in ("emergency", "broadcast"):
        return lane
    return BY_NAME[event].kind if event in BY_NAME else "answer"
