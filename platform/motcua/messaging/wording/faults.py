"""What is wrong with a text: its line, and a sentence that names the variable and the remedy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`line` from 1, None where it concerns the whole text; `sentence` names the remedy."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"Dòng {self.line}: {self.sentence}" if self.line else self.sentence


def may_lack(name: str, written: str | None = None) -> str:
    """`written`: how the text calls it, where that differs, as `one.due` for `dossiers.due`."""
    written = written or name
    return (
        f"Biến “{name}” có lúc không có. Xin đặt trong {{% if {written} %}} … {{% endif %}}, "
        f'hoặc viết {{{{ {written} or "…" }}}}.'
    )


def has_no_part(name: str, part: str, parts: list[str]) -> str:
    known = (
        f"Xin dùng một trong các phần: {', '.join(parts)}."
        if parts
        else "Xin viết tên biến không có dấu chấm."
    )
    return f"Biến “{name}” không có phần “{part}”. {known}"


def has_too_few(name: str, written: str, least: int) -> str:
    asked = written if least == 1 else f"{written}|length > {least - 1}"
    return (
        f"Biến “{name}” có lúc không đủ {least} mục. Xin dùng vòng for, "
        f"hoặc đặt trong {{% if {asked} %}} … {{% endif %}}."
    )


def unfit(name: str) -> str:
    return (
        f"Phép tính hoặc bộ lọc không hợp với kiểu của “{name}”. "
        "Xin xem kiểu của biến trong bảng rồi sửa lại."
    )


def unprintable(name: str) -> str:
    return (
        f"Không in thẳng được danh sách “{name}”. Xin dùng {{% for one in {name} %}} … {{% endfor %}} "
        f"và in từng phần, hoặc viết {{{{ {name}|join(', ') }}}}."
    )


def bad_arguments(name: str) -> str:
    return f"Phần trong ngoặc của “{name}” không đúng. Xin bỏ phần đó đi, hoặc viết như trong hướng dẫn."


ONE_TARGET = "Vòng for chỉ đặt được một tên cho mỗi mục. Xin viết {% for one in danh_sách %}."
NO_ELSE = 'Lệnh if trong ngoặc nhọn có lúc không ra giá trị nào. Xin viết thêm else, thí dụ: else "…".'
WRITTEN_NONE = "Chữ none không phải nội dung để in. Xin bỏ đi, hoặc viết “…” thay vào."
UNKNOWN_INDEX = "Chỉ lấy được mục theo một số viết sẵn. Xin dùng vòng for để đi qua danh sách."
UNREADABLE = "Mẫu tin không được đọc “{}”. Xin dùng tên phần không bắt đầu bằng dấu gạch."
TOO_TANGLED = Fault(
    None, "Các điều kiện if, and, or lồng nhau quá rắc rối để đọc hết. Xin viết đơn giản hơn."
)
