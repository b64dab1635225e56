"""A line in its barest form, and the commands that short lines mean."""

import re
import unicodedata

WORD = re.compile(r"\s+")


def plain(text: str) -> str:
    """Lower case, no marks, single blanks: `Theo dõi` -> `theo doi`."""
    folded = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return WORD.sub(" ", bare).strip(" .!?#")


def command_of(line: str, keywords: dict[str, list[str]]) -> str | None:
    """The command of chat.toml that `line` (already plain) means, or None."""
    return next((name for name, phrases in keywords.items() if line in map(plain, phrases)), None)
