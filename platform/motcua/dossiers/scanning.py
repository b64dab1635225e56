"""What a scanner or a hurried hand puts into the one box: which kind of thing it is.

QR codes on papers hold our own address, a bare code, another vendor's look-up address (`…?MHS=…`), or the payload of
Thông tư 01/2023/TT-VPCP, whose separators differ by vendor. A payload may carry an ID number: never log it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from motcua.core.errors import Invalid
from motcua.zalo.phone import normalise_phone

from . import codes

LONGEST = 2000
OUR_PATH = re.compile(r"/t/([0-9A-Za-z -]{12,16})(?:[/?#]|$)")
ANY_CODE = re.compile(r"[A-Z0-9]{1,4}(?:\.[A-Z0-9]{1,4}){0,6}-(?:\d{8}|\d{6})-\d{3,8}(?![\d-])")
CODE_NAMES = frozenset({"mhs", "mahoso", "sohoso", "code", "ma"})
LETTERS = re.compile(r"[^\W\d_]")
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class Meant:
    """`kind`: "token", "code", "phone", "id", "id_end", "name", "part" (of a code) or "nothing"."""

    kind: str
    value: str


def read(said: str) -> Meant:
    text = said.strip()[:LONGEST]
    if not text:
        return Meant("nothing", "")
    if "/" in text or "?" in text:
        return _address(text)
    if codes.looks_like_code(text):
        return Meant("code", codes.folded(text))
    if (token := codes.read_token(text)) and not text.isdecimal() and not _is_name(text):
        return Meant("token", token)
    inside = ANY_CODE.search(codes.folded(text))
    if inside and len(text) > len(inside[0]):
        return Meant("code", inside[0])
    return _typed(text)


def repaired(part: str) -> str:
    """The same with the letters that look like digits read as digits."""
    return part.translate(LOOK_ALIKES)


def _typed(text: str) -> Meant:
    try:
        return Meant("phone", normalise_phone(text))
    except Invalid:
        pass
    bare = re.sub(r"[\s.]", "", text)
    if bare.isdecimal() and len(bare) in (9, 12):
        return Meant("id", bare)
    if bare.isdecimal() and len(bare) == 4:
        return Meant("id_end", bare)
    if _is_name(text):
        return Meant("name", " ".join(text.split()))
    return Meant("part", codes.folded(text)[:80])


def _is_name(text: str) -> bool:
    return (
        len(LETTERS.findall(text)) >= 2
        and not any(letter.isdigit() for letter in text)
        and " " in text.strip()
    )


def _address(text: str) -> Meant:
    ours = OUR_PATH.search(text)
    if ours and (token := codes.read_token(ours[1])):
        return Meant("token", token)
    try:
        named = parse_qsl(urlsplit(text).query)
    except ValueError:
        named = []
    for name, value in named:
        if name.lower() in CODE_NAMES and codes.looks_like_code(value):
            return Meant("code", codes.folded(value))
    inside = ANY_CODE.search(codes.folded(text))
    return Meant("code", inside[0]) if inside else Meant("part", codes.folded(text)[:80])
