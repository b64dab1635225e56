"""The service: number and date of birth in; status, classes, expiry and points out, masked."""

import re
from datetime import date
from typing import ClassVar

from motcua.core import attempts, crypto, scope
from motcua.core.errors import TooManyAttempts

from ..contract import (
    PHONE_PROVEN,
    Asker,
    Card,
    Field,
    Option,
    Question,
    QuestionRefused,
    Reply,
    Service,
    Source,
)
from . import offering
from .records import (
    KINDS,
    KINDS_EN,
    POINTS_A_YEAR,
    STATUSES,
    STATUSES_EN,
    Licence,
    class_label,
    masked_name,
    masked_number,
    read_number,
    status_on,
)
from .sources import CODE, source_of

OFFICIAL_URL = "https://gplx.csgt.bocongan.gov.vn"
_SOURCE = "Dữ liệu do Công an tỉnh, thành phố cung cấp"
NOT_FOUND = (
    "Không có giấy phép lái xe nào khớp cả số và ngày sinh. Xin xem lại hai mục này trên giấy phép, hoặc xem trong "
    "ứng dụng VNeID."
)
NOT_FOUND_EN = "No licence matches both number and date of birth. Please look at the licence, or open VNeID."
REMIND = "Muốn được nhắc trước khi hết hạn, xin nhắn: NHẮC BẰNG LÁI."
REMIND_EN = "To be reminded before it expires, write: NHẮC BẰNG LÁI."


class DrivingLicence(Service):
    code = CODE
    name = "Tra cứu giấy phép lái xe"
    name_en = "Driving licence look-up"
    summary = "Tình trạng giấy phép lái xe, hạng, ngày hết hạn và điểm còn lại trong 12 điểm."
    summary_en = "Status, classes, expiry and points left of a driving licence."
    phrases = (
        "tra bằng lái", "tra cứu bằng lái", "kiểm tra bằng lái", "điểm bằng lái", "hạn bằng lái", "tra gplx",
        "tra cứu gplx", "tra giấy phép lái xe", "điểm giấy phép lái xe",
    )  # fmt: skip
    examples = ("tra bằng lái 790000000000",)
    form = (
        Field(
            "number",
            "Số giấy phép lái xe",
            "Licence number",
            longest=40,
            help="12 chữ số trên thẻ PET, hoặc số của giấy cũ.",
            help_en="12 digits on a PET card, or the number of an old paper licence.",
            example="790000000000",
            personal=True,
            free_text=True,
        ),
        Field("born_on", "Ngày sinh", "Date of birth", kind="date", example="31/01/1990", personal=True),
        Field(
            "kind",
            "Loại giấy phép",
            "Kind of licence",
            kind="choice",
            options=tuple(Option(value, label, KINDS_EN[value]) for value, label in KINDS.items()),
            is_required=False,
        ),
    )
    level = PHONE_PROVEN
    disclaimer = "Dữ liệu để tham khảo; căn cứ chính thức là cơ sở dữ liệu của Cục Cảnh sát giao thông."
    disclaimer_en = "For guidance; the traffic police's database counts."
    settings_help: ClassVar = {
        "api_url": "Địa chỉ API của tỉnh (https). Để trống: dùng tệp hằng đêm, không có tệp thì chỉ hướng dẫn.",
        "api_secret": "Khóa ký HMAC dùng chung với API của tỉnh.",
    }
    per_minute = 16

    def ask(self, question: Question) -> Reply:
        language = question.asker.language
        source = source_of(question.settings)
        if source is None:
            return Reply("match", (_guide(language),))
        number = read_number(question.values["number"], question.values.get("kind", ""))
        if number is None:
            raise QuestionRefused(
                "Số giấy phép lái xe chưa đúng dạng. Xin ghi đủ 12 chữ số trên thẻ PET, hoặc số của giấy cũ.",
                field_name="number",
            )
        limits = _limits(number, question.asker)
        try:
            attempts.take(limits)
        except TooManyAttempts as error:
            raise QuestionRefused(error.message) from error
        found = source.licence(number, date.fromisoformat(question.values["born_on"]))
        if found is None:
            return Reply("none", text=NOT_FOUND_EN if language == "en" else NOT_FOUND)
        attempts.give_back(list(limits))
        can_remind = found.expires_on is not None and found.expires_on > question.asked_on
        if can_remind and question.asker.citizen_id is not None:
            names = ", ".join(name for name, _ in found.classes)
            offering.offer(
                question.asker.citizen_id, offering.Offer(found.expires_on, masked_number(number), names)
            )
        else:
            can_remind = False
        return Reply("match", (_card(found, number, question.asked_on, language, can_remind),))


def _limits(number: str, asker: Asker) -> dict[str, int]:
    """Five wrong combinations of one citizen, and five on one number by anybody."""
    tenant_id = scope.required()
    index = crypto.keyring().blind_index(tenant_id, "licence_number", re.sub(r"\W", "", number))
    limits = {f"{tenant_id}:licence:{index}": attempts.MOST_WRONG}
    if asker.citizen_id is not None:
        limits[f"{tenant_id}:{CODE}:citizen:{asker.citizen_id}"] = attempts.MOST_WRONG
    return limits


def _card(found: Licence, number: str, day: date, language: str, can_remind: bool) -> Card:
    english = language == "en"
    status = status_on(found, day)
    label = (STATUSES_EN if english else STATUSES)[status]
    if status == "suspended" and found.suspended_until:
        label += f" {'until' if english else 'đến'} {found.suspended_until:%d/%m/%Y}"
    classes = ", ".join(class_label(name, issued_on or found.issued_on) for name, issued_on in found.classes)
    without = "no expiry" if english else "không thời hạn"
    facts = [
        ("Status" if english else "Tình trạng", label),
        ("Holder" if english else "Họ tên", masked_name(found.name)),
        ("Number" if english else "Số", masked_number(number)),
        ("Classes" if english else "Hạng", classes),
        ("Issued" if english else "Ngày cấp", f"{found.issued_on:%d/%m/%Y}"),
        (
            "Expires" if english else "Hết hạn",
            f"{found.expires_on:%d/%m/%Y}" if found.expires_on else without,
        ),
    ]
    if found.points_left is not None:
        points = f"{found.points_left}/{POINTS_A_YEAR}"
        facts.append(("Points left" if english else "Điểm còn lại", points))
    facts += [
        ("Authority" if english else "Cơ quan cấp", found.authority),
        ("Exam centre" if english else "Trung tâm sát hạch", found.exam_centre),
    ]
    return Card(
        "Driving licence" if english else "Giấy phép lái xe",
        tuple(fact for fact in facts if fact[1]),
        note=(REMIND_EN if english else REMIND) if can_remind else "",
        record={
            "status": status,
            "classes": [name for name, _ in found.classes],
            "expires_on": found.expires_on.isoformat() if found.expires_on else None,
            "points_left": found.points_left,
        },
        source=Source(_SOURCE, found.as_of),
    )


def _guide(language: str) -> Card:
    if language == "en":
        return Card(
            "Look up on the traffic police's page",
            (("You need", "Licence number, date of birth, kind, and the code in the picture"),),
            note="The province has not connected its data yet. The points left stand in the app VNeID.",
            link=OFFICIAL_URL,
            link_title="Open the page",
        )
    return Card(
        "Tra cứu trên trang của Cục Cảnh sát giao thông",
        (("Cần có", "Số giấy phép, ngày sinh, loại giấy phép và mã xác nhận trong hình"),),
        note="Tỉnh chưa kết nối dữ liệu này. Điểm còn lại xem trong ứng dụng VNeID, mục Giấy phép lái xe.",
        link=OFFICIAL_URL,
        link_title="Mở trang tra cứu",
    )
