"""Why a message stands where it stands, in whole sentences for officers."""

from motcua.citizens.models import Citizen
from motcua.core.clock import VIETNAM, now
from motcua.core.language import t
from motcua.messaging import deliveries
from motcua.messaging.leaving import LetGo
from motcua.messaging.models import Message
from motcua.zalo.phone import mask_phone

from .shell import grouped

LANES = {
    "urgent": "Khẩn: hồ sơ, trả lời",
    "emergency": "Cảnh báo khẩn cấp",
    "normal": "Thường: nhắc lịch, đánh giá",
    "broadcast": "Tin diện rộng",
}
ACTS = {"received": "Ghi là đã nhận", "resend": "Gửi lại"}
WHY = {
    "worker_lost": "Máy gửi tin dừng đột ngột khi đang gửi.",
    "send_crashed": "Phần mềm gặp lỗi khi đang gửi; nhà cung cấp đã có nhật ký của lỗi này.",
    "zalo_uncertain": "Zalo đã nhận yêu cầu nhưng không trả lời.",
    "zalo_recipient_unreachable": "Người dân không nhận được tin qua kênh này: chưa quan tâm, đã chặn, "
    "hoặc số điện thoại không dùng Zalo.",
    "no_channel_left": "Không còn kênh nào gửi được đến người dân này.",
    "zalo_rejected": "Zalo từ chối nội dung của tin.",
    "zalo_unknown_code": "Zalo từ chối với một mã lỗi chưa biết.",
    "zalo_attachment_expired": "Tệp đính kèm đã hết hạn ở Zalo.",
    "zalo_needs_consent": "OA đã mất quyền gửi tin; xin kết nối lại OA.",
    "zalo_token_invalid": "Khóa truy cập của OA bị từ chối; hệ thống đang xin khóa mới.",
    "zalo_not_entitled": "OA chưa được phép gửi loại tin này; xin kiểm tra gói dịch vụ và tài khoản ZBS.",
    "zalo_quota_exceeded": "Đã hết hạn mức gửi tin; tin sẽ được gửi khi có hạn mức mới.",
    "zalo_night_blocked": "Zalo không cho gửi loại tin này ban đêm; tin sẽ được gửi vào buổi sáng.",
    "zalo_rate_limited": "Đã đến giới hạn tốc độ của Zalo; tin sẽ được gửi ngay sau đó.",
    "rate_reached": "Đã đến giới hạn tốc độ của Zalo; tin sẽ được gửi ngay sau đó.",
    "circuit_open": "Zalo đang từ chối OA nên hệ thống tạm ngừng gửi và sẽ tự thử lại.",
    "zalo_unavailable": "Không liên lạc được với Zalo; hệ thống sẽ tự thử lại.",
    "expired": "Đã quá thời hạn có ích của tin nên không gửi nữa.",
    "expired_quota": "OA hết hạn mức gửi tin cho đến khi tin quá hạn, nên không gửi nữa. Xin mua thêm hạn mức.",
    "expired_budget": "Hết ngân sách tin trả phí cho đến khi tin quá hạn, nên không gửi nữa. Xin nâng giới hạn chi.",
    "plan_limit": "Đã hết số tin trong tháng của gói dịch vụ; tin đợi tới tháng sau hoặc tới khi nâng gói.",
    "expired_plan": "Hết số tin của gói dịch vụ cho đến khi tin quá hạn, nên không gửi nữa. Xin nâng gói.",
    "spend_cap": "Hết ngân sách tin trả phí của tháng; tin đợi nâng giới hạn chi, hoặc người dân nhắn OA.",
    "spend_cap_urgent": "Hết ngân sách tin trả phí của tháng; tin đợi nâng giới hạn chi, hoặc người dân nhắn OA.",
    "quiet_hours": "Đang ngoài giờ gửi tin của tỉnh; tin đi khi vào giờ gửi.",
    "zalo_night": "Zalo không cho gửi loại tin này ban đêm; tin sẽ được gửi vào buổi sáng.",
    "paused": "Việc gửi tin đang tạm dừng; tin đi khi cho gửi tiếp.",
    "trial_not_invited": "Tỉnh đang dùng thử và số này chưa được mời; xin mời số này hoặc chuyển sang dùng thật.",
    "in_line": "Đang đợi tin trước gửi cho cùng người này; tin đi ngay sau đó.",
    "decision_crashed": "Phần mềm gặp lỗi với tin này và tự thử lại sau 10 phút; nhà cung cấp đã có nhật ký.",
    "held": "Thông báo này đang tạm dừng hoặc chưa đến giờ được gửi; tin đi khi thông báo được gửi tiếp.",
    "cancelled": "Thông báo này đã bị hủy nên tin không gửi nữa.",
}
UNTOLD = {
    "failed": "Zalo không nhận tin này.",
    "expired": WHY["expired"],
    "queued": "Đang đợi đến lượt.",
    "uncertain": "Yêu cầu gửi đã đi mà chưa có câu trả lời.",
}


def why(message: Message) -> str:
    """One sentence, or several."""
    if message.state == "queued" and message.failure is None:
        return UNTOLD["queued"]
    return WHY.get(
        message.failure, UNTOLD.get(message.state, "Chưa rõ nguyên nhân. Xin liên hệ nhà cung cấp.")
    )


def what_now(message: Message) -> str:
    """What the system does with it from here on, and from when a person is needed."""
    if message.state == "uncertain":
        if now() - (message.claimed_at or message.created_at) >= deliveries.FOR_A_PERSON_AFTER:
            return "Cần cán bộ quyết định: Zalo chưa cho biết tin đã đến hay chưa."
        if message.channel == "zbs_phone":
            return "Đang đợi Zalo báo đã đến máy."
        return "Hệ thống đang tìm tin này trong cuộc trò chuyện trên Zalo."
    return {
        "failed": "Hệ thống không gửi lại.",
        "expired": "Hệ thống không gửi lại.",
        "queued": "Hệ thống sẽ tự gửi.",
    }.get(message.state, "Tin đã được làm rõ.")


def kept_back(found: LetGo) -> list[str]:
    """A sentence for each reason why some that a person let go do not leave at once."""
    words = []
    if found.asleep:
        at = f"{found.opens_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        words.append(
            t(
                "{count} tin thuộc thông báo chỉ gửi trong giờ cho phép nên sẽ đi từ {at}.",
                count=grouped(found.asleep),
                at=at,
            )
        )
    if found.held:
        words.append(
            t(
                "{count} tin thuộc thông báo đang tạm dừng nên vẫn được giữ. "
                "Muốn gửi, xin mở thông báo ấy rồi bấm “Gửi tiếp”.",
                count=grouped(found.held),
            )
        )
    if found.closed:
        words.append(
            t(
                "{count} tin thuộc thông báo đã hủy nên không gửi nữa. Việc còn cần báo, xin soạn thông báo mới.",
                count=grouped(found.closed),
            )
        )
    return words


def recipient(message: Message, citizen: Citizen | None) -> str:
    """Who, as little as tells two apart."""
    phone = citizen.phone if citizen else message.phone
    if phone:
        return mask_phone(phone)
    return f"Người quan tâm OA số {citizen.id}" if citizen else "Không rõ"
