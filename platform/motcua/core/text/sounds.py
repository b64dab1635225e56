"""Letters that sound alike in some region: one key for what people mix up, and what each mix-up costs."""

import re
from functools import lru_cache

# Initials merged by speakers: north ch/tr, s/x, d/gi/r, n/l; south v/d; spelling c/k/q and g/gh, ng/ngh.
_INITIALS = (
    ("ngh", "ng"),
    ("gh", "g"),
    ("dz", "d"),
    ("gi", "d"),
    ("ch", "ch"),
    ("tr", "ch"),
    ("qu", "ku"),
    ("ph", "f"),
    ("th", "th"),
    ("kh", "kh"),
    ("nh", "nh"),
    ("x", "s"),
    ("r", "d"),
    ("v", "d"),
    ("j", "d"),
    ("z", "d"),
    ("l", "n"),
    ("c", "k"),
    ("q", "k"),
)
_RIMES = (
    (re.compile(r"(?:ieu|yeu|uou|uu)$"), "iu"),
    (re.compile(r"uoi$"), "ui"),
    (re.compile(r"[iy]e(?=[mnptc])"), "i"),
    (re.compile(r"uo(?=[mnptc])"), "u"),
    (re.compile(r"(?:ng|nh)$"), "n"),
    (re.compile(r"(?:ch|c)$"), "t"),
    (re.compile(r"y"), "i"),
    (re.compile(r"^(?:oo)"), "o"),
)


@lru_cache(maxsize=50_000)
def sound_key(plain: str) -> str:
    """One key for all spellings that some Vietnamese ear takes for the same; `plain` has no marks."""
    if plain == "gi":
        return "di"
    initial, rest = "", plain
    for spelt, sound in _INITIALS:
        if plain.startswith(spelt):
            initial, rest = sound, plain[len(spelt) :]
            break
    else:
        found = re.match(r"[^aeiouy]*", plain)
        initial, rest = found[0], plain[found.end() :]
    for pattern, sound in _RIMES:
        rest = pattern.sub(sound, rest)
    return initial + rest


_CHEAP_LETTERS = frozenset(
    frozenset(pair) for pair in ("sx", "nl", "dr", "ck", "kq", "cq", "iy", "tc", "dv", "gh", "nm")
)


def distance(first: str, second: str, limit: float = 2.0) -> float:
    """What it costs to mistype `first` as `second`: 1 a letter, half of it between letters that sound alike,
    between neighbours that changed places and for a doubled or dropped `h` and `g`. At least `limit` + 1 beyond it.
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[float] = []
    row = [float(at) for at in range(len(second) + 1)]
    for i, left in enumerate(first, 1):
        older, before, row = before, row, [float(i)]
        for j, right in enumerate(second, 1):
            if left == right:
                cost = before[j - 1]
            else:
                swap = 0.5 if frozenset((left, right)) in _CHEAP_LETTERS else 1.0
                drop = 0.5 if left in "hg" and i > 1 else 1.0
                add = 0.5 if right in "hg" and j > 1 else 1.0
                cost = min(before[j - 1] + swap, before[j] + drop, row[j - 1] + add)
                if i > 1 and j > 1 and left == second[j - 2] and right == first[i - 2]:
                    cost = min(cost, older[j - 2] + 0.5)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
