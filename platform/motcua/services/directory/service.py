"""The directory as an extra service."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from motcua.catalogue.models import Agency
from motcua.catalogue.names import plain_name
from motcua.core.clock import now
from motcua.services.contract import Card, Choice, Fault, Field, Published, Question, Reply, Service, Source
from motcua.tenancy import calendars, current
from motcua.tenancy.hours_text import hours_line

from . import matching, opening
from .columns import DATASET

ASKED_OF = (
    "mo cua", "gio lam viec", "lam viec may gio", "so dien thoai", "sdt", "dia chi", "duong di", "duong day nong",
    "hotline", "lien he", "dong cua",
)  # fmt: skip
OFFICE = (
    "ubnd",
    "uy ban",
    "so ",
    "trung tam",
    "mot cua",
    "co quan",
    "hanh chinh cong",
    "cong an phuong",
    "cong an xa",
)
ABOUT_PAPERS = ("thu tuc", "dang ky", "cap lai", "xin cap", "giay to", "ho so", "le phi", "phi bao nhieu")


class Directory(Service):
    code = "directory"
    name = "Danh bạ cơ quan"
    name_en = "Directory of offices"
    summary = "Địa chỉ, điện thoại, giờ làm việc của các cơ quan, và bây giờ có mở cửa không."
    summary_en = "Addresses, phones and hours of the offices, and whether they are open now."
    phrases = ("danh bạ", "số điện thoại", "địa chỉ", "giờ làm việc", "giờ mở cửa", "đường dây nóng")
    examples = ("giờ làm việc UBND phường Mũi Né", "số điện thoại Sở Tư pháp")
    form = (
        Field(
            "office",
            "Cơ quan",
            "Office",
            is_required=False,
            help="Tên sở, trung tâm, xã hoặc phường; tên cũ cũng được.",
            help_en="A department, centre, commune or ward; an old name will do.",
            example="UBND phường Mũi Né",
            free_text=True,
        ),
    )
    dataset = DATASET

    def ask(self, question: Question) -> Reply:
        today = question.asked_on
        agencies = matching.agencies_on(today)
        found = matching.find(question.values.get("office", ""), agencies)
        if not found.agencies:
            return Reply(
                "none",
                text="Không thấy cơ quan này trong tỉnh. Xin ghi tên sở, trung tâm, xã hoặc phường.",
            )
        offices = _offices(agencies)
        cards = tuple(self._card(one, question.data or {}, offices) for one in found.agencies)
        if found.is_sure or len(cards) == 1:
            return Reply("match", cards[:1])
        choices = tuple(Choice(one.name, {"office": one.name}) for one in found.agencies)
        return Reply("choices", cards, choices)

    def prepare(self, published: Sequence[Published]) -> dict[str, tuple[Mapping[str, Any], Source]]:
        """By code, and by plain name, of the agency that a row is about."""
        return {
            plain_name(row["agency"]): (
                row,
                Source(one.document or self.name, one.as_of, is_official=one.is_official),
            )
            for one in published
            for row in one.rows
        }

    def check_row(self, row: Mapping[str, Any]) -> Iterable[Fault]:
        link = row.get("map_link")
        if link and not link.startswith("https://"):
            yield Fault("map_link", "Địa chỉ bản đồ cần bắt đầu bằng https://. Xin chép lại cả địa chỉ.")

    def hears(self, line: str) -> Mapping[str, str] | None:
        """A question of hours, address or phone that names a kind of office, and is of no procedure."""
        said = f" {plain_name(line)} "
        is_asked = any(f" {words} " in said for words in ASKED_OF)
        names_office = any(f" {words}" in said for words in OFFICE)
        if is_asked and names_office and not any(words in said for words in ABOUT_PAPERS):
            return {"office": line}
        return None

    def _card(
        self, agency: Agency, extra: dict[str, tuple[Mapping[str, Any], Source]], offices: calendars.Offices
    ) -> Card:
        row, source = extra.get(plain_name(agency.code)) or extra.get(plain_name(agency.name)) or ({}, None)
        calendar = offices.of(agency.code)
        state = opening.state(calendar, now())
        address, phone = agency.address or row.get("address"), agency.phone or row.get("phone")
        facts = [
            ("Bây giờ", state.sentence),
            ("Giờ làm việc", hours_line(calendar.hours)),
            ("Địa chỉ", address),
            ("Điện thoại", phone),
            ("Đường dây nóng", row.get("hotline") or _hotline(agency)),
            ("Nơi nhận hồ sơ", agency.desk_name if agency.desk_name != agency.name else None),
            ("Bộ phận", ", ".join(agency.departments)),
            ("Đường đi", row.get("way")),
            ("Ghi chú", row.get("note")),
        ]
        return Card(
            agency.name,
            tuple((label, value) for label, value in facts if value),
            link=row.get("map_link") or "",
            link_title="Mở bản đồ",
            record={
                "name": agency.name,
                "code": agency.code,
                "address": address,
                "phone": phone,
                "hours": hours_line(calendar.hours),
                "is_open": state.is_open,
                "opens_at": state.opens_at and state.opens_at.isoformat(),
            },
            source=source or Source("Danh sách cơ quan của tỉnh"),
        )


def _hotline(agency: Agency) -> str | None:
    """The province's own stands with its committee and its centre."""
    is_central = agency.kind in ("centre", "province_committee") and agency.level == "province"
    return current.contact_words()["hotline"] if is_central else None


def _offices(agencies: list[Agency]) -> calendars.Offices:
    marks = [day.mark for day in calendars.days_in_force()]
    own_hours = [(one.code, one.office_hours) for one in agencies if one.office_hours]
    return calendars.offices_of(current.tenant().settings, marks, own_hours)
