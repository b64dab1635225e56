"""Names as people may type them: without accents, in any case."""

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=50_000)
def plain_name(text: str) -> str:
    """Lower case, no marks, words apart by one blank: “Đăng ký kết hôn (lại)” -> “dang ky ket hon lai”."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare).strip()
