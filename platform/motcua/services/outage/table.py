"""The rows of a province's file of cuts, and how one is put into words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from motcua.catalogue.names import plain_name
from motcua.core.clock import VIETNAM
from motcua.services.contract import Column, Dataset, Fault, Option

KINDS = {"power": ("Cắt điện", "Power cut"), "water": ("Cắt nước", "Water cut")}
LONGEST_CUT = timedelta(days=7)
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

DATASET = Dataset(
    columns=(
        Column(
            "kind",
            "Loại",
            kind="choice",
            options=(Option("power", "Điện"), Option("water", "Nước")),
            aliases=("Điện/nước",),
            example="Điện",
        ),
        Column("commune", "Xã, phường", aliases=("Xã/phường", "Địa bàn"), example="Phường Mũi Né"),
        Column(
            "place",
            "Khu vực",
            is_required=False,
            aliases=("Khu vực mất điện", "Phạm vi"),
            example="Khu phố 1, 2",
        ),
        Column("day", "Ngày", kind="date", aliases=("Từ ngày",), example="28/11/2026"),
        Column("begins", "Từ giờ", kind="time", aliases=("Giờ bắt đầu", "Bắt đầu"), example="07:30"),
        Column("ends", "Đến giờ", kind="time", aliases=("Giờ kết thúc", "Kết thúc"), example="16:00"),
        Column("last_day", "Đến ngày", kind="date", is_required=False, help="Để trống khi cùng ngày."),
        Column("reason", "Lý do", is_required=False, example="Bảo trì lưới điện"),
    ),
    key=("kind", "commune", "place", "day", "begins"),
    stale_after_days=7,
    help="Mỗi dòng một đợt cắt ở một xã, phường. Tệp mới thay toàn bộ tệp cũ; ai đã được báo thì không báo lại.",
)


@dataclass(frozen=True)
class Cut:
    kind: str
    commune: str
    place: str
    begins: datetime
    ends: datetime
    reason: str

    @property
    def key(self) -> str:
        """Of this cut, whichever file names it; a moved one is another."""
        return f"{self.kind}/{plain_name(self.commune)}/{plain_name(self.place)}/{self.begins:%Y%m%dT%H%M}"

    @property
    def when(self) -> str:
        last = "" if self.begins.date() == self.ends.date() else f" ngày {self.ends:%d/%m}"
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}{last}, {WEEKDAYS[self.begins.weekday()]} {self.begins:%d/%m/%Y}"

    @property
    def where(self) -> str:
        return f"{self.place}, {self.commune}" if self.place else self.commune


def cut_of(row: Mapping[str, Any]) -> Cut:
    day = date.fromisoformat(row["day"])
    last = date.fromisoformat(row["last_day"]) if row.get("last_day") else day
    begins, ends = time.fromisoformat(row["begins"]), time.fromisoformat(row["ends"])
    return Cut(
        row["kind"],
        row["commune"],
        row.get("place") or "",
        datetime.combine(day, begins, VIETNAM),
        datetime.combine(last, ends, VIETNAM),
        row.get("reason") or "",
    )


def faults(row: Mapping[str, Any]) -> Iterable[Fault]:
    cut = cut_of(row)
    if cut.ends <= cut.begins:
        yield Fault("ends", "Giờ kết thúc không sau giờ bắt đầu. Xin sửa giờ, hoặc ghi cột Đến ngày.")
    elif cut.ends - cut.begins > LONGEST_CUT:
        yield Fault("last_day", "Đợt cắt dài hơn 7 ngày. Xin kiểm tra lại ngày.")
