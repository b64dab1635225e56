"""What each figure of the dashboards means, as the pages, the Excel file and docs/figures.md say it."""

from dataclasses import dataclass

from motcua.reports.definitions import OURS, QD766, SIPAS


@dataclass(frozen=True)
class Definition:
    """`table`: the facts it is added up from."""

    name: str
    formula: str
    table: str
    source: str = OURS


DEFINITIONS = {
    "followers": Definition(
        "Người quan tâm",
        "Số tài khoản Zalo đang quan tâm Official Account của tỉnh vào cuối kỳ. Ngày cũ tính lùi từ số hiện nay, "
        "trừ lượt quan tâm và cộng lượt bỏ quan tâm sau ngày đó.",
        "fact_citizen",
    ),
    "gained": Definition("Quan tâm mới", "Số lượt bấm quan tâm Official Account trong kỳ.", "fact_citizen"),
    "lost": Definition("Bỏ quan tâm", "Số lượt bỏ quan tâm Official Account trong kỳ.", "fact_citizen"),
    "linked_total": Definition(
        "Đã liên kết số điện thoại",
        "Số người đã chia sẻ số điện thoại qua Zalo và chưa rút lại, tính đến cuối kỳ.",
        "fact_citizen",
    ),
    "lookups": Definition(
        "Lượt tra cứu",
        "Số câu hỏi được máy trả lời trong kỳ: hỏi thủ tục, hỏi tình trạng hồ sơ, hỏi các mục tra cứu khác, trong chat "
        "và trên trang của tỉnh. Bấm xem tiếp giấy tờ, phí của cùng một thủ tục không tính thêm.",
        "fact_lookup",
    ),
    "unanswered": Definition(
        "Chưa trả lời được",
        "Số lượt tra cứu không có câu trả lời, bị người dân bác, hoặc nguồn dữ liệu không trả lời; tỷ lệ chia cho lượt "
        "tra cứu.",
        "fact_lookup",
    ),
    "messages": Definition(
        "Tin đã viết",
        "Số tin hệ thống viết cho người dân trong kỳ, tính theo ngày viết, gửi được hay không.",
        "fact_message",
    ),
    "accepted": Definition(
        "Tin Zalo đã nhận",
        "Số tin viết trong kỳ mà Zalo đã nhận để chuyển (đã gửi, đã đến máy, đã xem).",
        "fact_message",
    ),
    "delivered": Definition(
        "Tin đã đến máy",
        "Số tin viết trong kỳ có báo đã đến máy hoặc đã xem; tỷ lệ chia cho tin Zalo đã nhận.",
        "fact_message",
    ),
    "not_sent": Definition(
        "Tin không gửi được", "Số tin viết trong kỳ bị từ chối hoặc hết hạn trước khi gửi.", "fact_message"
    ),
    "uncertain": Definition(
        "Tin chưa rõ", "Số tin viết trong kỳ đã rời hệ thống mà Zalo chưa xác nhận.", "fact_message"
    ),
    "timely": Definition(
        "Trong 10 giây",
        "Số tin biên nhận, trạng thái, trả lời và cảnh báo (làn khẩn) được Zalo nhận không quá 10 giây sau sự kiện, "
        "chia số tin như vậy đã được Zalo nhận. Tính cả thời gian chờ giờ được phép gửi.",
        "fact_pace",
    ),
    "arrived_timely": Definition(
        "Đến máy trong 10 giây",
        "Như trên, tính đến lúc tin đến máy, chia số tin như vậy có báo đã đến máy.",
        "fact_pace",
    ),
    "cost_vnd": Definition(
        "Chi phí tin",
        "Tổng giá các tin mất phí viết trong kỳ mà Zalo đã nhận, theo giá lúc gửi, chưa có thuế. Hóa đơn tháng tính "
        "theo ngày gửi nên có thể lệch ở ngày đầu và ngày cuối tháng.",
        "fact_message",
    ),
    "backlog": Definition(
        "Tin chờ",
        "Số tin đã đến giờ gửi mà chưa gửi, mỗi vài phút đếm một lần (mỗi làn đếm đến 10.000).",
        "fact_backlog",
    ),
    "received": Definition(
        "Hồ sơ tiếp nhận",
        "Số hồ sơ có ngày tiếp nhận trong kỳ; hồ sơ không được tiếp nhận tính theo ngày từ chối.",
        "fact_dossier",
        QD766,
    ),
    "finished": Definition(
        "Hồ sơ giải quyết xong",
        "Số hồ sơ xong trong kỳ: có kết quả (trạng thái 9), nếu không có thì đã trả (10), nếu không có thì bị từ chối, "
        "rút hoặc dừng (3, 7, 8).",
        "fact_dossier",
        QD766,
    ),
    "on_time": Definition(
        "Xong đúng hạn",
        "Số hồ sơ xong trong kỳ không muộn hơn hẹn trả (gồm cả trước hạn), chia số hồ sơ xong trong kỳ có hẹn trả. Hẹn "
        "trả là hẹn trước lần xin lỗi đầu tiên.",
        "fact_dossier",
        QD766,
    ),
    "early": Definition(
        "Trước hạn",
        "Số hồ sơ có kết quả trước ngày hẹn trả ít nhất một ngày, chia số hồ sơ xong trong kỳ có hẹn trả.",
        "fact_dossier",
    ),
    "late": Definition(
        "Xong trễ hạn",
        "Số hồ sơ xong trong kỳ muộn hơn hẹn trả, chia số hồ sơ xong trong kỳ có hẹn trả.",
        "fact_dossier",
        QD766,
    ),
    "pending": Definition(
        "Đang giải quyết",
        "Số hồ sơ đã tiếp nhận và chưa xong vào cuối kỳ: cộng dồn tiếp nhận trừ cộng dồn xong.",
        "fact_dossier",
        QD766,
    ),
    "overdue": Definition(
        "Quá hạn",
        "Trong số đang giải quyết, hồ sơ đã quá hẹn trả vào cuối kỳ. Hồ sơ chờ người dân bổ sung tính đến lúc yêu cầu.",
        "fact_dossier",
        QD766,
    ),
    "online": Definition(
        "Nộp trực tuyến",
        "Số hồ sơ tiếp nhận trong kỳ nộp trực tuyến, chia số hồ sơ tiếp nhận.",
        "fact_dossier",
        QD766,
    ),
    "satisfied": Definition(
        "Hài lòng",
        "Số câu trả lời khảo sát mức 4 và 5, chia số câu trả lời nhận trong kỳ. Trang “Đúng hạn và hài lòng” tính theo "
        "hồ sơ nên có thể khác.",
        "fact_satisfaction",
        SIPAS,
    ),
    "answered": Definition(
        "Câu trả lời",
        "Số câu trả lời khảo sát nhận trong kỳ; số đã hỏi là số hồ sơ được hỏi trong kỳ.",
        "fact_satisfaction",
    ),
    "voices": Definition(
        "Phản ánh, kiến nghị",
        "Số phản ánh, kiến nghị về quy định và hành vi, cộng phản ánh hiện trường, nhận trong kỳ.",
        "fact_voice",
    ),
    "voices_in_time": Definition(
        "Trả lời đúng hạn",
        "Số phản ánh trả lời trong kỳ không muộn hơn hạn, chia số phản ánh trả lời trong kỳ.",
        "fact_voice",
    ),
}
