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
    "visit_reminder_day": "Nhắc lịch đến quầy, hôm trước",
    "visit_reminder_hour": "Nhắc lịch đến quầy, một giờ trước",
    "visit_closed": "Báo hủy lịch vì quầy nghỉ",
    "survey_ask": "Hỏi mức hài lòng",
    "survey_reminder": "Nhắc đánh giá",
    "dossier_supplement_reminder": "Nhắc hạn bổ sung",
    "dossier_supplement_lapsed": "Kết thúc vì không bổ sung",
    "dossier_supplemented": "Đã nhận giấy tờ bổ sung",
    "dossier_fee_reminder": "Nhắc hạn nộp phí",
    "dossier_fee_paid": "Đã nộp phí",
    "dossier_late": "Xin lỗi, hẹn lại",
    "dossier_withdrawn": "Đã rút hồ sơ",
    "dossier_withdrawal_refused": "Không cho rút hồ sơ",
    "dossier_corrected": "Đính chính kết quả",
    "dossier_recalled": "Thu hồi để xử lý lại",
    "dossier_silent": "Báo hồ sơ lâu chưa có tiến triển",
    "request_answered": "Trả lời yêu cầu",
    "request_refused": "Từ chối yêu cầu",
    "broadcast_policy": "Thông báo chính sách",
    "broadcast_news": "Tin tức",
    "broadcast_emergency": "Cảnh báo khẩn cấp",
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

PAYMENT = {
    "none": "Không có khoản phải nộp",
    "due": "Chờ nộp",
    "paid": "Đã nộp",
    "waived": "Được miễn",
    "refund_due": "Cần hoàn trả",
}
HANDOVER = {
    "none": "Chưa có kết quả",
    "waiting": "Chờ người dân nhận",
    "at_post": "Đã giao bưu chính",
    "handed_over": "Đã trao",
    "electronic": "Đã trả bản điện tử",
}
SYNC = {
    "current": "Khớp với hệ thống nguồn",
    "stale": "Lâu chưa nghe hệ thống nguồn",
    "conflict": "Hệ thống nguồn nói khác",
}
