"""The lists inside a sync payload: papers handed in, fees, requests for papers, results."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.core.clock import VIETNAM
from motcua.dossiers.statuses import Status

from .sync_values import Members, plain

STAGES = {1: "intake", 2: "supplement", 4: "return"}  # HinhThucThu
ORIGINAL, COPY = 0, 1  # LoaiBan; 2 is electronic
PAID_ONLINE = {1: "national", 2: "local"}  # DuocThanhToanTrucTuyen
MOST_ROWS = 100


def papers_of(members: Members) -> list[dict]:
    found = []
    for one in members.rows("TaiLieuNop", "DanhSachTaiLieuNop")[:MOST_ROWS]:
        name = one.text("TenGiayTo", "TenThanhPhanHoSo", "TenTepDinhKem", "TenTaiLieu", "Ten", longest=1000)
        kind, count = one.number("LoaiBan"), one.number("SoLuong", "SoBan") or 1
        originals, copies = one.number("SoBanChinh"), one.number("SoBanSao")
        if originals is None and copies is None:
            originals, copies = (count if kind == ORIGINAL else 0), (count if kind == COPY else 0)
        if name:
            found.append({"name": name, "originals": min(originals or 0, 99), "copies": min(copies or 0, 99)})
    return found


def fee_of(members: Members) -> dict | None:
    """What is to be paid: the sum, its parts, and when it is collected."""
    items = [_fee_item(one) for one in _fees(members) if _amount(one) and not _is_paid(one)]
    if not items:
        return None
    stage = next((one.number("HinhThucThu") for one in _fees(members)), None)
    total = sum(item["amount_vnd"] for item in items)
    return {"amount_vnd": total, "items": items, "stage": STAGES.get(stage, "intake")}


def fee_paid_of(members: Members) -> dict | None:
    paid = [one for one in _fees(members) if _amount(one) and _is_paid(one)]
    times = [at for one in paid if (at := one.moment("NgayThanhToan", "NgayNop", "NgayThu"))]
    if not paid or not times:
        return None
    online = paid[0].number("DuocThanhToanTrucTuyen") or members.number("DuocThanhToanTrucTuyen")
    receipt = next((text for one in paid if (text := one.text("SoBienLai", "MaBienLai", longest=100))), None)
    total = sum(_amount(one) for one in paid)
    method = PAID_ONLINE.get(online, "cash")
    return {"paid_at": max(times), "amount_vnd": total, "method": method, "receipt_number": receipt}


def _fees(members: Members) -> list[Members]:
    return members.rows("DanhSachLePhi", "DanhSachPhiLePhi")[:MOST_ROWS]


def _fee_item(one: Members) -> dict:
    name = one.text("TenPhiLePhi", "TenLePhi", "LoaiPhiLePhi", "Ten", longest=200)
    return {"name": name or "Phí, lệ phí", "amount_vnd": _amount(one)}


def _amount(one: Members) -> int:
    amount, count = one.number("SoTien", "Gia", "MucThu", "ThanhTien"), one.number("SoLuong") or 1
    return (amount or 0) * count if one.get("Gia") is not None else amount or 0


def _is_paid(one: Members) -> bool:
    said = one.get("DaThanhToan", "TrangThaiThanhToan", "DaThu")
    words = plain(str(said)) if said is not None else ""
    return words in ("1", "true", "da thanh toan", "da thu", "da nop") or one.get("NgayThanhToan") is not None


@dataclass(frozen=True)
class Supplement:
    """One request for more papers, and when they came."""

    words: str
    officer: str | None
    asked_at: datetime
    received_at: datetime | None
    new_due_at: datetime | None
    respond_by: datetime | None
    stage: str

    @property
    def last_at(self) -> datetime:
        return self.received_at or self.asked_at

    def asked(self) -> dict[str, Any]:
        """Of the moment of asking: what both an event and a whole dossier may carry."""
        return {
            "officer": self.officer and {"name": self.officer},
            "note": self.words,
            "supplement": {
                "items": [{"name": self.words[:500], "originals": 0, "copies": 0}],
                "reason": self.words,
                "respond_by": self.respond_by,
                "stage": self.stage,
            },
        }

    def events(self) -> list[dict[str, Any]]:
        asked = self.asked() | {"status": Status.SUPPLEMENT, "occurred_at": self.asked_at}
        if self.received_at is None:
            return [asked]
        back = Status.ACCEPTED if self.stage == "reception" else Status.PROCESSING
        return [asked, {"status": back, "occurred_at": self.received_at, "due_at": self.new_due_at}]


def supplements_of(members: Members, accepted_at: datetime | None) -> list[Supplement]:
    """In the order of asking; an entry without its date says nothing that could be told."""
    found = []
    for one in members.rows("DanhSachHoSoBoSung", "HoSoBoSung")[:MOST_ROWS]:
        asked_at = one.moment("NgayYeuCau", "NgayYeuCauBoSung", "ThoiDiemYeuCau")
        if asked_at is None:
            continue
        early = accepted_at is None or asked_at < accepted_at
        found.append(
            Supplement(
                one.text("NoiDungYeuCau", "NoiDung", "LyDo", longest=1500) or "Bổ sung, hoàn thiện hồ sơ",
                one.text("NguoiYeuCau", "CanBoYeuCau", longest=100),
                asked_at,
                one.moment("NgayTiepNhanBoSung", "NgayBoSung", "NgayTiepNhan"),
                one.moment("NgayHenTraMoi"),
                one.moment("HanBoSung", "NgayHetHanBoSung"),
                "reception" if early else "appraisal",
            )
        )
    return sorted(found, key=lambda one: one.asked_at)


def result_of(members: Members, way: str) -> dict | None:
    items = []
    for one in members.rows("DanhSachGiayToKetQua")[:MOST_ROWS]:
        url = one.text("DuongDanTepTinKetQua", "DuongDan", "Url", longest=2000)
        issued = one.moment("NgayBanHanh", "NgayKy", "NgayCap")
        items.append(
            {
                "number": one.text("SoKyHieu", "SoHieu", "SoVanBan", longest=100),
                "name": one.text("TenGiayTo", "TenKetQua", "Ten", longest=500) or "Kết quả giải quyết",
                "issued_on": issued and issued.astimezone(VIETNAM).date().isoformat(),
                "file_url": url if url and re.match(r"https://", url) else None,
            }
        )
    if not items:
        return None
    has_file = any(one["file_url"] for one in items)
    return {"items": items, "ways": sorted({way} | ({"electronic"} if has_file else set()))}


def way_of(members: Members) -> str:
    """How the result reaches the citizen, from HinhThuc and ThongTinTra: words that name the post or a file."""
    words = plain(f"{members.get('HinhThuc') or ''} {members.get('ThongTinTra') or ''}")
    if "buu chinh" in words or "bcci" in words or "buu dien" in words:
        return "post"
    return "electronic" if "dien tu" in words or "truc tuyen" in words else "desk"
