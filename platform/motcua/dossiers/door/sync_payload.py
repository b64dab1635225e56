"""The national sync payload as vendors send it (MaHoSo, TrangThaiHoSo, …), said again in the words of our own API.

Member names: the dossier and progress objects of provinces' synchronisation with the national portal. Vendors
differ in spelling, leave members out, send numbers as text and blanks for nothing; what we do not know is
ignored and counted, what we cannot read (a phone of ten zeros) is left out, and only what nothing can be done
without (the code, the procedure, a date that is no date) is refused.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from motcua.core.clock import VIETNAM
from motcua.core.errors import Invalid
from motcua.dossiers.schemas import DossierIn, EventIn
from motcua.dossiers.statuses import Status
from motcua.zalo.phone import normalise_phone

from .sync_lists import fee_of, fee_paid_of, papers_of, result_of, supplements_of, way_of
from .sync_values import Members, plain, status

CHANNELS = {"1": "counter", "2": "online", "3": "post"}
CHANNEL_WORDS = (("buu chinh", "post"), ("bcci", "post"), ("truc tuyen", "online"), ("online", "online"))
MOMENT_OF = {
    Status.FILED: ("NgayNopHoSo", "NgayNop"),
    Status.ACCEPTED: ("NgayTiepNhan",),
    Status.REFUSED: ("NgayTuChoi",),
    Status.READY: ("NgayKetThucXuLy",),
    Status.RETURNED: ("NgayTra", "NgayTraKetQua"),
}
ANY_MOMENT = ("NgayCapNhat", "NgayTuChoi", "NgayKetThucXuLy", "NgayTiepNhan", "NgayNopHoSo", "NgayNop")
PERSONAL = ("LoaiDoiTuong", "Email", "MaLinhVuc", "TenLinhVuc", "TenTTHC", "TenThuTuc")  # known, and not kept
# Members of the shared contract that a version of our API may not take yet.
OPTIONAL = frozenset(
    {"local_code", "reason", "supplement", "fee", "fee_paid", "apology", "result", "handover"}
)


@dataclass
class Read:
    """`acts`: (kind "dossier" or "event", code, body as JSON), in the order in which they are to be done."""

    acts: list[tuple[str, str, dict]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read(said: Any) -> Read:
    """A dossier or an entry of progress, told apart by what they name. Raises Invalid."""
    members = Members(said)
    is_progress = members.get("MaTTHC", "MaThuTuc", "TrangThaiHoSo") is None and members.get(
        "ThoiDiemXuLy", "NguoiXuLy", "PhongBanXuLy", "NoiDungXuLy"
    )
    return read_progress(said) if is_progress else read_dossier(said)


def read_dossier(said: Any) -> Read:
    """A whole dossier: what it is now, then each request for papers that was answered. Raises Invalid."""
    members = Members(said)
    code = _code(members)
    now_at, local = _status(members, "TrangThaiHoSo", "TrangThai", "MaTrangThai")
    received = members.moment("NgayTiepNhan")
    supplements = supplements_of(members, received)
    standing = now_at or Status.PROCESSING
    at = members.moment(*MOMENT_OF.get(standing, ("NgayCapNhat",)))
    dates = [members.moment(name) for name in ANY_MOMENT] + [one.last_at for one in supplements]
    open_request = next(
        (one for one in reversed(supplements) if standing == Status.SUPPLEMENT and one.received_at is None),
        None,
    )
    at = (open_request and open_request.asked_at) or at or max(filter(None, dates), default=None)
    agency = _agency(members, code)
    body = agency | _what(members) | _people(members)
    body |= {"received_at": received, "due_at": members.moment("NgayHenTra"), "papers": papers_of(members)}
    body |= {
        "status": standing,
        "local_code": local,
        "status_at": at,
        "note": members.text("GhiChu", longest=1500),
    }
    body |= _extras(members, standing)
    events = []
    for one in supplements:
        if one is open_request:
            body |= one.asked()
        else:
            events += [("event", code, fitting("event", agency | event)) for event in one.events()]
    members.get(*PERSONAL)
    return Read([("dossier", code, fitting("dossier", body)), *events], members.ignored)


def read_progress(said: Any) -> Read:
    """One entry of a dossier's progress: which officer of which department holds it. Raises Invalid."""
    members = Members(said)
    code = _code(members)
    standing, local = _status(members, "TrangThai", "TrangThaiHoSo", "MaTrangThai")
    at = members.moment("ThoiDiemXuLy", "NgayBatDau", "NgayCapNhat")
    if at is None:
        raise Invalid(details={"ThoiDiemXuLy": ["Thiếu thời điểm. Xin ghi ThoiDiemXuLy hoặc NgayBatDau."]})
    words = members.text("NoiDungXuLy", "NoiDung", longest=1500)
    due = members.moment("NgayKetThucTheoQuyDinh", "HanXuLy")
    officer = members.text("NguoiXuLy", "CanBoXuLy", longest=100)
    body = {
        "status": standing or Status.PROCESSING,
        "local_code": local,
        "occurred_at": at,
        "agency_name": members.text("DonViXuLy", "CoQuanXuLy", longest=300),
        "department": members.text("PhongBanXuLy", "PhongBan", longest=200),
        "officer": officer and {"name": officer, "title": members.text("ChucDanh", "ChucVu", longest=100)},
        "step": (words or due) and {"name": (words or "Xử lý hồ sơ")[:200], "due_at": due},
        "note": words,
    }
    members.get("NgayBatDau")
    return Read([("event", code, fitting("event", body))], members.ignored)


def _code(members: Members) -> str:
    code = members.text("MaHoSo", "SoHoSo", longest=80)
    if code is None:
        raise Invalid(details={"MaHoSo": ["Thiếu mã hồ sơ. Xin ghi MaHoSo."]})
    return code


def _status(members: Members, *names: str) -> tuple[Status | None, str | None]:
    """The national status, and the vendor's own code where it is none of the ten."""
    known = status(members.get(*names))
    return (known, None) if known else (None, members.text(*names, longest=80))


def _what(members: Members) -> dict:
    channel = plain(str(members.get("KenhThucHien") or "1"))
    words = next((kind for word, kind in CHANNEL_WORDS if word in channel), "counter")
    return {
        "procedure_code": members.text("MaTTHC", "MaThuTuc", "MaTTHCDP", longest=40),
        "channel": CHANNELS.get(channel.removesuffix(".0"), words),
        "summary": members.text("TrichYeuHoSo", "TrichYeu", longest=500),
    }


def _agency(members: Members, code: str) -> dict:
    """Who decides. Where nothing is said: the identifier with which the dossier's code begins."""
    name = members.text("DonViXuLy", "TenDonViXuLy", "CoQuanXuLy", longest=300)
    identifier = members.text("MaDonViXuLy", "MaCoQuan", "MaDonVi", longest=80)
    desk = members.text("NoiNopHoSo", longest=300)
    return {
        "agency_code": identifier,
        "agency_name": name or desk or code.rpartition("-")[0].rpartition("-")[0],
    }


def _people(members: Members) -> dict:
    owner = {
        "name": members.text("ChuHoSo", "TenChuHoSo", "HoTenChuHoSo", longest=200) or "Chủ hồ sơ",
        "phone": _phone(members.get("SoDienThoai", "DienThoai", "SDT")),
        "id_number": _id_number(members.get("SoGiayTo", "DinhDanhCHS", "SoDinhDanh", "CCCD", "MaSoThue")),
        "address": members.text("DiaChi", "DiaChiChuHoSo", longest=300),
    }
    submitter = members.text("NguoiNop", "TenNguoiNop", "NguoiNopHoSo", longest=200)
    phone = _phone(members.get("SoDienThoaiNguoiNop", "DienThoaiNguoiNop"))
    return {"owner": owner} | ({"submitter": {"name": submitter, "phone": phone}} if submitter else {})


def _phone(value: Any) -> str | None:
    text = str(value or "").strip()
    text = "0" + text if re.fullmatch(r"[35789]\d{8}", text, re.ASCII) else text  # a spreadsheet ate the zero
    try:
        return "0" + normalise_phone(text)[2:]
    except Invalid:
        return None


def _id_number(value: Any) -> str | None:
    number = re.sub(r"[\s.\-]", "", str(value or "")).upper()
    return number if re.fullmatch(r"[A-Z0-9]{6,15}", number) else None


def _extras(members: Members, standing: Status) -> dict:
    fee, paid, way = fee_of(members), fee_paid_of(members), way_of(members)
    result = result_of(members, way)
    return {
        "fee": fee if standing == Status.FEE else None,
        "fee_paid": paid,
        "result": result if standing == Status.READY else None,
        "handover": {"way": way} if standing == Status.RETURNED else None,
        "reason": (
            members.text("LyDo", "LyDoTuChoi", "GhiChu", longest=1500)
            if standing in (Status.REFUSED, Status.WITHDRAWAL, Status.STOPPED)
            else None
        ),
    }


def fitting(kind: str, body: dict) -> dict:
    """The body as JSON without empty members, and without those of OPTIONAL that its schema does not declare."""
    declared = (DossierIn if kind == "dossier" else EventIn)._declared_fields
    kept = {name: value for name, value in _json(body).items() if name in declared or name not in OPTIONAL}
    if "local_code" in kept:
        kept.pop("status", None)
    return kept


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        said = {name: _json(one) for name, one in value.items()}
        return {name: one for name, one in said.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [_json(one) for one in value]
    if isinstance(value, Status):
        return int(value)
    return value.astimezone(VIETNAM).isoformat() if isinstance(value, datetime) else value
