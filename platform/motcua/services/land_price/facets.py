"""What a question says beside the place: the land class, the position, the day, the row's number in the table."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from motcua.core.text.keystrokes import decode
from motcua.core.text.normal import normalise, without_marks
from motcua.core.text.syllables import is_syllable

from .wording import plain_words


@dataclass(frozen=True)
class Facets:
    """`rest`: the question without what stood for the day, the area asked and the number."""

    rest: str
    land_class: str | None = None
    position: int | None = None
    day: date | None = None
    number: str | None = None


_CLASSES = (
    ("LUC", r"(?:đất )?(?:trồng )?lúa(?! gạo)|đất ruộng|ruộng lúa|\bluc\b|\bluk\b"),
    ("CLN", r"(?:trồng )?cây lâu năm|đất vườn|đất cln|\bcln\b"),
    ("HNK", r"(?:trồng )?cây hằng năm|(?:trồng )?cây hàng năm|\bhnk\b|\bbhk\b"),
    ("NTS", r"nuôi trồng thủy sản|nuôi trồng thuỷ sản|đất nuôi tôm|ao tôm|\bnts\b"),
    ("RSX", r"rừng sản xuất|đất rừng|\brsx\b"),
    ("TMD", r"thương mại,? dịch vụ|thương mại|\btm ?- ?dv\b|\btmdv\b|\btmd\b"),
    ("SKC", r"sản xuất,? kinh doanh|kinh doanh phi nông nghiệp|sxkd|\bskc\b|phi nông nghiệp"),
    ("ONT", r"đất ở (?:tại )?nông thôn|\bont\b"),
    ("ODT", r"đất ở(?: (?:tại )?đô thị)?|thổ cư|\bodt\b|đất nền"),
)
_CLASS_PATTERNS = [(code, re.compile(rf"(?<!\w)(?:{without_marks(said)})(?!\w)")) for code, said in _CLASSES]
_POSITION = re.compile(r"(?<!\w)(?:vt|vi tri)(?: so)?\s?(\d)(?!\w)")
_FRONT = re.compile(r"(?<!\w)(?:mat tien|mat duong|mat pho)(?!\w)")
_FULL_DAY = re.compile(r"(?<!\w)(?:(?:tai |tu )?ngay )?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\w)")
_SAID_DAY = re.compile(r"(?<!\w)(?:ngay )?(\d{1,2}) thang (\d{1,2}),? nam (\d{4})(?!\w)")
_MONTH = re.compile(r"(?<!\w)thang (\d{1,2})(?:[/-]|,? nam )(\d{4})(?!\w)")
_YEAR = re.compile(r"(?<!\w)nam (\d{4})(?!\w)")
_LAST_YEAR = re.compile(r"(?<!\w)nam (?:ngoai|truoc|roi)(?!\w)")
_THIS_YEAR = re.compile(r"(?<!\w)(?:nam nay|hien nay|hien tai|bay gio|hom nay|moi nhat)(?!\w)")
_NUMBER = re.compile(r"(?<!\w)stt\s?(\d+)(?!\w)")
_WORD = re.compile(r"[^\W_]+")
_ASKING_WORDS = plain_words(
    "gia dat bao nhieu tien met vuong hoi xin cho biet xem toi em minh anh chi con chau muon can la the "
    "nao vay nhi nhe voi bang khung don nha nuoc tra cuu o tho cu thuong mai dich vu trong lua vuon cay "
    "lau nam rung san xuat kinh doanh vi tri mat hem ngay thang ngoai"
)
# What asks for the price and says nothing of the place.
_PEOPLE = "(?:toi|em|minh|anh|chi|con|chau|ad|admin|shop|moi nguoi|ban)"
_ASKING = re.compile(
    rf"^(?:{_PEOPLE} (?:oi )?)?(?:(?:xin|cho|muon|can|vui long|lam on) )+(?:{_PEOPLE} )?(?:xin )?"
    r"(?:hoi|biet|xem)(?: ve| la| chut)?(?!\w)"
    r"|^(?:hoi(?: ve| chut)?|tra(?: cuu| giup)?|xem giup)(?= gia | bang | don | dat )"
    r"|(?<!\w)(?:bang gia|khung gia|don gia|gia(?: nha)?) dat(?: nha nuoc)?(?!\w)"
    r"|(?<!\w)(?:la )?(?:(?:bao nhieu|bao nhiu|bn|bnhieu)(?: tien)?|may tien)"
    r"(?: (?:moi|mot|1))? ?(?:met vuong|m2|met)?(?!\w)"
    r"|(?<!\w)(?:(?:moi|mot|1) ?)?(?:met vuong|m2)(?!\w)"
    r"|(?<!\w)(?:la |nhu )?the nao(?!\w)|(?<!\w)(?:vay a|the a|voi a|nhe|a|duoc khong|cam on|xin cam on)[ .?!]*$"
)


_PRICE = re.compile(
    r"(?<!\w)(?:gia dat|bang gia dat|dat .{0,60}(?:bao nhieu|may) (?:tien )?(?:mot|1) ?(?:m2|met))(?!\w)"
)
_APPLYING = re.compile(
    r"(?<!\w)(?:thu tuc|ho so|xac dinh|tham dinh|dau gia|giay|dang ky|ke khai|thue|khieu nai|boi thuong)(?!\w)"
)


def asks_for_price(line: str) -> bool:
    """`line` as typed."""
    plain = without_marks(_WORD.sub(lambda found: _typed_out(found[0]), normalise(line)))
    return _PRICE.search(plain) is not None and _APPLYING.search(plain) is None


def read_facets(text: str, today: date) -> Facets:
    """`text` as typed; `today` for years not named."""
    said = _WORD.sub(lambda found: _typed_out(found[0]), normalise(text))
    plain = without_marks(said)
    if len(plain) != len(said):  # the patterns' places hold in both
        said = plain
    day, spans = _day(plain, today)
    number = _NUMBER.search(plain)
    if number:
        spans.append(number.span())
    position = _POSITION.search(plain)
    if position:
        spans.append(position.span())
    front = _FRONT.search(plain)
    if front:
        spans.append(front.span())
    spans += [found.span() for found in _ASKING.finditer(plain)]
    land_class = next((code for code, pattern in _CLASS_PATTERNS if pattern.search(plain)), None)
    return Facets(
        rest=_without(said, spans),
        land_class=land_class,
        position=int(position[1]) if position else 1 if front else None,
        day=day,
        number=number[1] if number else None,
    )


def _typed_out(word: str) -> str:
    """A word of asking that was left as keystrokes; names are read with the tables' words in mind, elsewhere."""
    if not word.isascii() or is_syllable(word):
        return word
    meant = decode(word)
    return meant if meant and without_marks(meant) in _ASKING_WORDS else word


def _day(plain: str, today: date) -> tuple[date | None, list[tuple[int, int]]]:
    """The day named, the last one of a month or year, and where it stands."""
    for pattern in (_FULL_DAY, _SAID_DAY):
        if found := pattern.search(plain):
            day, month, year = map(int, found.groups())
            return _date(year, month, day), [found.span()]
    if found := _MONTH.search(plain):
        month, year = int(found[1]), int(found[2])
        return _end_of_month(year, month), [found.span()]
    if found := _YEAR.search(plain):
        return _date(int(found[1]), 12, 31), [found.span()]
    if found := _LAST_YEAR.search(plain):
        return date(today.year - 1, 12, 31), [found.span()]
    if found := _THIS_YEAR.search(plain):
        return None, [found.span()]
    return None, []


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1990 <= year <= 2100 else None
    except ValueError:
        return None


def _end_of_month(year: int, month: int) -> date | None:
    first = _date(year, month, 1)
    return first and first.replace(day=monthrange(year, month)[1])


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            kept.append(text[end:start])
        end = max(end, stop)
    kept.append(text[end:])
    return " ; ".join(kept)
