"""Who writes a paper: the names of agency and province that held on its day, laid out as Nghị định 30/2020 asks.

Agencies are found by the name that the dossier's source wrote, not by a code: an old dossier names an agency
that is gone, and its paper must keep that name.
"""

import re
from datetime import date

from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.tenancy import current
from motcua.tenancy.province import holds_on

from .. import wording
from .facts import Heading

_COMMUNE = re.compile(r"\b(?:xã|phường|đặc khu|thị trấn) ([^,]+)", re.IGNORECASE)
_KIND = re.compile(r"^(?:tỉnh|thành phố) ", re.IGNORECASE)
ANY_DESK = "Bộ phận Tiếp nhận và Trả kết quả"


def heading_of(agency_name: str, day: date, *, at_desk: bool) -> Heading:
    """`at_desk`: the paper is the one-stop desk's (forms 01–03); else the agency's own."""
    agency = _agency(agency_name, day)
    superior, name = _superior(agency, day), agency_name
    if at_desk and agency is not None and agency.desk_name:
        superior = agency_name if agency.level == "commune" else superior
        name = agency.desk_name
    province = current.name_on(current.tenant().settings, day)["name"]
    return Heading(
        superior=superior,
        agency=re.sub(r"^UBND ", "Ủy ban nhân dân ", name),
        place=_place(agency_name, province),
        date=wording.spelled_day(day),
        province=province,
    )


def desk_of(agency_name: str, day: date) -> str:
    agency = _agency(agency_name, day)
    return (agency and agency.desk_name) or f"{ANY_DESK}, {agency_name}"


def committee_on(day: date) -> str:
    """“UBND tỉnh Lâm Đồng”."""
    name = current.name_on(current.tenant().settings, day)["name"]
    return f"UBND {name[0].lower()}{name[1:]}"


def _agency(name: str, day: date) -> Agency | None:
    """The agency of that name, if it existed on that day."""
    found = db.session.scalars(db.select(Agency).where(Agency.name == name).order_by(Agency.id)).all()
    return next((one for one in found if holds_on(one, day)), None)


def _superior(agency: Agency | None, day: date) -> str | None:
    if agency is None or agency.level == "commune" or agency.parent_code is None:
        return None
    parent = db.session.scalar(db.select(Agency).where(Agency.code == agency.parent_code))
    if parent is None or parent.kind == "province_committee":
        return committee_on(day)
    return parent.name


def _place(agency_name: str, province: str) -> str:
    """A commune's paper names the commune, any other the province (Nghị định 30/2020, phụ lục I)."""
    commune = _COMMUNE.search(agency_name)
    return commune[1].strip() if commune else _KIND.sub("", province)
