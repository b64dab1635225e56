"""What a province adds to its agencies: addresses, phones, ways to get there."""

from motcua.services.contract import Column, Dataset

DATASET = Dataset(
    columns=(
        Column(
            "agency",
            "Cơ quan",
            aliases=("Mã cơ quan", "Tên cơ quan", "Đơn vị"),
            help="Mã trong danh sách cơ quan của tỉnh, hoặc tên.",
            example="UBND phường Mũi Né",
        ),
        Column("address", "Địa chỉ", aliases=("Trụ sở",), example="Số 1 Huỳnh Thúc Kháng"),
        Column("phone", "Điện thoại", is_required=False, aliases=("Số điện thoại", "ĐT"), longest=60),
        Column("hotline", "Đường dây nóng", is_required=False, aliases=("Hotline",), longest=60),
        Column("way", "Đường đi", is_required=False, help="Tuyến xe buýt, mốc dễ thấy, lối cho xe lăn."),
        Column(
            "map_link",
            "Bản đồ",
            is_required=False,
            aliases=("Link bản đồ",),
            help="Địa chỉ https:// của bản đồ.",
        ),
        Column("note", "Ghi chú", is_required=False),
    ),
    key=("agency",),
    stale_after_days=365,
    help="Mỗi dòng một cơ quan. Tên và giờ làm việc lấy từ mục Cơ quan và Lịch làm việc, không cần ghi lại.",
)
