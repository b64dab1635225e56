"""The service: a plate in; a yes or no for anybody, the violations themselves for whoever proves the vehicle theirs."""

import re
from collections.abc import Mapping
from typing import ClassVar

from motcua.core.errors import TooManyAttempts

from ..contract import Choice, Field, Option, Question, QuestionRefused, Reply, Service
from . import cards, proving
from .plates import KINDS, KINDS_EN, Plate, find_plate, read_plate
from .records import PROOF_LENGTH, Vehicle
from .sources import CODE, source_of

MOST_SHOWN = 10
_PROOF_IN_LINE = re.compile(rf"(?<![^\W_])(?=[A-Z]*\d)[0-9A-Z]{{{PROOF_LENGTH},20}}(?![^\W_])")


class TrafficViolation(Service):
    code = CODE
    name = "Phạt nguội"
    name_en = "Camera-caught violations"
    summary = "Xe có vi phạm giao thông chưa xử phạt hay không; chủ xe xem được chi tiết và nơi giải quyết."
    summary_en = (
        "Whether a vehicle has unsettled traffic violations; its owner sees which and where to settle."
    )
    phrases = ("phạt nguội", "tra phạt nguội", "tra cứu phạt nguội", "kiểm tra phạt nguội", "xem phạt nguội")
    examples = ("phạt nguội 43A-000.00", "phạt nguội 43-B1 000.00 12345")
    form = (
        Field(
            "plate",
            "Biển số xe",
            "Number plate",
            longest=80,
            help="Như trên biển, có hoặc không có dấu gạch, dấu chấm.",
            help_en="As on the plate, with or without dash and dot.",
            example="43A-000.00",
            personal=True,
            free_text=True,
        ),
        Field(
            "vehicle_kind",
            "Loại xe",
            "Kind of vehicle",
            kind="choice",
            options=tuple(Option(value, label, KINDS_EN[value]) for value, label in KINDS.items()),
            is_required=False,
        ),
        Field(
            "proof",
            "5 ký tự cuối của số khung hoặc số máy",
            "Last 5 characters of the frame or engine number",
            is_required=False,
            longest=30,
            help="Trên chứng nhận đăng ký xe. Để trống thì chỉ biết có vi phạm hay không.",
            help_en="On the registration certificate. Without it you only learn whether there are violations.",
            example="12345",
            personal=True,
        ),
    )
    disclaimer = (
        "Dữ liệu để tham khảo; thông báo của cơ quan công an là căn cứ chính thức. Chúng tôi không hỏi mật khẩu, "
        "mã OTP và không thu tiền phạt."
    )
    disclaimer_en = (
        "For guidance; the police's notice counts. We never ask for passwords or OTP codes "
        "and collect no fines."
    )
    settings_help: ClassVar = {
        "api_url": "Địa chỉ API của tỉnh (https). Để trống: dùng tệp hằng đêm, không có tệp thì chỉ hướng dẫn.",
        "api_secret": "Khóa ký HMAC dùng chung với API của tỉnh.",
    }
    per_minute = 16

    def not_ready(self, settings: Mapping[str, str], language: str) -> str:
        return "" if source_of(settings) else cards.NOT_CONNECTED[language == "en"]

    def ask(self, question: Question) -> Reply:
        plate, proof = _read(question.values)
        language = question.asker.language
        source = source_of(question.settings)
        if source is None:
            return Reply("match", (cards.guide(language),))
        kind = question.values.get("vehicle_kind") or (
            next(iter(plate.kinds)) if len(plate.kinds) == 1 else ""
        )
        if not kind:
            return _which_kind(plate, question.values, language)
        try:
            if not proof:
                proving.count_read(question.asker)
                return _counted(source.vehicle(plate, kind), plate, kind, language)
            vehicle = source.vehicle(plate, kind)
            if not proving.check(vehicle, plate, kind, proof, question.asker):
                return Reply("none", text=cards.NOT_PROVEN_EN if language == "en" else cards.NOT_PROVEN)
        except TooManyAttempts as error:
            raise QuestionRefused(error.message) from error
        if not vehicle.violations:
            return Reply("match", (cards.count(vehicle, plate, kind, language),))
        shown = cards.newest_first(vehicle)[:MOST_SHOWN]
        return Reply("match", tuple(cards.detail(one, vehicle, language) for one in shown))

    def hears(self, line: str) -> Mapping[str, str] | None:
        """Only a line that is a plate and nothing else."""
        return {"plate": line} if read_plate(line) is not None else None


def _read(values: Mapping[str, str]) -> tuple[Plate, str]:
    """The plate and the proof, which may stand behind it in the chat's one line. Raises QuestionRefused."""
    text, proof = values["plate"], values.get("proof", "")
    plate = read_plate(text)
    if plate is None and (found := find_plate(text)):
        plate, rest = found
        behind = _PROOF_IN_LINE.findall(rest)
        proof = proof or (behind[-1] if behind else "")
    if plate is None:
        raise QuestionRefused(
            "Biển số chưa đúng dạng. Xin ghi như 43A-123.45 hoặc 43-B1 123.45. Biển ngoại giao và quân đội không "
            "tra ở đây.",
            field_name="plate",
        )
    if proof and sum(letter.isalnum() for letter in proof) < PROOF_LENGTH:
        raise QuestionRefused(
            f"Xin ghi đủ {PROOF_LENGTH} ký tự cuối của số khung hoặc số máy, như trên chứng nhận đăng ký xe.",
            field_name="proof",
        )
    return plate, proof


def _counted(vehicle: Vehicle | None, plate: Plate, kind: str, language: str) -> Reply:
    """A yes or no; where there is something to see, the way on for the owner."""
    card = cards.count(vehicle, plate, kind, language)
    if vehicle is None or not vehicle.open_count:
        return Reply("match", (card,))
    label = "The vehicle is mine: show details" if language == "en" else "Xe của tôi: xem chi tiết"
    # No proof is as short as this: the question comes back for it.
    asks = Choice(label, {"plate": plate.bare, "vehicle_kind": kind, "proof": "?"})
    return Reply("choices", (card,), (asks,))


def _which_kind(plate: Plate, values: Mapping[str, str], language: str) -> Reply:
    names = KINDS_EN if language == "en" else KINDS
    text = "Is it a car or a motorbike?" if language == "en" else "Biển số này là của loại xe nào?"
    choices = tuple(Choice(names[kind], {**values, "vehicle_kind": kind}) for kind in sorted(plate.kinds))
    return Reply("choices", choices=choices, text=text)
