"""Why a message waits or was not sent, in a sentence for the officer who looks at it."""

SENTENCES = {
    "trial_not_invited": "Tỉnh đang dùng thử và số này chưa được mời. Xin mời số này hoặc chuyển sang dùng thật.",
    "plan_limit": "Đã hết số tin trong tháng của gói dịch vụ. Tin chờ tới đầu tháng sau; cần sớm hơn, xin nâng gói.",
    "no_channel_left": "Không còn cách nào gửi tới người này qua Zalo. Xin liên hệ trực tiếp.",
    "expired": "Tin đã quá hạn gửi nên không gửi nữa. Xin liên hệ trực tiếp nếu việc còn cần.",
    "expired_quota": "OA hết hạn mức gửi tin cho đến khi tin quá hạn, nên không gửi nữa. Xin mua thêm hạn mức.",
    "expired_budget": "Hết ngân sách tin trả phí cho đến khi tin quá hạn, nên không gửi nữa. Xin nâng giới hạn chi.",
    "paused": "OA đang tạm dừng gửi. Tin sẽ đi khi cho gửi tiếp.",
    "circuit_open": "Zalo đang từ chối hoặc không trả lời. Hệ thống tự gửi lại sau ít phút.",
    "rate_reached": "Đang gửi nhanh bằng mức Zalo cho phép. Tin sẽ đi trong ít phút, không cần làm gì.",
    "in_line": "Đang chờ tin trước tới cùng người này. Tin sẽ đi ngay sau tin ấy.",
    "worker_lost": "Tiến trình gửi dừng giữa chừng. Hệ thống đang hỏi lại Zalo tin đã tới chưa.",
    "decision_crashed": "Phần mềm gặp lỗi với tin này và tự thử lại sau 10 phút; nhà cung cấp đã có nhật ký của lỗi.",
    "zalo_quota_exceeded": "Đã dùng hết hạn mức gửi tin của OA. Tin chờ sang ngày; cần sớm hơn, xin mua thêm hạn mức.",
    "zalo_needs_consent": "OA chưa kết nối hoặc đã mất quyền. Xin mở mục Official Account và bấm “Kết nối”.",
}


def sentence_of(failure: str) -> str | None:
    """None for a code that says nothing to an officer."""
    return SENTENCES.get(failure)
