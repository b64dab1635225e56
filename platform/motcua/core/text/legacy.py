"""Vietnamese written for fonts of the 1990s: TCVN3 (ABC) and VNI-Windows, told apart from Unicode and converted.

Such text comes as letters of the Western code page (“Céng hßa”, “Coäng hoøa”), which only a special font shows
right. Tables: TCVN 5712:1993 (VN3) and VNI-Windows, general knowledge, checked by the words of official headings.
TCVN3 has no capitals with tone marks: its capital fonts show small letters big.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

TCVN3, VNI = "TCVN3", "VNI-Windows"
ENCODINGS = (TCVN3, VNI)

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ®¡¢£¤¥¦§",
        "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_HATTED = {
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
}  # fmt: skip
_SHORT = {
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_MARKS = {"a": _TONES | _HATTED | _SHORT, "e": _TONES | _HATTED, "o": _TONES | _HATTED,
              "u": _TONES, "y": _TONES, "ô": _TONES, "ö": _TONES}  # fmt: skip
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for letter, marks in _VNI_MARKS.items():
        for mark, combining in marks.items():
            base = _VNI_ALONE.get(letter, letter)
            table[letter + mark] = unicodedata.normalize("NFC", base + combining)
    for code, letter in list(table.items()):
        table[code.upper()] = letter.upper()
        if len(code) == 2:
            table[code[0].upper() + code[1]] = letter.upper()  # “Aâ”: a capital with a small mark
    return table


_VNI = _vni_table()
_VNI_PARTS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TO_TCVN3 = {letter: code for code, letter in _TCVN3.items()}
_TO_VNI = {letter: code for code, letter in reversed(_VNI.items())} | {
    letter.upper(): code.upper() for code, letter in _VNI.items() if code.islower()
}

# What only a Vietnamese Unicode text holds; such text is never taken for a legacy one.
_UNICODE_ONLY = re.compile(r"[ăđĩũơưạ-ỹ\u0300-\u036f]", re.IGNORECASE)
_WESTERN = re.compile(r"[\xa1-\xff]")
_WORD = re.compile(r"[^\W\d_]+")
_ONSET = "(?:ngh|ng|gh|gi|kh|ph|th|tr|ch|nh|qu|[bcdđghklmnprstvx])?"
_RHYME = (
    "(?:"
    "a(?:ch|nh|ng|[iouycmnpt])?|ă(?:ng|[cmnpt])|â(?:ng|[uycmnpt])|"
    "e(?:ng|[ocmnpt])?|ê(?:nh|ch|[uymnpt])?|i(?:nh|ch|[aumnpt])?|iê(?:ng|[ucmnpt])|yê(?:ng|[umnt])|"
    "o(?:ng|oc|ong|[icmnpt])?|ô(?:ng|[icmnpt])?|ơ(?:ng|[imnpt])?|u(?:ng|[aicmnpt])?|ư(?:ng|[aiucmnt])?|"
    "uô(?:ng|[icmnt])|ươ(?:ng|[iucmnpt])|oa(?:ch|nh|ng|[iyocnt])?|oă(?:ng|[cmnt])|oe(?:[ont])?|"
    "uâ(?:ng|[ynt])|uê(?:nh|ch)?|uơ|uy(?:nh|ch|[aut])?|uyê(?:[nt])|y(?:nh|ch|[mnt])?"
    ")"
)
_SYLLABLE = re.compile(_ONSET + _RHYME)
_TONE_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


def convert(text: str, encoding: str) -> str:
    """From `encoding` (TCVN3 or VNI) to Unicode; letters that the encoding does not use stay."""
    if encoding == TCVN3:
        return "".join(_TCVN3.get(letter, letter) for letter in text)
    return _VNI_PARTS.sub(lambda part: _VNI[part[0]], text)


def to_legacy(text: str, encoding: str) -> str:
    """The way back, for letters that `encoding` has; used to make files as old programs wrote them."""
    table = _TO_TCVN3 if encoding == TCVN3 else _TO_VNI
    return "".join(table.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


def detect(text: str) -> str | None:
    """TCVN3 or VNI where that reading makes clearly more Vietnamese of `text` than leaving it alone, else None."""
    gains = _gains(text)
    if gains is None:
        return None
    best = max((VNI, TCVN3), key=gains.__getitem__)
    return best if gains[best] > 0 else None


def convert_column(texts: Sequence[str]) -> tuple[list[str], str | None]:
    """The texts of one column in Unicode, and the encoding that some had.

    A short text can be read both ways (“Bé” is “Bộ” in TCVN3, or a small child): then the column's other
    texts decide. A text that is sure to be Unicode is never changed.
    """
    found = {text: detect(text) for text in set(texts) if _WESTERN.search(text)}
    weights: dict[str, int] = {}
    for text, encoding in found.items():
        if encoding:
            weights[encoding] = weights.get(encoding, 0) + len(text)
    if not weights:
        return list(texts), None
    main = max(weights, key=weights.__getitem__)
    fine = sum(len(text) for text in found if _UNICODE_ONLY.search(text))
    doubtful = main if weights[main] > fine else None
    readings = {
        text: convert(text, chosen) if (chosen := encoding or _doubtful(text, doubtful)) else text
        for text, encoding in found.items()
    }
    return [readings.get(text, text) for text in texts], main


def _doubtful(text: str, encoding: str | None) -> str | None:
    """The column's encoding for a text that is as Vietnamese one way as the other."""
    if encoding is None:
        return None
    gains = _gains(text)
    return encoding if gains is not None and gains[encoding] >= 0 else None


@lru_cache(maxsize=20_000)
def _gains(text: str) -> dict[str, int] | None:
    """How many more words are Vietnamese syllables when read so; None for text that is surely Unicode or ASCII."""
    if not _WESTERN.search(text) or _UNICODE_ONLY.search(text):
        return None
    as_it_is = score([text])
    return {encoding: score([convert(text, encoding)]) - as_it_is for encoding in (VNI, TCVN3)}


def score(texts: Iterable[str]) -> int:
    """How Vietnamese the texts look: syllables with marks that exist, less words that cannot be any."""
    total = 0
    for text in texts:
        for word in _WORD.findall(text.replace("\xad", "¬")):
            if not word.isascii():
                total += 1 if is_syllable(word) else -1
        total -= sum(letter in "®©§¨¬¶·¸¹»¼½¾«ª¡¢£¤¥¦" for letter in text.replace("\xad", "¬"))
    return total


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether Vietnamese spelling allows `word`, at most one tone in it."""
    letters = unicodedata.normalize("NFD", word.lower())
    bare, tones = _TONE_MARKS.subn("", letters)
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
