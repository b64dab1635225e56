"""Dossier codes as agencies print them, and the opaque token that stands for one on a QR code.

A dossier code is `<agency identifier>-<date>-<number>`: dotted groups of letters and digits, the date as
yyMMdd or yyyyMMdd, a counter of three to eight digits (seen: 000.00.01.H56-240315-0007,
G09.20-20260609-0092637, G22.99-251225-020175).
"""

import re
import secrets
from datetime import date, timedelta

from motcua.core.clock import now
from motcua.core.errors import Invalid

CODE = re.compile(r"^[A-Z0-9]{1,4}(?:\.[A-Z0-9]{1,4}){0,6}-(\d{6}|\d{8})-\d{3,8}$", re.ASCII)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
FIRST_YEAR = 2010

# Crockford's base 32: no I, L, O or U, so that it can be read aloud and typed from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN = re.compile(rf"^[{ALPHABET}]{{12}}$")
LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class CodeInvalid(Invalid):
    code = "dossier_code_invalid"


def normalise(text: str) -> str:
    """The code in its printed form. Raises CodeInvalid, naming the remedy, for an impossible one."""
    code = folded(text)
    form = CODE.match(code)
    if form is None:
        raise _invalid(
            "Mã hồ sơ không đúng dạng. Xin ghi theo dạng mã cơ quan, ngày, số thứ tự, ví dụ 000.00.01.H11-241126-0007."
        )
    day = _day(form[1])
    if day is None or day.year < FIRST_YEAR:
        raise _invalid(
            f"Phần ngày “{form[1]}” trong mã hồ sơ không có thật. Xin kiểm tra lại mã trên giấy tiếp nhận."
        )
    if day > now().date() + timedelta(days=1):
        raise _invalid(
            f"Phần ngày “{form[1]}” trong mã hồ sơ ở tương lai. Xin kiểm tra lại mã trên giấy tiếp nhận."
        )
    return code


def looks_like_code(text: str) -> bool:
    return CODE.match(folded(text)) is not None


def folded(text: str) -> str:
    """Any system's code for comparing: without blanks, upper case, one kind of dash."""
    return re.sub(r"\s+", "", text).translate(DASHES).upper()


def _day(digits: str) -> date | None:
    century = "" if len(digits) == 8 else "20"
    try:
        return date.fromisoformat(century + digits)
    except ValueError:
        return None


def _invalid(sentence: str) -> CodeInvalid:
    return CodeInvalid(sentence, details={"code": [sentence]})


def new_token() -> str:
    """60 random bits: too many to guess, short enough to type."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def read_token(text: str) -> str | None:
    """A token as somebody typed it (groups, lower case, look-alike letters), or None."""
    token = text.strip().upper().translate(LOOK_ALIKES)
    return token if TOKEN.match(token) else None


def spaced(token: str) -> str:
    """`K7Q2-M9XD-4F3A`, as printed."""
    return "-".join(token[at : at + 4] for at in range(0, 12, 4))
