"""Passwords: how they are kept, and which are refused.

Kept as Argon2id with the library's current parameters. Refused by NIST SP 800-63B, 5.1.1.2: short ones, and those
on lists or easily guessed; nobody is asked for a special character or a change every quarter.
"""

import itertools
import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from motcua.core.errors import Invalid
from motcua.core.text.normal import normalise, without_marks

SHORTEST, LONGEST = 12, 200
LEAST_GUESSES = 10**10  # zxcvbn's "very unguessable", also where a list of hashes got out
_LOOKED_AT = 72  # zxcvbn's time grows with the square

_hasher = PasswordHasher()

# What people here choose: words of every day, the office, the keyboard in Telex, football, dates of the country.
COMMON = (
    "matkhau", "matkhaumoi", "quenmatkhau", "khongbiet", "khongco", "anhyeuem", "emyeuanh", "yeuem", "yeuanh",
    "anhnhoem", "giadinh", "congchuaxinhdep", "hanhphuc", "motcua", "mot cua", "dichvucong", "canbo", "congchuc",
    "quantri", "quantrivien", "tiepnhan", "hoso", "ubnd", "uyban", "uybannhandan", "hanhchinh", "hanhchinhcong",
    "trungtam", "phuong", "quan", "huyen", "tinh", "thanhpho", "vietnam", "vietnamvodich", "chucmungnammoi",
    "xinchao", "camon", "hoilamgi", "thanhcong", "maimaiyeuem", "sinhnhat", "hanoi", "saigon", "bacho", "hochiminh",
    "zalo", "zalooa", "abcd", "abc123", "qwertyuiop", "asdfghjkl", "matkhaucuatoi", "doimatkhau", "batdau",
    "0123456789", "30041975", "02091945", "19051890", "19081945", "10101954", "khoalaptop", "tuyetmat", "baomat",
    "thang", "ngay", "nam", "chao", "yeu", "anh", "chi", "toi", "mat", "khau", "cua",
)  # fmt: skip


class PasswordWeak(Invalid):
    code = "password_weak"


def hashed(plain: str) -> str:
    return _hasher.hash(_one_form(plain))


def is_right(person, plain: str) -> bool:
    """Takes as long for an unknown person as for a wrong password. A right one is hashed anew where parameters rose."""
    is_somebody = person is not None and person.has_password
    kept = person.password_hash if is_somebody else _no_ones()
    try:
        _hasher.verify(kept, _one_form(plain))
    except (VerifyMismatchError, InvalidHashError):
        return False
    if not is_somebody or not person.is_enabled:
        return False
    if _hasher.check_needs_rehash(kept):
        person.password_hash = hashed(plain)
    return True


def make_ready() -> None:
    """Make now what the first person who is asked for a password would wait for, and be told apart by."""
    _no_ones()


@cache
def _no_ones() -> str:
    # Half a second of a processor: not for every process that only imports this.
    return _hasher.hash("nobody has this password")


def refuse_weak(plain: str, about: list[str]) -> None:
    """`about`: the person's name, e-mail and province, which somebody else would try first.

    Raises PasswordWeak with a sentence that says why and what to do.
    """
    if len(plain) < SHORTEST:
        raise PasswordWeak(
            f"Mật khẩu mới có {len(plain)} ký tự. Xin dùng ít nhất {SHORTEST} ký tự, ví dụ bốn từ không liên quan nhau."
        )
    if len(plain) > LONGEST:
        raise PasswordWeak(f"Mật khẩu dài quá {LONGEST} ký tự. Xin dùng mật khẩu ngắn hơn.")
    known = [*COMMON, *itertools.chain.from_iterable(_forms(one) for one in about)]
    if any(_guesses(form, known) < LEAST_GUESSES for form in {plain, _fold(plain), _joined(plain)}):
        raise PasswordWeak(
            "Mật khẩu này dễ đoán: nó là từ hay gặp, dãy phím liền nhau, hoặc có họ tên, email, tên tỉnh. "
            "Xin chọn mật khẩu khác, ví dụ bốn từ không liên quan nhau."
        )


def _guesses(plain: str, known: list[str]) -> int:
    looked_at = plain[:_LOOKED_AT]
    return zxcvbn(looked_at, user_inputs=known, max_length=_LOOKED_AT)["guesses"] if looked_at else 0


def _forms(words: str) -> set[str]:
    """A name as it is typed in passwords: "Bình Thuận" also as binhthuan, binh and thuan; an address by its sides."""
    folded = _fold(words)
    parts = re.findall(r"[^\W_]+", folded)
    whole = {"".join(parts), "".join(part[0] for part in parts), *folded.split("@")}
    return {one for one in {*whole, *parts} if len(one) > 1}


def _one_form(plain: str) -> str:
    # One keyboard writes ậ as one letter, another as three: the same password all the same.
    return unicodedata.normalize("NFC", plain)


def _fold(text: str) -> str:
    return without_marks(normalise(text))


def _joined(plain: str) -> str:
    return "".join(_fold(plain).split())
