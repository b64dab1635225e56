"""How people type: a row of the table as somebody might ask for it. Seeded, so that a set can be made again."""

import random
import re
import unicodedata

_TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_TELEX_HATS = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
_VNI_HATS = {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}
_MIXED_UP = (
    ("s", "x"), ("x", "s"), ("tr", "ch"), ("ch", "tr"), ("n", "l"), ("l", "n"), ("gi", "d"), ("d", "gi"), ("r", "d"),
    ("v", "d"), ("qu", "w"), ("ngh", "ng"), ("c", "k"), ("ph", "f"),
)  # fmt: skip
_KEYS = dict(zip("abcdeghiklmnopqrstuvxy", "svvfrhgolknmpowtdrybcu", strict=True))


def bare(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def keyed(word: str, hats: dict[str, str], tones: dict[str, str]) -> str:
    """The raw keystrokes of a word."""
    out, tone = "", ""
    for letter in word.lower():
        spread = unicodedata.normalize("NFD", letter)
        mark = next((one for one in spread if one in tones), "")
        tone = tones.get(mark, tone)
        base = unicodedata.normalize("NFC", "".join(one for one in spread if one not in tones))
        if base == "ơ" and out.endswith(hats["ư"]):
            out = out[: -len(hats["ư"])] + "u"  # one key gives both their horns
        out += hats.get(base, base)
    return out + tone


def other_tone(word: str) -> str:
    swap = str.maketrans("\u0309\u0303", "\u0303\u0309")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(swap))


def misspelt(word: str, dice: random.Random) -> str:
    """One error in a word of letters."""
    if not word.isalpha() or len(word) < 3:
        return word
    kind = dice.choice(("mixed", "mixed", "mixed", "final", "drop", "swap", "key", "double"))
    if kind == "mixed":
        fits = [(one, other) for one, other in _MIXED_UP if word.lower().startswith(one)]
        if fits:
            one, other = dice.choice(fits)
            return other + word.lower()[len(one) :]
        return word.replace("i", "y") if word.endswith("i") else word.replace("y", "i")
    if kind == "final":
        for one, other in (("ng", "n"), ("nh", "n"), ("ch", "c"), ("n", "ng"), ("t", "c"), ("c", "t")):
            if word.lower().endswith(one):
                return word[: -len(one)] + other
        return word
    if len(word) < 4:
        return word
    at = dice.randrange(1, len(word) - 1)
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    if kind == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    return word[:at] + _KEYS.get(bare(word[at].lower()), word[at]) + word[at + 1 :]


def tidy(name: str) -> str:
    """As somebody would say it: no shouting."""
    return " ".join(part.capitalize() if part.isupper() or part.islower() else part for part in name.split())


def shortened(name: str, dice: random.Random) -> str:
    """Kinds of roads by their abbreviations."""
    for said, brief in (
        ("quốc lộ ", ("ql", "QL", "QL ", "ql.")), ("tỉnh lộ ", ("tl", "TL", "TL ")), ("hương lộ ", ("hl", "HL")),
        ("đường số ", ("đường ", "đs ", "số ", "duong so ", "đ. số ")), ("khu dân cư", ("KDC", "kdc")),
        ("khu tái định cư", ("khu TĐC",)), ("đường ", ("đ. ", "đg ", "Đ.")), ("3 tháng 2", ("3/2", "ba tháng hai")),
        ("cách mạng tháng 8", ("cmt8", "CMT8", "cách mạng tháng tám")), ("phường ", ("P.", "p ", "P. ")),
    ):  # fmt: skip
        if said in name.lower() and dice.random() < 0.6:
            name = re.sub(said, dice.choice(brief), name, flags=re.IGNORECASE)
    return name


def area_said(area: str, dice: random.Random) -> str:
    if area.startswith("Quận "):
        number = area[5:]
        words = {
            "1": "một",
            "3": "ba",
            "4": "tư",
            "5": "năm",
            "6": "sáu",
            "7": "bảy",
            "8": "tám",
            "10": "mười",
        }
        spelt = f"quận {words.get(number, number)}"
        return dice.choice((area, f"q{number}", f"Q.{number}", f"q {number}", f"quan {number}", spelt))
    if area in ("Bình Chánh", "Củ Chi", "Hóc Môn", "Nhà Bè", "Cần Giờ"):
        return dice.choice((area, f"huyện {area}", f"H. {area}", area.lower()))
    if area == "Thủ Đức":
        return dice.choice((area, "TP Thủ Đức", "thành phố thủ đức", "tp. Thủ Đức", "thủ đức"))
    return dice.choice((area, f"quận {area}", f"Q. {area}", f"q {area.lower()}"))


_OPEN = (
    "giá đất", "Giá đất", "cho em hỏi giá đất", "gia dat", "xin hỏi giá đất", "bảng giá đất", "cho hỏi đất",
    "ad ơi cho mình hỏi giá đất", "tra giá đất ở", "", "giá đất thổ cư", "cho tôi biết giá đất nhà nước",
)  # fmt: skip
_CLOSE = (
    "", "", "", " bao nhiêu", " bao nhiêu 1 mét vuông vậy ạ", " là bao nhiêu tiền một m2", " giá bao nhiêu?",
    " năm 2025 bao nhiêu", " bn 1m2 ạ", " thế nào nhỉ", "?",
)  # fmt: skip
_BOTH = (
    "{o} {s} đoạn từ {a} đến {b}{d}{c}", "{o} {s} từ {a} đến {b}{d}{c}", "{o} {s} đoạn {a} - {b}{d}{c}",
    "{o} đoạn từ {a} tới {b} trên {s}{d}{c}", "{o} khúc giữa {a} và {b} của {s}{d}{c}",
    "{s}{d} ({a} đến {b}){c}", "{s} khúc {a} tới {b}{d} giá đất{c}", "{o} {s} từ {b} đến {a}{d}{c}",
    "{o} {s}{d}, đoạn {a} đến {b}{c}", "{o} {d} {s} khoảng giữa {a} và {b}{c}", "{s} {a} {b}{d}{c}",
)  # fmt: skip
_ONE = (
    "{o} {s} đoạn từ {a}{d}{c}", "{o} {s} gần {a}{d}{c}", "{o} {s} khúc {a}{d}{c}", "{o} {s} giao {a}{d}{c}",
    "{o} {s} đoạn giáp {a}{d}{c}", "{o} {s}{d} bắt đầu từ {a}{c}",
)  # fmt: skip
_STREET = (
    "{o} {s}{d}{c}", "{o} đường {s}{d}{c}", "{o}{d} {s}{c}", "{s}{d}{c}", "nhà tôi ở {s}{d} giá đất{c}",
    "{o} mặt tiền {s}{d}{c}", "{d} {s}{c}",
)  # fmt: skip
STYLES = (
    "plain",
    "accented",
    "tones",
    "telex",
    "vni",
    "errors",
    "errors",
    "short",
    "lower",
    "joined",
    "initials",
)


def ask_for(row: dict, dice: random.Random, *, with_area: bool, ends: int) -> tuple[str, str]:
    """A question for a row and its style. `ends`: how many ends of the stretch are said."""
    style = dice.choice(STYLES)
    street, start, end = (tidy(row[name] or "") for name in ("street", "segment_from", "segment_to"))
    if style in ("short", "errors", "plain"):
        street, start, end = (shortened(one, dice) for one in (street, start, end))
    if style == "initials":
        words = re.findall(r"[^\W_]+", street)
        if 3 <= len(words) <= 4 and all(word.isalpha() for word in words):
            street = "".join(word[0] for word in words)
            with_area = True
    if dice.random() < 0.3 and start and not re.match("(?i)đường|hẻm", street):
        street = "đường " + street
    area = f" {area_said(row['area'], dice)}" if with_area else ""
    if area and dice.random() < 0.3:
        area = "," + area
    parts = {"o": dice.choice(_OPEN), "c": dice.choice(_CLOSE), "s": street, "d": area, "a": start, "b": end}
    if ends == 2:
        line = dice.choice(_BOTH).format(**parts)
    elif ends == 1:
        line = dice.choice(_ONE).format(**parts)
    else:
        line = dice.choice(_STREET).format(**parts)
    line = " ".join(line.split())
    return _typed(line, style, street, dice), style


def _typed(line: str, style: str, street: str, dice: random.Random) -> str:
    words = line.split(" ")
    if style in ("plain", "short") and dice.random() < (1.0 if style == "plain" else 0.4):
        return bare(line).lower()
    if style == "tones":
        return " ".join(other_tone(word) for word in words)
    if style in ("telex", "vni"):
        hats, tones = (_TELEX_HATS, _TELEX) if style == "telex" else (_VNI_HATS, _VNI)
        share = dice.choice((0.3, 1.0))
        return " ".join(
            keyed(word, hats, tones) if word.isalpha() and dice.random() < share else word for word in words
        )
    if style == "errors":
        spots = [at for at, word in enumerate(words) if word.isalpha() and len(word) > 2]
        for at in dice.sample(spots, min(len(spots), dice.choice((1, 1, 2)))):
            words[at] = misspelt(words[at], dice)
        line = " ".join(words)
        return bare(line).lower() if dice.random() < 0.5 else line
    if style == "joined" and street and all(word.isalpha() for word in street.split()):
        return bare(line.replace(street, street.replace(" ", ""))).lower()
    if style == "lower":
        return line.lower()
    return line
