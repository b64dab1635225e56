"""What stands on the buttons of a survey and beside its figures, in Vietnamese and English."""

LEVELS = {
    5: ("Rất hài lòng", "Very satisfied"),
    4: ("Hài lòng", "Satisfied"),
    3: ("Bình thường", "Neutral"),
    2: ("Không hài lòng", "Dissatisfied"),
    1: ("Rất không hài lòng", "Very dissatisfied"),
}
LOW = 2  # from here down a reason is asked and the way to complain is offered
REASONS = {
    "slow": ("Chờ lâu, trễ hẹn", "Too slow"),
    "attitude": ("Thái độ phục vụ", "Attitude of staff"),
    "unclear": ("Hướng dẫn chưa rõ, phải đi lại nhiều", "Unclear guidance, many trips"),
    "result": ("Kết quả chưa đúng", "The result is wrong"),
}
QUESTIONS = {
    "attitude": {3: ("Tốt", "Good"), 2: ("Bình thường", "Neutral"), 1: ("Chưa tốt", "Poor")},
    "clarity": {3: ("Rõ ràng", "Clear"), 2: ("Có chỗ chưa rõ", "Partly clear"), 1: ("Không rõ", "Unclear")},
    "trips": {
        3: ("Không hoặc 1 lần", "None or one"),
        2: ("2 lần", "Two"),
        1: ("Từ 3 lần", "Three or more"),
    },
}
SKIP = ("Bỏ qua", "Skip")
CHANGE = ("Đổi câu trả lời", "Change my answer")
COMPLAIN = ("Gửi phản ánh, kiến nghị", "File a complaint")


def said(pair: tuple[str, str], language: str) -> str:
    return pair[language == "en"]
