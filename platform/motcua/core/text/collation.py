"""The order of Vietnamese names in a list: a ă â … d đ e ê, tones last (TCVN 6909's alphabet), numbers by size."""

import re
import unicodedata

_PLACES = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", 100)}
_TONES = {mark: place for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323", 1)}
_KIND = re.compile(r"^((?:ubnd|ủy ban nhân dân)\s+)?(?:xã|phường|đặc khu|thị trấn)\s+")
_PIECES = re.compile(r"\d+|\D")

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], str]


def order_key(text: str) -> Key:
    """What to sort by: first the letters, then the tones, then the text itself."""
    letters, tones = [], []
    for piece in _PIECES.findall(unicodedata.normalize("NFC", text).casefold()):
        if piece.isdecimal():
            letters.append((1, int(piece)))
            continue
        parts = unicodedata.normalize("NFD", piece)
        tone = next((one for one in parts if one in _TONES), "")
        letter = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else piece
        letters.append((2, _PLACES.get(letter, 1000 + ord(letter[0]))) if letter.isalpha() else (0, 0))
        tones.append(_TONES.get(tone, 0))
    return tuple(letters), tuple(tones), text


def place_key(name: str) -> Key:
    """`order_key` without the word that says what kind of commune it is: “Phường Hải Châu” stands under H."""
    return order_key(_KIND.sub(r"\1", unicodedata.normalize("NFC", name).casefold()))
