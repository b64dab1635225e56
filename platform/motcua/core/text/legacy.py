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
# “áo”, never “aó”; after “qu” and “gi” the vowel stands alone (“quí”, “giò”).
_NEVER_TONED_AT_THE_END = re.compile("(?:[aăâeêioôơưy]|(?<!^q)u)(?<!^gi)[oiu]$|[aâ]y$")
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


def is_surely_unicode(text: str) -> bool:
    """Whether `text` has a Vietnamese letter that no legacy text can have."""
    return _UNICODE_ONLY.search(text) is not None


def detect(text: str) -> str | None:
    """TCVN3 or VNI where that reading makes clearly more Vietnamese of `text` than leaving it alone, else None."""
    gains = _gains(text)
    if gains is None:
        return None
    best = max((VNI, TCVN3), key=gains.__getitem__)
    return best if gains[best] > 0 else None


def convert_column(texts: Sequence[str], usual: str | None = None) -> tuple[list[str], str | None]:
    """The texts of one column in Unicode, and the encoding that some had.

    A short text can be read both ways (“Bé” is “Bộ” in TCVN3, or a small child): then the column's other texts
    decide, and where they cannot, `usual`, the encoding of the rest of the file. A text that is sure to be
    Unicode is never changed.
    """
    gains = {text: found for text in set(texts) if (found := _gains(text)) is not None}
    weights = dict.fromkeys(ENCODINGS, 0)
    for text, found in gains.items():
        if (clear := _clear(found)) is not None:
            weights[clear] += len(text)
    fine = sum(len(text) for text in set(texts) if _UNICODE_ONLY.search(text))
    main = max(ENCODINGS, key=weights.__getitem__)
    if not weights[main]:
        main = usual
    doubtful = main if main and weights.get(main, 0) >= fine else None
    readings, used = {}, set()
    for text, found in gains.items():
        chosen = _clear(found)
        if chosen is None and max(found.values()) > 0:
            chosen = main if main and found[main] > 0 else max(ENCODINGS, key=found.__getitem__)
        elif chosen is None and doubtful and found[doubtful] >= 0:
            chosen = doubtful
        if chosen and (reading := convert(text, chosen)) != text:
            readings[text] = reading
            used.add(chosen)
    encoding = main if main in used else next(iter(used), None)
    return [readings.get(text, text) for text in texts], encoding


def _clear(gains: dict[str, int]) -> str | None:
    """The encoding whose reading is better than leaving the text alone and better than the other's."""
    best, other = sorted(ENCODINGS, key=gains.__getitem__, reverse=True)
    return best if gains[best] > max(0, gains[other]) else None


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
    """Whether Vietnamese spelling allows `word`: at most one tone, on a vowel that can carry it, in one case."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    bare, tones = _TONE_MARKS.subn("", letters)
    plain = unicodedata.normalize("NFC", bare)
    if tones > 1 or _SYLLABLE.fullmatch(plain) is None:
        return False
    return not (letters[-1:] in _TONES.values() and _NEVER_TONED_AT_THE_END.search(plain))
