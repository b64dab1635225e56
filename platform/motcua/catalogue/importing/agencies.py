"""Which agency of the province a cell means: by code, by name, with or without accents and abbreviations."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from motcua.catalogue.names import plain_name
from motcua.catalogue.procedures_file import EVERY_COMMUNE

from .cells import Fault

_SHORT = (
    ("ubnd", "uy ban nhan dan"),
    ("tt phuc vu", "trung tam phuc vu"),
    ("ttpvhcc", "trung tam phuc vu hanh chinh cong"),
    ("tnmt", "tai nguyen va moi truong"),
    ("nnmt", "nong nghiep va moi truong"),
    ("nnptnt", "nong nghiep va phat trien nong thon"),
    ("gddt", "giao duc va dao tao"),
    ("khcn", "khoa hoc va cong nghe"),
    ("vhttdl", "van hoa the thao va du lich"),
)
_COMMUNE = re.compile(
    r"(?:uy ban nhan dan )?(?:cap xa|cac xa|xa|xa phuong(?: thi tran| dac khu)*|commune|moi xa|cac xa phuong.*)"
)
_AND = re.compile(r"\b(?:va|and)\b")
_MOST_SUGGESTIONS = 200  # each costs a comparison with every agency


@dataclass(frozen=True)
class Known:
    code: str
    name: str
    valid_to: date | None = None


class Matcher:
    """Finds agencies among those of the province; remembers what it was asked."""

    def __init__(self, agencies: Iterable[Known], today: date):
        self.agencies, self.today = list(agencies), today
        self._answers: dict[str, str | Fault] = {}
        self._suggested = 0

    def find(self, text: str) -> str:
        """The agency's code, or EVERY_COMMUNE. Raises Fault when none or more than one fits."""
        if text not in self._answers:
            try:
                self._answers[text] = self._look(text)
            except Fault as fault:
                self._answers[text] = fault
        answer = self._answers[text]
        if isinstance(answer, Fault):
            raise Fault(answer.message, answer.remedy)
        return answer

    def _look(self, text: str) -> str:
        known = {one.code: one for one in self.agencies}
        if text.lower() in known:
            return self._current([known[text.lower()]])
        words = _expand(text)
        if _COMMUNE.fullmatch(words):
            return EVERY_COMMUNE
        for names in (self._exact, self._plain, self._bare):
            key = " ".join(text.split()).lower() if names is self._exact else words
            key = _bare(key) if names is self._bare else key
            if found := names.get(key):
                return self._current(found)
        raise Fault("Tỉnh không có cơ quan này.", self._suggestion(words))

    def _current(self, found: list[Known]) -> str:
        living = [one for one in found if one.valid_to is None or one.valid_to >= self.today]
        if not living:
            ended = found[0].valid_to.strftime("%d/%m/%Y")
            raise Fault(f"Cơ quan này đã thôi hoạt động từ {ended}.", "Xin ghi cơ quan kế nhiệm.")
        if len(living) > 1:
            names = ", ".join(f"{one.name} ({one.code})" for one in living[:4])
            raise Fault(
                f"Có {len(living)} cơ quan cùng tên này: {names}.", "Xin ghi mã của cơ quan thay cho tên."
            )
        return living[0].code

    def _suggestion(self, words: str) -> str:
        self._suggested += 1
        if self._suggested <= _MOST_SUGGESTIONS:
            near = difflib.get_close_matches(words, self._plain, 1, cutoff=0.75)
            if near:
                return f"Có phải là {self._plain[near[0]][0].name}? Xin sửa tên hoặc ghi mã cơ quan."
        return "Xin ghi tên hoặc mã đúng như trong danh sách cơ quan của tỉnh."

    @cached_property
    def _exact(self) -> dict[str, list[Known]]:
        return self._by(lambda name: " ".join(name.split()).lower())

    @cached_property
    def _plain(self) -> dict[str, list[Known]]:
        return self._by(_expand)

    @cached_property
    def _bare(self) -> dict[str, list[Known]]:
        return self._by(lambda name: _bare(_expand(name)))

    def _by(self, key) -> dict[str, list[Known]]:
        names = defaultdict(list)
        for one in self.agencies:
            names[key(one.name)].append(one)
        return dict(names)


def _expand(text: str) -> str:
    words = plain_name(text.replace("&", ""))
    for short, whole in _SHORT:
        words = re.sub(rf"\b{short}\b", whole, words)
    return words


def _bare(words: str) -> str:
    """Without the province's name behind (“Sở Tư pháp tỉnh Lâm Đồng”) and without “và”."""
    words = re.sub(r" (?:tinh|thanh pho)(?: (?!.*\b(?:phuong|xa)\b).*)?$", "", words)
    return " ".join(_AND.sub(" ", words).split())
