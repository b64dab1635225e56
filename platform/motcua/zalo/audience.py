"""Whom a broadcast reaches, in Zalo's own numbers (as its .NET SDK lists them)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .limits import refuse

GENDERS = {0: "Tất cả", 1: "Nam", 2: "Nữ"}
AGES = {0: "0–12", 1: "13–17", 2: "18–24", 3: "25–34", 4: "35–44", 5: "45–54", 6: "55–64", 7: "Từ 65"}
REGIONS = {0: "Miền Bắc", 1: "Miền Trung", 2: "Miền Nam"}
PLATFORMS = {1: "iOS", 2: "Android", 3: "Windows Phone"}
TELCOS = {1: "MobiFone", 2: "VinaPhone", 3: "Viettel", 4: "Vietnamobile"}
# The provinces as they were before July 2025; Zalo has published no list of the 34 since.
_CITIES = (
    "Đồng Tháp", "Bình Phước", "Ninh Bình", "Bạc Liêu", "TP Hồ Chí Minh", "Vĩnh Long", "Lâm Đồng", "Yên Bái",
    "Hà Nam", "Hà Nội", "Hải Dương", "Hậu Giang", "An Giang", "Trà Vinh", "Tiền Giang", "Tây Ninh", "Đồng Nai",
    "Đắk Lắk", "Bình Định", "Kon Tum", "Đà Nẵng", "Bắc Giang", "Bắc Kạn", "Điện Biên", "Hòa Bình", "Thái Bình",
    "Vĩnh Phúc", "Hà Giang", "Kiên Giang", "Bình Dương", "Bình Thuận", "Đắk Nông", "Khánh Hòa", "Gia Lai",
    "Quảng Nam", "Quảng Trị", "Hà Tĩnh", "Hưng Yên", "Quảng Ninh", "Thanh Hóa", "Phú Thọ", "Lai Châu",
    "Thái Nguyên", "Cao Bằng", "Cà Mau", "Cần Thơ", "Sóc Trăng", "Bến Tre", "Long An", "Bà Rịa – Vũng Tàu",
    "Ninh Thuận", "Phú Yên", "Quảng Ngãi", "Thừa Thiên Huế", "Quảng Bình", "Nghệ An", "Nam Định", "Hải Phòng",
    "Lạng Sơn", "Lào Cai", "Sơn La", "Bắc Ninh", "Tuyên Quang", "Ngoài Việt Nam",
)  # fmt: skip
CITIES = dict(enumerate(_CITIES))


@dataclass(frozen=True)
class Audience:
    """Numbers of GENDERS, AGES, REGIONS, CITIES, PLATFORMS and TELCOS; an empty set means everybody."""

    gender: int = 0
    ages: frozenset[int] = field(default_factory=frozenset)
    locations: frozenset[int] = field(default_factory=frozenset)
    cities: frozenset[int] = field(default_factory=frozenset)
    platforms: frozenset[int] = field(default_factory=frozenset)
    telcos: frozenset[int] = field(default_factory=frozenset)

    def to_wire(self) -> dict[str, str]:
        """Lists travel as numbers joined by commas; what does not narrow the audience is left out."""
        _check("gender", {self.gender}, GENDERS)
        target = {"gender": str(self.gender)} if self.gender else {}
        for ours, theirs, known in (
            ("ages", "ages", AGES),
            ("locations", "locations", REGIONS),
            ("cities", "cities", CITIES),
            ("platforms", "platform", PLATFORMS),
            ("telcos", "telco", TELCOS),
        ):
            given = getattr(self, ours)
            _check(ours, given, known)
            if given:
                target[theirs] = ",".join(map(str, sorted(given)))
        return target


def _check(name: str, given: Iterable[int], known: dict[int, str]) -> None:
    if any(type(value) is not int or value not in known for value in given):
        refuse(name, f"Mục này chỉ nhận số từ {min(known)} đến {max(known)}. Xin chọn lại.")
