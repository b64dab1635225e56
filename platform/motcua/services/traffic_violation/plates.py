"""Number plates as people type them: "43A-123.45", "43a12345", "29-X1 234.56", old ones with four digits.

A plate is personal data: it is compared in its bare form (`43A12345`) and shown masked.
"""

import re
from dataclasses import dataclass

from motcua.core.text.normal import normalise

CAR, MOTORBIKE, ELECTRIC = "1", "2", "3"  # as the national look-up numbers them
KINDS = {CAR: "Ô tô", MOTORBIKE: "Xe máy", ELECTRIC: "Xe máy điện, xe đạp điện"}
KINDS_EN = {CAR: "Car", MOTORBIKE: "Motorbike", ELECTRIC: "Electric bike"}

# Province, series, number. A series of one letter is a car's; a letter with a digit, or two letters, a motorbike's.
_BARE = re.compile(r"(\d{2})([A-ZĐ]{1,2})(\d{4,6})")
_IN_LINE = re.compile(
    r"(?<![^\W_])\d{2} ?[-.]? ?[A-ZĐ]{1,2} ?\d? ?[-. ]? ?(?:\d{3}[. ]?\d{2}|\d{4,6})(?![^\W_])"
)
# Two letters on cars: of foreign-invested companies, projects, rental, the army's businesses, temporary ones.
_CARS = frozenset(["LD", "DA", "KT", "HC", "NG", "QT", "NN", "CV", "TC", "RM", "MK", "KC", "TD"])
_ELECTRIC = frozenset({"MD"})
_FIRST_PROVINCE, _LAST_PROVINCE = 11, 99


@dataclass(frozen=True)
class Plate:
    """`bare`: capitals and digits only, Đ as D. `kinds`: the kinds of vehicle that such a plate can belong to."""

    bare: str
    kinds: frozenset[str]

    @property
    def masked(self) -> str:
        """ "43A***45" """
        return f"{self.bare[:3]}***{self.bare[-2:]}"


def read_plate(text: str) -> Plate | None:
    """The plate that `text` is, whatever stands between its parts; None where it is none."""
    typed = normalise(text).upper().strip(" .,;:-")
    bare = re.sub(r"[^0-9A-ZĐ]", "", typed).replace("Đ", "D")
    found = _BARE.fullmatch(bare)
    if found is None or re.sub(r"[\s.\-_/]", "", typed).replace("Đ", "D") != bare:
        return None
    if not _FIRST_PROVINCE <= int(found[1]) <= _LAST_PROVINCE:
        return None
    letters, digits = found[2], found[3]
    if len(letters) == 2:
        if len(digits) > (6 if letters in _ELECTRIC else 5):
            return None
        kind = ELECTRIC if letters in _ELECTRIC else CAR if letters in _CARS else MOTORBIKE
        return Plate(bare, frozenset({kind}))
    if len(digits) == 4:
        return Plate(bare, frozenset({CAR}))
    if len(digits) == 6:
        return Plate(bare, frozenset({MOTORBIKE}))
    return Plate(bare, _kinds_by_spacing(typed))


def _kinds_by_spacing(typed: str) -> frozenset[str]:
    """ "43A-123.45" is a car's, "43-A1 2345" an old motorbike's; "43A12345" may be both."""
    if re.fullmatch(r"\d{2}[ .-]*[A-ZĐ][ .-]+\d{3}[ .]?\d{2}|\d{2}[ .-]*[A-ZĐ][ .-]*\d{3}[.]\d{2}", typed):
        return frozenset({CAR})
    if re.fullmatch(r"\d{2}[ .-]*[A-ZĐ]\d[ .-]+\d{4}", typed):
        return frozenset({MOTORBIKE})
    return frozenset({CAR, MOTORBIKE})


def find_plate(line: str) -> tuple[Plate, str] | None:
    """The first plate in a line, and the line without it."""
    upper = normalise(line).upper()
    for found in _IN_LINE.finditer(upper):
        plate = read_plate(found[0])
        if plate is not None:
            return plate, (upper[: found.start()] + " " + upper[found.end() :]).strip()
    return None
