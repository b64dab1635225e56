"""The words of street names and of questions about them in one form: abbreviations, numbers, dates, widths."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from motcua.catalogue.phrases import Word, word_of
from motcua.core.text.normal import normalise
from motcua.core.text.tokens import tokenise


def plain_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GENERIC = plain_words("duong so pho")
"""What stands before a name and is hardly part of it; accent-free, as typed."""

_GENERIC_KEYS = frozenset(word_of(said).key for said in ("đường", "số", "phố", "các", "tuyến"))
_NUMBERED_ROADS = plain_words("ql tl hl")

_KINDS = {
    "đ": "đường", "d": "đường", "đg": "đường", "dg": "đường", "đuong": "đường", "p": "phường", "f": "phường",
    "q": "quận", "h": "huyện", "x": "xã", "tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "ng": "nguyễn",
}  # fmt: skip
_DOTTED = re.compile(r"(?<![\w.])(đ|d|đg|dg|đuong|p|f|q|h|x|tp|tx|tt|ng)\.(?!\w\.)\s*(?=\w)")
_NUMBERED = re.compile(r"(?<!\w)(p|f|q|h)\s?\.?\s?(\d{1,2})(?!\w)")
_ALONE = re.compile(r"(?<![\w.])(đ|đg|dg|ng|tp)(?![\w.])")
_ROAD = re.compile(r"(?<!\w)(ql|tl|hl|kp|đt|đs|ds)\.?\s?(?=\d)")
_DATE = re.compile(r"(?<![\w/])(\d{1,2})\s?/\s?(\d{1,2})(?![\w/])")
_WIDTH = re.compile(
    r"(?:(>=|≥|<=|≤|>|<)|(?<!\w)(dưới|duoi|nhỏ hơn|nho hon|từ|tu|trên|tren|lớn hơn|lon hon|đến|den))?"
    r"\s?(?<![\w,.])(\d{1,3}(?:[.,]\d+)?)\s?(?:m|mét|met)(?![\w²])(?:\s(?:trở lên|tro len))?"
)
_SIGNS = {">=": "ge", "≥": "ge", ">": "ge", "<": "lt", "<=": "le", "≤": "le", "dưới": "lt", "duoi": "lt",
          "nhỏ hơn": "lt", "nho hon": "lt", "đến": "", "den": "", "": ""}  # fmt: skip
_SLANG = re.compile(r"(?<!\w)[fjz](?=[aeiouyàáảãạăâèéẻẽẹêìíỉĩịòóỏõọôơùúủũụưừứửữựỳýỷỹỵồốổỗộờớởỡợềếểễệầấẩẫậ])")
_SLANG_MEANT = {"f": "ph", "j": "gi", "z": "d"}
_DIGIT = re.compile(r"\d")
_STRAY_MARKS = re.compile("[\u0300-\u036f]+")

_FOLDED = {
    ("quoc", "lo"): "ql", ("tinh", "lo"): "tl", ("huong", "lo"): "hl", ("khu", "dan", "cu"): "kdc",
    ("tai", "dinh", "cu"): "tđc", ("khu", "cong", "nghiep"): "kcn", ("khu", "pho"): "kp",
    ("khu", "nha", "o"): "kno", ("thanh", "pho"): "tp", ("cu", "xa"): "cx", ("khu", "do", "thi"): "kđt",
}  # fmt: skip
_FOLDS_AT = frozenset(words[0] for words in _FOLDED)
_SAME_WORD = {"khucn": "kcn", "cuxa": "cx"}
_DIGITS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bai": 7, "bay": 7,
           "tam": 8, "chin": 9}  # fmt: skip
_WARD = word_of("phường").key
_COUNTED = plain_words("quan phuong so nga thang kp")  # what a number in words may follow


def written(text: str) -> str:
    """Normalised, with abbreviations of kinds written out and dates and widths as one word each."""
    said = _STRAY_MARKS.sub("", normalise(text))
    said = _SLANG.sub(lambda found: _SLANG_MEANT[found[0]], said)
    has_numbers = _DIGIT.search(said) is not None
    if has_numbers:
        said = _WIDTH.sub(_width, said)
    if "." in said:
        said = _DOTTED.sub(lambda found: _KINDS[found[1]] + " ", said)
    said = _ALONE.sub(lambda found: _KINDS[found[1]], said)
    if has_numbers:
        said = _NUMBERED.sub(lambda found: f"{_KINDS[found[1]]} {found[2]} ", said)
        said = _ROAD.sub(lambda found: "đường số " if found[1] in ("đs", "ds") else found[1] + " ", said)
        said = _DATE.sub(_day_and_month, said)
    return said


def words_of_name(text: str) -> tuple[Word, ...]:
    """The words of a name as the table writes it."""
    return tuple(fold([word_of(token) for token in tokenise(written(text))], lambda word: word))


def fold(items: Sequence, word: Callable[..., Word], make: Callable | None = None) -> list:
    """The items with fixed phrases and numbers in words made one each.

    `word` gives an item's word, `make(word, items)` the item that stands for several; names need none.
    """
    make = make or (lambda made, _: made)
    plains = [word(item).plain for item in items]
    folded: list = []
    last = ""  # the word before, "" where no number in words may follow it
    at = 0
    while at < len(items):
        meant, length = _folded_at(plains, at, last)
        if meant is None:
            folded.append(items[at])
            last = plains[at] if _may_be_counted(word(items[at])) else ""
        else:
            folded.append(make(word_of(meant), items[at : at + length]))
            last = word_of(meant).plain
        at += length
    return folded


def _may_be_counted(word: Word) -> bool:
    """`phường năm` is a number, `Nguyễn Tri Phương năm` and `phuong tu` are none."""
    return word.plain != "phuong" or word.key == _WARD


def _folded_at(plains: list[str], at: int, last: str) -> tuple[str | None, int]:
    """What stands for the words from `at` on, and how many they are; None: the word itself."""
    plain = plains[at]
    if plain in _FOLDS_AT:
        for length in (3, 2):
            if meant := _FOLDED.get(tuple(plains[at : at + length])):
                return meant, length
    day, length = _number(plains, at)
    if day and at + length + 1 < len(plains) and plains[at + length] == "thang":
        month, more = _number(plains, at + length + 1)
        if month and day <= 31 and month <= 12:
            return f"ngày{day}t{month}", length + 1 + more
    if last in _COUNTED and day and not plain[0].isdigit():
        return str(day), length
    if plain[0].isdigit():
        if last == "ql" and plain == "1a":
            return "1", 1
        bare = plain.lstrip("0")
        letter = plains[at + 1] if at + 2 < len(plains) else ""
        if plain.isdigit() and len(letter) == 1 and letter in "abcdef" and last in ("so", "duong", "hem"):
            return bare + letter, 2
        return (bare, 1) if bare and bare != plain else (None, 1)
    return _SAME_WORD.get(plain), 1


def _number(plains: list[str], at: int) -> tuple[int, int]:
    """The number below 100 that the words from `at` on say, and how many words; (0, 1) where they say none."""
    plain = plains[at]
    if plain.isdigit() and len(plain) <= 2:
        return int(plain), 1
    after = plains[at + 1] if at + 1 < len(plains) else ""
    if plain in ("muoi", "mươi"):
        return (10 + _DIGITS[after], 2) if after in _DIGITS else (10, 1)
    digit = _DIGITS.get(plain, 0)
    if digit and after == "muoi":
        third = plains[at + 2] if at + 2 < len(plains) else ""
        return (10 * digit + _DIGITS[third], 3) if third in _DIGITS else (10 * digit, 2)
    return digit, 1


def _width(found: re.Match) -> str:
    sign = _SIGNS.get(found[1] or found[2] or "", "ge")
    return f" {sign} {found[3].replace(',', '.').replace('.', 'p')}m "


def _day_and_month(found: re.Match) -> str:
    day, month = int(found[1]), int(found[2])
    return f"ngày{day}t{month}" if 1 <= day <= 31 and 1 <= month <= 12 else found[0]


def is_generic(word: Word) -> bool:
    """Of a name as written with its accents: `Dương Quang Trung` is no `đường Quang Trung`."""
    return word.key in _GENERIC_KEYS


@lru_cache(maxsize=20_000)
def initials_of(words: tuple[Word, ...]) -> str:
    """`Xô Viết Nghệ Tĩnh` -> `xvnt`, `Cách Mạng Tháng 8` -> `cmt8`; "" for a name of one word."""
    if len(words) < 2 or is_generic(words[0]) or words[0].plain in _NUMBERED_ROADS:
        return ""
    return "".join(word.plain if word.plain[0].isdigit() else word.plain[0] for word in words)
