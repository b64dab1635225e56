"""What ZBS templates are for: each purpose, and the parameters that we fill for it with the longest value of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fill:
    """One parameter: an example, and the longest that our values get."""

    example: str
    longest: int


@dataclass(frozen=True)
class Purpose:
    title: str
    fills: dict[str, Fill]


_DOSSIER = {
    "ma_ho_so": Fill("000.00.01.H11-241126-0007", 30),
    "thu_tuc": Fill("Thủ tục đăng ký kết hôn", 200),
    "trang_thai": Fill("Đã tiếp nhận", 30),
    "ngay_hen": Fill("10:00 28/11/2024", 20),
    "co_quan": Fill("UBND phường Phan Thiết", 200),
}
PURPOSES: dict[str, Purpose] = {
    "dossier_receipt": Purpose("Giấy tiếp nhận hồ sơ", _DOSSIER),
    "dossier_status": Purpose("Tin về tiến độ hồ sơ", _DOSSIER),
    "dossier_ready": Purpose("Hồ sơ đã có kết quả", _DOSSIER),
    "dossier_result": Purpose("Đã trả kết quả", _DOSSIER),
    "survey": Purpose("Khảo sát", {name: _DOSSIER[name] for name in ("ma_ho_so", "thu_tuc", "co_quan")}),
    "visit": Purpose(
        "Lịch hẹn đến quầy",
        {
            "so_thu_tu": Fill("12", 12),
            "thoi_gian": Fill("08:30 29/11/2024", 20),
            "viec": Fill("Nộp hồ sơ", 30),
            "noi_den": Fill("Quầy một cửa phường Phan Thiết, 12 Trần Phú", 200),
        },
    ),
    "licence": Purpose(
        "Nhắc hạn giấy phép lái xe",
        {
            "so_giay_phep": Fill("79********01", 12),
            "ngay_het_han": Fill("28/11/2024", 10),
            "con_lai": Fill("30 ngày", 7),
        },
    ),
    "announcement": Purpose(
        "Tin thông báo của tỉnh",
        {
            "tieu_de": Fill("Miễn lệ phí đăng ký kết hôn từ ngày 01/12/2024", 150),
            "so_thong_bao": Fill("12-K7Q2MF", 25),
            "van_ban": Fill("25/2024/NQ-HĐND", 60),
            "co_quan": Fill("Hội đồng nhân dân tỉnh Bình Thuận", 120),
        },
    ),
}
