import hashlib
import re

_MOBILE = re.compile(r"(?:\+?84|0)?([35789]\d{8})")


def normalise_phone(text: str) -> str | None:
    """The 84xxxxxxxxx form of a Vietnamese mobile number written in any usual way, else None."""
    match = _MOBILE.fullmatch(text.strip())
    return "84" + match.group(1) if match else None


def hash_phone(phone: str) -> str:
    """What /message/template/hashphone wants: SHA-256 of the 84 form, lowercase hex."""
    return hashlib.sha256(phone.encode()).hexdigest()
