"""Words left as raw keystrokes: Telex `kys keets`, VNI `ky1 ke61t`, the tone key anywhere after the vowel."""

import unicodedata
from functools import lru_cache

from .normal import TONES
from .syllables import is_syllable

_TELEX_TONES = dict(zip("sfrxj", TONES, strict=True)) | {"z": ""}
_VNI_TONES = dict(zip("12345", TONES, strict=True)) | {"0": ""}
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_VOWELS = frozenset("aăâeêioôơuưy")
_LONGEST = 12  # `nghieengj` has nine keys; longer words are something else


@lru_cache(maxsize=20_000)
def decode(word: str) -> str | None:
    """The Vietnamese syllable that these keystrokes make, None where they make none.

    `word` is normalised. Without a modifier key there is nothing to decode, and a number, a plate, a form's
    or a phone's number is not decoded.
    """
    if not word.isascii() or not word.isalnum() or not word[:1].isalpha() or len(word) > _LONGEST:
        return None
    digits = sum(letter.isdigit() for letter in word)
    if digits > 3 or digits == len(word):
        return None
    syllable = _type_vni(word) if digits else _type_telex(word)
    return syllable if syllable and syllable != word and is_syllable(syllable) else None


def _type_telex(word: str) -> str | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        vowel = _has_vowel(letters)
        if key in _TELEX_TONES and vowel:
            tone = _TELEX_TONES[key]
        elif key == "w":
            if not _horn_or_breve(letters):
                letters.append("ư")
        elif key in _HATS and _put_hat(letters, key):
            continue
        elif key == "d" and letters[:1] == ["d"] and (vowel or len(letters) == 1):
            letters[0] = "đ"
        else:
            letters.append(key)
    return _with_tone(letters, tone)


def _type_vni(word: str) -> str | None:
    letters: list[str] = []
    tone = ""
    for key in word:
        if key in _VNI_TONES and _has_vowel(letters):
            tone = _VNI_TONES[key]
        elif key == "6":
            if not any(_put_hat(letters, vowel) for vowel in _HATS):
                return None
        elif key == "7":
            if not _horn(letters):
                return None
        elif key == "8":
            if "a" not in letters:
                return None
            letters[_last(letters, "a")] = "ă"
        elif key == "9":
            if letters[:1] != ["d"]:
                return None
            letters[0] = "đ"
        elif key.isdigit():
            return None
        else:
            letters.append(key)
    return _with_tone(letters, tone)


def _has_vowel(letters: list[str]) -> bool:
    return any(letter in _VOWELS for letter in letters)


def _put_hat(letters: list[str], key: str) -> bool:
    """Whether a bare `key` stood in the word already and now wears its hat."""
    if key not in letters:
        return False
    letters[_last(letters, key)] = _HATS[key]
    return True


def _horn_or_breve(letters: list[str]) -> bool:
    if _horn(letters):
        return True
    if "a" in letters:
        letters[_last(letters, "a")] = "ă"
        return True
    return False


def _horn(letters: list[str]) -> bool:
    """`uo` becomes `ươ`, else the last `u` or `o`; not the `u` of `qu`, and `ua` becomes `ưa`."""
    start = 1 if letters[:1] == ["q"] else 0
    spots = [at for at in range(start + (letters[:1] == ["q"]), len(letters)) if letters[at] in "uo"]
    if not spots:
        return False
    last = spots[-1]
    if letters[last] == "o" and last - 1 in spots and letters[last - 1] == "u":
        letters[last - 1], letters[last] = "ư", "ơ"
    elif letters[last] == "o" and last > 0 and letters[last - 1] == "ư":
        letters[last] = "ơ"
    else:
        letters[last] = {"u": "ư", "o": "ơ"}[letters[last]]
    return True


def _last(letters: list[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def _with_tone(letters: list[str], tone: str) -> str | None:
    """The tone on the letter that bears it: a hatted vowel, else the last but one of an open group."""
    if not tone:
        return "".join(letters)
    start = 2 if letters[:2] in (["q", "u"], ["g", "i"]) and len(letters) > 2 and letters[2] in _VOWELS else 0
    spots = [at for at in range(start, len(letters)) if letters[at] in _VOWELS]
    if not spots:
        return None
    hatted = [at for at in spots if letters[at] in "ăâêôơư"]
    closed = spots[-1] != len(letters) - 1
    at = hatted[-1] if hatted else spots[-1] if len(spots) == 1 or (closed and len(spots) == 2) else spots[-2]
    letters = letters.copy()
    letters[at] = unicodedata.normalize("NFC", letters[at] + tone)
    return "".join(letters)
