"""What a table of land prices holds, column by column, and what makes a row wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

from motcua.services.contract import Column, Dataset, Fault, Option

POSITIONS = (1, 2, 3, 4, 5)
HIGHEST_VND, LOWEST_VND = 2_000_000_000, 1_000  # for a square metre; beyond it the unit is wrong

# Codes of Thông tư 08/2024/TT-BTNMT (land statistics) that price tables use, the commonest first.
LAND_CLASSES = (
    Option("ODT", "Đất ở", "Residential land"),
    Option("ONT", "Đất ở tại nông thôn", "Rural residential land"),
    Option("TMD", "Đất thương mại, dịch vụ", "Commercial and service land"),
    Option("SKC", "Đất sản xuất, kinh doanh phi nông nghiệp", "Non-farm production land"),
    Option("CLN", "Đất trồng cây lâu năm", "Perennial crop land"),
    Option("HNK", "Đất trồng cây hằng năm khác", "Annual crop land"),
    Option("LUC", "Đất trồng lúa", "Rice land"),
    Option("NTS", "Đất nuôi trồng thủy sản", "Aquaculture land"),
    Option("RSX", "Đất rừng sản xuất", "Production forest"),
    Option("RPH", "Đất rừng phòng hộ", "Protection forest"),
    Option("RDD", "Đất rừng đặc dụng", "Special-use forest"),
    Option("LMU", "Đất làm muối", "Salt-making land"),
)
CLASS_NAMES = {option.value: option for option in LAND_CLASSES}


def _price(at: int) -> Column:
    return Column(
        f"price_{at}",
        f"Giá vị trí {at}",
        "money",
        is_required=at == 1,
        aliases=(
            f"VT{at}",
            f"VT{at} (đồng/m2)",
            f"Vị trí {at}",
            *(("Giá đất", "Đơn giá") if at == 1 else ()),
        ),
        help="Mỗi mét vuông. Ghi bằng đồng, hoặc ghi đơn vị ở tiêu đề, như “VT1 (nghìn đồng/m2)”.",
        example="148000000",
    )


def _coefficient(at: int) -> Column:
    return Column(
        f"coefficient_{at}",
        f"Hệ số vị trí {at}",
        "decimal",
        is_required=False,
        aliases=(f"Hệ số VT{at}",),
        help="So với vị trí 1; chỉ dùng khi bảng không ghi giá của vị trí này.",
        example="0,5",
    )


COLUMNS = (
    Column("number", "STT", is_required=False, aliases=("Số thứ tự", "TT"), longest=20, example="18"),
    Column(
        "old_province",
        "Tỉnh cũ",
        is_required=False,
        longest=80,
        aliases=("Tỉnh trước sắp xếp",),
        example="Thành phố Hồ Chí Minh",
    ),
    Column(
        "area",
        "Địa bàn",
        longest=120,
        aliases=("Quận/Huyện", "Quận huyện", "Huyện", "Địa bàn cũ"),
        help="Quận, huyện như bảng giá ghi, kể cả khi nay không còn cấp huyện.",
        example="Quận 1",
    ),
    Column(
        "area_former",
        "Tên cũ của địa bàn",
        is_required=False,
        longest=200,
        help="Tên trước đó mà người dân còn gọi, cách nhau bằng dấu |.",
        example="Quận 2",
    ),
    Column("area_code", "Mã địa bàn", is_required=False, longest=10, aliases=("Mã huyện",), example="760"),
    Column("ward", "Phường/xã cũ", is_required=False, longest=200, aliases=("Xã cũ", "Phường cũ")),
    Column("ward_code", "Mã phường/xã cũ", is_required=False, longest=60),
    Column(
        "commune",
        "Phường/xã hiện nay",
        is_required=False,
        longest=400,
        aliases=("Xã hiện nay", "Phường hiện nay"),
        help="Nhiều tên cách nhau bằng dấu |.",
    ),
    Column("commune_code", "Mã phường/xã hiện nay", is_required=False, longest=120),
    Column(
        "region",
        "Khu vực",
        "choice",
        is_required=False,
        options=(Option("urban", "Đô thị", "Urban"), Option("rural", "Nông thôn", "Rural")),
    ),
    Column(
        "street",
        "Tên đường",
        longest=400,
        aliases=("Đường", "Tên đường, làng xã", "Tuyến đường"),
        example="ĐINH TIÊN HOÀNG",
    ),
    Column(
        "segment_from",
        "Từ",
        is_required=False,
        longest=400,
        aliases=("Điểm đầu", "Từ (điểm đầu)", "Đoạn từ"),
        example="LÊ DUẨN",
    ),
    Column("segment_to", "Đến", is_required=False, longest=400, aliases=("Điểm cuối", "Đến (điểm cuối)", "Đoạn đến")),
    Column("land_class", "Loại đất", "choice", options=LAND_CLASSES, example="Đất ở"),
    *map(_price, POSITIONS),
    *map(_coefficient, POSITIONS[1:]),
    Column("page", "Trang", is_required=False, longest=60, aliases=("Trang phụ lục",)),
    Column(
        "source_url",
        "Địa chỉ nguồn",
        is_required=False,
        longest=300,
        help="Trang có số liệu này, bắt đầu bằng https://.",
    ),
    Column("note", "Ghi chú", is_required=False, longest=500),
)  # fmt: skip

DATASET = Dataset(
    columns=COLUMNS,
    key=("number", "old_province", "area", "ward", "street", "segment_from", "segment_to", "land_class"),
    stale_after_days=400,
    has_parts=True,
    help="Mỗi dòng một đoạn đường và một loại đất. Bỏ trống Từ và Đến là trọn đường. Sau sáp nhập, nạp mỗi bảng"
    " của một tỉnh cũ thành một phần riêng: các bảng cùng có hiệu lực cho đến khi có bảng chung.",
)


def faults_of(row: Mapping[str, Any]) -> Iterable[Fault]:
    """What the columns themselves do not say."""
    for at in POSITIONS:
        price = row.get(f"price_{at}")
        if price is not None and not LOWEST_VND <= price <= HIGHEST_VND:
            yield Fault(
                f"price_{at}",
                "Giá ngoài khoảng 1.000 đồng đến 2 tỷ đồng một mét vuông. Xin xem lại đơn vị ghi ở tiêu đề cột.",
            )
    for at in POSITIONS[1:]:
        share = row.get(f"coefficient_{at}")
        if share is not None and not 0 < float(share) <= 1.5:
            yield Fault(f"coefficient_{at}", "Hệ số phải lớn hơn 0 và không quá 1,5. Xin ghi như 0,5.")
    if not (row.get("source_url") or "https://").startswith("https://"):
        yield Fault("source_url", "Địa chỉ nguồn phải bắt đầu bằng https://. Xin chép lại từ trình duyệt.")
    if row.get("segment_to") and not row.get("segment_from"):
        yield Fault("segment_from", "Có điểm cuối mà thiếu điểm đầu. Xin ghi điểm đầu của đoạn đường.")
