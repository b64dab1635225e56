"""Requests that the description shows, and that a test sends: each with the status it gets.

Times lie in the past and codes are of one made-up desk, so that they can be sent to any province that carries
out 1.000894.
"""

import json

CODE = "000.00.01.H11-241126-0007"
DOSSIER = {
    "procedure_code": "1.000894",
    "agency_name": "UBND phường Phan Thiết",
    "received_at": "2024-11-26T08:00:00+07:00",
    "due_at": "2024-11-28T10:00:00+07:00",
    "owner": {"name": "Nguyễn Thị Lan", "phone": "0912345678", "id_number": "060190012345"},
    "papers": [{"name": "Tờ khai đăng ký kết hôn", "originals": 1}],
}
EVENT = {
    "status": 4,
    "occurred_at": "2024-11-26T09:00:00+07:00",
    "department": "Bộ phận Tư pháp – Hộ tịch",
    "officer": {"name": "Trần Văn Minh", "title": "Công chức Tư pháp – Hộ tịch"},
    "step": {"name": "Thẩm tra hồ sơ", "due_at": "2024-11-27T10:00:00+07:00"},
}
READY = {
    "status": 9,
    "occurred_at": "2024-11-27T15:30:00+07:00",
    "pickup": {"place": "Quầy 3, Trung tâm Phục vụ hành chính công phường Phan Thiết"},
}
SYNC_DOSSIER = {
    "MaHoSo": "000.00.01.H11-241126-0008",
    "MaTTHC": "1.000894.000.00.00.H11",
    "TenTTHC": "Thủ tục đăng ký kết hôn",
    "KenhThucHien": "1",
    "ChuHoSo": "Nguyễn Thị Lan",
    "LoaiDoiTuong": "0",
    "SoDienThoai": "0912345678",
    "SoGiayTo": "060190012345",
    "NgayNopHoSo": "20241126075500",
    "NgayTiepNhan": "2024-11-26 08:00:00",
    "NgayHenTra": "2024-11-28T10:00:00+07:00",
    "TrangThaiHoSo": "4",
    "DonViXuLy": "UBND phường Phan Thiết",
    "TaiLieuNop": [{"TenGiayTo": "Tờ khai đăng ký kết hôn", "LoaiBan": 0}],
    "DanhSachLePhi": [],
}
SYNC_PROGRESS = {
    "MaHoSo": "000.00.01.H11-241126-0008",
    "NguoiXuLy": "Trần Văn Minh",
    "ChucDanh": "Công chức Tư pháp – Hộ tịch",
    "PhongBanXuLy": "Bộ phận Tư pháp – Hộ tịch",
    "ThoiDiemXuLy": "20241126100000",
    "NoiDungXuLy": "Thẩm tra hồ sơ",
    "TrangThai": 4,
    "NgayKetThucTheoQuyDinh": "2024-11-27 10:00:00",
}


SUBSCRIPTION = {"url": "https://mot-cua.example.vn/nhan-thong-bao", "events": ["dossier.event"]}


def _lines(*said: dict) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in said)


def _shown(**examples: tuple[str, dict | str]) -> dict:
    """OpenAPI's form: name -> summary and value."""
    return {name: {"summary": summary, "value": value} for name, (summary, value) in examples.items()}


DOSSIERS = _shown(tiep_nhan=("Hồ sơ vừa tiếp nhận tại quầy", DOSSIER))
EVENTS = _shown(
    chuyen_buoc=("Chuyển cho cán bộ thẩm tra", EVENT),
    co_ket_qua=("Có kết quả, mời đến nhận", READY),
)
BATCH = _shown(
    mot_lan_gui=(
        "Một hồ sơ, hai diễn biến và một gói đồng bộ",
        _lines(
            {"code": CODE, "dossier": DOSSIER},
            {"code": CODE, "event": EVENT},
            {"code": CODE, "event": READY},
            {"sync": SYNC_DOSSIER},
        ),
    )
)
SYNC_DOSSIERS = _shown(ho_so=("Một hồ sơ", SYNC_DOSSIER), danh_sach=("Danh sách", [SYNC_DOSSIER]))
SYNC_STEPS = _shown(buoc_xu_ly=("Một bước xử lý", SYNC_PROGRESS))
SUBSCRIPTIONS = _shown(dang_ky=("Đăng ký nhận mọi diễn biến", SUBSCRIPTION))
