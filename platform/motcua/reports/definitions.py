"""What each figure means, as the page, the Excel file and docs/satisfaction.md say it."""

from dataclasses import dataclass

QD766 = "Quyết định 766/QĐ-TTg"
SIPAS = "SIPAS (Bộ Nội vụ)"
OURS = "Một Cửa"


@dataclass(frozen=True)
class Definition:
    name: str
    formula: str
    source: str


DEFINITIONS = (
    Definition(
        "Hồ sơ trong kỳ",
        "Hồ sơ tiếp nhận trước khi kỳ kết thúc và chưa xong trước khi kỳ bắt đầu; hồ sơ không được tiếp nhận tính theo "
        "ngày từ chối. Xong là lúc có kết quả (trạng thái 9), nếu không có thì lúc trả (10), nếu không có thì lúc từ "
        "chối, rút hoặc dừng (3, 7, 8).",
        QD766,
    ),
    Definition(
        "Đúng hạn",
        "Số hồ sơ xong không muộn hơn hẹn trả, hoặc đang giải quyết mà đến cuối kỳ chưa quá hẹn trả, chia số "
        "hồ sơ có hẹn trả trong kỳ. Hồ sơ chờ người dân bổ sung tính đến lúc yêu cầu bổ sung.",
        QD766,
    ),
    Definition(
        "Trước hạn",
        "Số hồ sơ có kết quả trước ngày hẹn trả ít nhất một ngày, chia số hồ sơ có hẹn trả.",
        OURS,
    ),
    Definition(
        "Trễ hạn",
        "Số hồ sơ xong muộn hơn hẹn trả, hoặc đến cuối kỳ đã quá hẹn trả mà chưa xong, chia số hồ sơ có hẹn trả. Hồ sơ "
        "đã có thư xin lỗi tính theo hẹn trả trước khi xin lỗi.",
        QD766,
    ),
    Definition(
        "Trễ hạn có xin lỗi",
        "Số hồ sơ trễ hạn đã có ít nhất một thư xin lỗi, chia số hồ sơ trễ hạn; phần còn lại là trễ hạn không xin lỗi.",
        "Thông tư 03/2025/TT-VPCP, mẫu 04",
    ),
    Definition("Tỷ lệ trả lời", "Số hồ sơ có ít nhất một câu trả lời, chia số hồ sơ đã hỏi ý kiến.", OURS),
    Definition(
        "Hài lòng",
        "Số hồ sơ có mức thấp nhất là hài lòng hoặc rất hài lòng, chia số hồ sơ có trả lời. Mỗi hồ sơ tính một lần "
        "theo mức thấp nhất mà người liên quan chọn.",
        f"{SIPAS}; cách gộp theo hồ sơ: {OURS}",
    ),
    Definition(
        "Bình thường, không hài lòng",
        "Như trên, với mức thấp nhất là bình thường; không hài lòng hoặc rất không hài lòng.",
        SIPAS,
    ),
    Definition(
        "Bị phản ánh hoặc không hài lòng",
        "Số hồ sơ có mức không hài lòng hoặc có phản ánh, kiến nghị, chia số hồ sơ trong kỳ.",
        QD766,
    ),
    Definition(
        "Mức độ hài lòng 5.4",
        "100 % − (tỷ lệ trễ hạn + tỷ lệ bị phản ánh hoặc không hài lòng), không thấp hơn 0 %.",
        QD766,
    ),
)
# SIPAS's five factors, by the question that speaks for each.
FACTORS = (
    (
        "Tiếp cận dịch vụ",
        "trips",
        "Số hồ sơ phải đến cơ quan không quá 1 lần, chia số hồ sơ có trả lời câu này.",
    ),
    ("Thủ tục hành chính", "clarity", "Số hồ sơ thấy hướng dẫn rõ ràng, chia số hồ sơ có trả lời câu này."),
    ("Công chức", "attitude", "Số hồ sơ thấy thái độ tốt, chia số hồ sơ có trả lời câu này."),
    ("Kết quả dịch vụ", "satisfied", "Số hồ sơ hài lòng chung, chia số hồ sơ có trả lời."),
    (
        "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
        "complaints",
        "Số phản ánh trả lời đúng hạn 15 ngày làm việc, chia số phản ánh đã trả lời hoặc đến hạn trong kỳ.",
    ),
)
# The nine indices of evaluation: (number, name, key among the points or None, formula)
_MEAN, _NONE = "lấy trung bình", "Không có dữ liệu để tính; cơ quan tự chấm."
INDICES = (
    (
        1,
        "Tổng thời gian giải quyết so với quy định",
        "pace",
        f"Mỗi hồ sơ đã xong: trước hạn 2, đúng hạn 1, trễ 0; {_MEAN}.",
    ),
    (
        2,
        "Thời gian của từng cơ quan tham gia",
        "step",
        f"Mỗi bước có hạn riêng: xong trong hạn 2, quá hạn 0; {_MEAN}.",
    ),
    (
        3,
        "Số lần phải liên hệ để hoàn thiện hồ sơ",
        "contact",
        f"Mỗi hồ sơ đã xong: không phải bổ sung 2, một lần 1, từ hai lần 0; {_MEAN}.",
    ),
    (4, "Số cơ quan phải liên hệ", None, _NONE),
    (5, "Tiếp nhận, giải quyết, trả kết quả tại Bộ phận Một cửa", None, _NONE),
    (6, "Công khai thủ tục hành chính", None, _NONE),
    (
        7,
        "Thái độ của cán bộ",
        "attitude",
        f"Câu hỏi thái độ: tốt 2, bình thường 1, chưa tốt 0; {_MEAN}.",
    ),
    (
        8,
        "Tiếp thu, giải trình ý kiến phản ánh",
        "complaint",
        f"Mỗi phản ánh: trả lời trong hạn 2, quá hạn 0; {_MEAN}.",
    ),
    (
        9,
        "Tiến độ, chất lượng dịch vụ công trực tuyến",
        "online",
        "Như chỉ số 1, chỉ với hồ sơ nộp trực tuyến.",
    ),
)
INDICES_SOURCE = "Thông tư 01/2018/TT-VPCP, bộ chín chỉ số 0–2 điểm; cách tính từ dữ liệu: Một Cửa"
COUNTS_OF = {"pace": "paced", "step": "steps", "contact": "contacted", "attitude": "attitudes",
             "complaint": "complaints", "online": "onlines"}  # fmt: skip
STAFF_INDICES = (1, 2, 3, 4, 7)
BANDS = ("Xuất sắc", "Tốt", "Khá", "Trung bình", "Yếu")
