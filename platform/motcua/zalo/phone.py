"""Vietnamese mobile numbers in the form Zalo takes: 84 and nine digits."""

import hashlib
import re

from motcua.core.errors import Invalid

# The national numbering plan after the change to ten digits in 2018, with the prefixes in use since.
_MOBILE = re.compile(r"(?:\+84|0084|84|0)((?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7})")
_SEPARATORS = re.compile(r"[\s.\-()]")
_LONGEST = 32


def normalise_phone(text: str) -> str:
    """ "0912 345 678", "+84912345678" and "84912345678" all give "84912345678".

    Raises Invalid for anything but a Vietnamese mobile number; nine bare digits are refused, because
    old identity card numbers look like that.
    """
    match = _MOBILE.fullmatch(_SEPARATORS.sub("", text)) if len(text) <= _LONGEST else None
    if match is None:
        raise Invalid(
            "Số điện thoại chưa đúng. Xin nhập số di động Việt Nam gồm 10 chữ số, ví dụ 0912345678.",
            details={"phone": ["Xin nhập số di động Việt Nam gồm 10 chữ số, ví dụ 0912345678."]},
        )
    return "84" + match.group(1)


def mask_phone(text: str) -> str:
    """ "09x****678": enough for the owner to know it, too little for anybody else."""
    try:
        national = "0" + normalise_phone(text)[2:]
    except Invalid:
        return "***"
    return f"{national[:2]}x****{national[-3:]}"


def hash_phone(text: str) -> str:
    """What Zalo's send by hashed phone takes: SHA-256 of the 84 form, lowercase hex."""
    return hashlib.sha256(normalise_phone(text).encode()).hexdigest()
