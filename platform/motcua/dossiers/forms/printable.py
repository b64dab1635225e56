"""Any text as text that the forms' font can show: PDF/A refuses a letter without a glyph."""

import re
import unicodedata

# What all four faces of Libertinus Serif draw (tried letter by letter): Latin with all of Vietnamese, Greek,
# Cyrillic, and the signs that offices use.
_RANGES = (
    (0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1CD, 0x1DC), (0x391, 0x3A1),
    (0x3A3, 0x3A9), (0x3B1, 0x3C9), (0x410, 0x44F), (0x1E00, 0x1E9B), (0x1EA0, 0x1EF9), (0x2010, 0x2022),
    (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2070, 0x2071), (0x2074, 0x208E),
    (0x20AB, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2260, 0x2260), (0x2264, 0x2265),
    (0x25A0, 0x25A1),
)  # fmt: skip
UNKNOWN = "□"
DRAWN = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))


def printable(text: str) -> str:
    """One paragraph a line; what cannot be drawn becomes `□`, what is invisible goes.

    A letter and its marks sent apart (as Apple's systems do) are put together first.
    """
    lines = (_line(line) for line in re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text))
    return "\n".join(line for line in lines if line)


def printable_all(value):
    """The same for every string in lists and dicts."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: printable_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable_all(item) for item in value]
    return value


def _line(line: str) -> str:
    shown = "".join(map(_shown, unicodedata.normalize("NFC", line)))
    return " ".join(shown.split())


def _shown(letter: str) -> str:
    if letter in DRAWN:
        return letter
    kind = unicodedata.category(letter)
    if kind == "Zs" or letter == "\t":
        return " "
    return "" if kind in ("Cf", "Cc", "Mn", "Me") else UNKNOWN
