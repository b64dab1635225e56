"""Codes of administrative procedures, in the forms that provinces print."""

import re

CODE_PATTERN = re.compile(r"\d\.\d{6}")
"""The national code, `1.000894`; use with `fullmatch`."""

# After the national code: the older zero-padded agency (`.000.00.00.H11`), the newer one (`.H56`), and for a
# public service its own number (`.000.00.00.H55.02`).
_SUFFIX = re.compile(r"(?:\.\d{2,3}){0,6}\.[A-Z]\d{2}(?:\.\d{1,3})*")
_BLANKS = re.compile(r"\s+")


def normalise_code(text: str) -> tuple[str, str | None]:
    """The national code and the province's suffix with its leading dot, None where there is none.

    Raises ValueError with a Vietnamese sentence for anything else.
    """
    code = _BLANKS.sub("", text).upper()
    national, suffix = code[:8], code[8:]
    if CODE_PATTERN.fullmatch(national) and national.isascii() and (not suffix or _is_suffix(suffix)):
        return national, suffix or None
    raise ValueError(
        f"Mã thủ tục “{text.strip()[:60]}” không đúng dạng. "
        "Xin ghi như 1.000894, 1.000894.H11 hoặc 1.000894.000.00.00.H11."
    )


def _is_suffix(text: str) -> bool:
    return text.isascii() and _SUFFIX.fullmatch(text) is not None
