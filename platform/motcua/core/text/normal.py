"""One form of a text for comparing: NFC, lower case, no look-alike letters, no invisible ones."""

import re
import unicodedata

_LOOK_ALIKES = str.maketrans(
    {
        "Ð": "đ",
        "ð": "đ",
        "Ɖ": "đ",
        "ɖ": "đ",
        "ı": "i",
        "‘": "'",
        "’": "'",
        "‛": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "―": "-",
        "−": "-",
        "…": " ",
    }
)
_BLANKS = re.compile(r"\s+")
# Text of nothing but these is in its one form already: most of it is, and the long way costs ten times as much.
_SETTLED = re.compile(r"[ !#-&(-_a-~àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]*")

TONES = "\u0301\u0300\u0309\u0303\u0323"
"""Combining marks: sắc, huyền, hỏi, ngã, nặng; the order of Telex's s f r x j and VNI's 1 to 5."""


def normalise(text: str) -> str:
    """NFC, lower case, `đ` for its look-alikes, plain quotes and dashes, single blanks, nothing invisible.

    Idempotent; the same for composed and decomposed input.
    """
    lower = text.lower()
    if _SETTLED.fullmatch(lower):
        return _BLANKS.sub(" ", lower).strip()
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", text).translate(_LOOK_ALIKES))
    # Lower-casing may decompose (İ) and NFKC may bring look-alikes in, hence both once more.
    lowered = unicodedata.normalize("NFKC", composed.lower().translate(_LOOK_ALIKES))
    seen = _BLANKS.sub(" ", lowered)
    if not seen.isprintable():
        seen = "".join(letter for letter in seen if letter.isprintable())
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", seen)).strip()


def without_marks(text: str) -> str:
    """The accent-free form of a lower-case text: `đăng ký` -> `dang ky`."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return unicodedata.normalize(
        "NFC", "".join(letter for letter in bare if not unicodedata.combining(letter))
    )


def syllable_key(syllable: str) -> str:
    """The same for every way to place the tone mark and to choose i or y: `hoà` and `hòa`, `ký` and `kí`.

    Letters with their hats, then the tone's combining mark. `syllable` is normalised.
    """
    return _with_one_i("".join(split_tone(syllable)))


def plain_key(syllable: str) -> str:
    """The accent-free key, `ly` and `li` alike; `syllable` is normalised."""
    return _with_one_i(without_marks(syllable))


def tone_of(syllable: str) -> str:
    """The tone's combining mark, "" for the level tone; `syllable` is normalised or a key."""
    return split_tone(syllable)[1]


def split_tone(syllable: str) -> tuple[str, str]:
    """The letters with their hats, and the tone's combining mark; `syllable` is normalised."""
    if syllable.isascii():
        return syllable, ""
    spread = unicodedata.normalize("NFD", syllable)
    tone = next((letter for letter in spread if letter in TONES), "")
    rest = "".join(letter for letter in spread if letter not in TONES)
    return unicodedata.normalize("NFC", rest), tone


_FINAL_Y = re.compile(r"^(qu|[bcdđghklmnpqrstvx]*)y(?=[\u0300-\u036f]*$)")


def _with_one_i(key: str) -> str:
    return _FINAL_Y.sub(r"\1i", key) if "y" in key else key
