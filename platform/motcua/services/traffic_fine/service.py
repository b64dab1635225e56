"""The service: a line in plain words in, provisions with fines and points out."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from motcua.core.config import home_of
from motcua.core.text.normal import normalise, without_marks

from ..contract import Choice, Field, Published, Question, Reply, Service
from .cards import card
from .finding import Answer, FineIndex, Found
from .measures import BLOOD, BREATH, SPEED
from .vehicles import CAR, MOTORBIKE

_FIELD = "question"
_MOST_CARDS = 6
_ALIKE = 0.85  # of the best score: both vehicles are meant
_SLOWEST_FINED = 5  # km/h over the limit
_ABOUT_FINES = re.compile(r"\b(?:phat|tru (?:may|bao nhieu|diem)|may diem|tuoc bang|giam bang|giam xe)\b")
_FINED, _SURE = 0.45, 0.72  # scores from which a line in the chat is taken as ours
_DOUBTFUL = 0.25
_ABOUT_TRAFFIC = re.compile(r"\b(?:xe|lai|giao thong|csgt|dang kiem|bien so)\b")
_DRIVING = range(6, 13)  # articles on how people drive, walk and use the road

_NOTHING = (
    "Không tìm thấy hành vi này trong Nghị định 168/2024/NĐ-CP. Xin viết ngắn tên lỗi và loại xe, "
    "ví dụ: vượt đèn đỏ xe máy, nồng độ cồn 0,3 ô tô."
)
_NOTHING_EN = (
    "Nothing found in Decree 168/2024/NĐ-CP. Please write the violation and the vehicle in Vietnamese, "
    "for example: vượt đèn đỏ xe máy."
)
_DOUBT = "Chưa chắc đúng lỗi ông/bà hỏi; đây là các lỗi gần nhất. Xin viết rõ hơn nếu chưa đúng."
_DOUBT_EN = "We are not sure what is meant; these come closest. Please write more if none is right."
_SLOW = (
    "Nghị định không đặt mức phạt tiền cho chạy quá tốc độ dưới 5 km/h. Từ 5 km/h trở lên mới bị phạt tiền."
)
_SOBER = "Không có nồng độ cồn thì không bị phạt về nồng độ cồn. Chỉ cần đo thấy cồn, dù ít, là bị phạt."


@cache
def index(folder: Path | None = None) -> FineIndex:
    """The decree of this installation, read once a process."""
    return FineIndex(folder or home_of() / "tenants" / "_national" / "traffic")


class TrafficFine(Service):
    code = "traffic_fine"
    name = "Mức phạt giao thông"
    name_en = "Traffic fines"
    summary = "Lỗi giao thông đường bộ bị phạt bao nhiêu, trừ mấy điểm, theo điều khoản nào."
    summary_en = "What a traffic violation costs, how many licence points it takes, and the article."
    phrases = ("mức phạt", "lỗi giao thông", "phạt giao thông", "tra mức phạt", "lỗi vi phạm giao thông")
    examples = ("vượt đèn đỏ xe máy", "nồng độ cồn 0,3 ô tô", "quá tốc độ 15 km/h xe máy")
    form = (
        Field(
            _FIELD,
            "Lỗi vi phạm và loại xe",
            "Violation and vehicle (in Vietnamese)",
            help="Viết như lời nói thường ngày, có dấu hoặc không dấu.",
            help_en="In everyday words, with or without accents.",
            example="vượt đèn đỏ xe máy",
            free_text=True,
        ),
    )
    disclaimer = (
        "Để tham khảo; người có thẩm quyền quyết định khi xử phạt. Dữ liệu theo Nghị định 168/2024/NĐ-CP "
        "ghi ngày 21/01/2025, chưa gồm các sửa đổi sau ngày này."
    )
    disclaimer_en = (
        "For guidance; the authority decides. Data: Decree 168/2024/NĐ-CP as of 21 January 2025, without later "
        "amendments."
    )

    def prepare(self, published: Sequence[Published]) -> FineIndex:
        return index()

    def ask(self, question: Question) -> Reply:
        found_in: FineIndex = question.data or index()
        text = question.values[_FIELD]
        answer = found_in.search(text)
        if (sentence := _not_fined(answer)) is not None:
            return Reply("none", text=sentence)
        if not answer.found:
            return Reply("none", text=_NOTHING_EN if question.asker.language == "en" else _NOTHING)
        cards = tuple(
            card(one.provision, found_in.decree, question.asked_on, question.asker.language)
            for one in answer.found[:_MOST_CARDS]
        )
        if answer.found[0].score < _DOUBTFUL:
            return Reply("match", cards, text=_DOUBT_EN if question.asker.language == "en" else _DOUBT)
        if _is_open(answer):
            choices = tuple(
                Choice(
                    found_in.vehicles.labels[one], {_FIELD: f"{text} {found_in.vehicles.labels[one].lower()}"}
                )
                for one in (MOTORBIKE, CAR)
            )
            return Reply("choices", cards, choices)
        return Reply("match", cards)

    def hears(self, line: str) -> Mapping[str, str] | None:
        answer = index().search(line)
        if not answer.found:
            return None
        best = answer.found[0]
        bare = without_marks(normalise(line))
        is_driving = best.provision.article in _DRIVING
        is_traffic = is_driving or bool(answer.vehicles) or _ABOUT_TRAFFIC.search(bare) is not None
        is_fine = _ABOUT_FINES.search(bare) is not None and is_traffic and best.score >= _FINED
        return {_FIELD: line} if is_fine or (is_driving and best.score >= _SURE) else None


def _is_open(answer: Answer) -> bool:
    """Whether the same was done with a car or with a motorbike, and the line does not say which."""
    if answer.vehicles:
        return False
    near = [one for one in answer.found if one.score >= _ALIKE * answer.found[0].score]
    return {_vehicle_of(one) for one in near} >= {MOTORBIKE, CAR}


def _vehicle_of(found: Found) -> str:
    return found.provision.group.partition("_")[0]


def _not_fined(answer: Answer) -> str | None:
    values = answer.values
    if 0 <= values.get(SPEED, _SLOWEST_FINED) < _SLOWEST_FINED:
        return _SLOW
    if values.get(BREATH, values.get(BLOOD, 1)) == 0:
        return _SOBER
    return None
