"""“rất hài lòng ạ”, “cham qua”: a level said in a citizen's own words, and nothing else in the line.

The phrases are data (`[survey_words]` of chat.toml): by level "1" to "5", and "filler" for what says nothing.
A line that holds any other word is a question or a story, and no answer: “bằng tốt nghiệp” must find its procedure.
"""

import re

from motcua.core.text.normal import normalise, without_marks

LONGEST_LINE = 80
_NO_WORD = re.compile(r"[^\w]+")


def level_of(line: str, phrases: dict[str, list[str]]) -> int | None:
    """The level that `line` says, or None. Of two levels said the lower holds: “tốt nhưng chậm”."""
    if len(line) > LONGEST_LINE:
        return None
    rest = f" {_plain(line)} "
    found = []
    levels = [(phrase, int(level)) for level in phrases if level != "filler" for phrase in phrases[level]]
    for phrase, level in sorted(levels, key=lambda one: -len(one[0])):  # “không hài lòng” before “hài lòng”
        words = f" {_plain(phrase)} "
        if words in rest:
            found.append(level)
            rest = rest.replace(words, "  ")
    filler = {_plain(one) for one in phrases.get("filler", ())}
    leftover = [word for word in rest.split() if word not in filler]
    return min(found) if found and not leftover else None


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", without_marks(normalise(text))).strip()
