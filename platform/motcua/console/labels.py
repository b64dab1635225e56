"""Our own words for messages, as officers read them."""

EVENTS = {
    "dossier_filed": "Đã nộp trực tuyến",
    "dossier_accepted": "Biên nhận",
    "dossier_refused": "Không tiếp nhận",
    "dossier_moved": "Chuyển bước",
    "dossier_supplement": "Yêu cầu bổ sung",
    "dossier_fee": "Yêu cầu nộp phí",
    "dossier_withdrawal": "Ghi nhận rút hồ sơ",
    "dossier_stopped": "Dừng xử lý",
    "dossier_ready": "Có kết quả",
    "dossier_ready_early": "Có kết quả sớm",
    "dossier_returned": "Đã trả kết quả",
    "dossier_due_changed": "Đổi ngày hẹn",
    "survey_ask": "Hỏi mức hài lòng",
    "survey_reminder": "Nhắc đánh giá",
}
CHANNELS = {
    "consultation": "Tin tư vấn (miễn phí)",
    "zbs_uid": "Tin mẫu ZBS theo người quan tâm",
    "zbs_phone": "Tin mẫu ZBS theo số điện thoại",
}
STATES = {
    "queued": "Đang chờ gửi",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "delivered": "Đã đến máy",
    "seen": "Đã xem",
    "failed": "Không gửi được",
    "uncertain": "Chưa rõ đã đến chưa",
    "expired": "Hết hạn, không gửi",
}
