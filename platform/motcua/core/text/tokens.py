"""A normalised text cut into words: a Vietnamese syllable each, and codes, numbers, abbreviations whole."""

import re

# A procedure's code, abbreviations with & or dots inside (tn&mt), words with digits (ct07), words, numbers.
_TOKEN = re.compile(r"\d\.\d{6}(?:[.\w]*\w)?|[^\W_]+(?:&[^\W_]+)+|[^\W_]+(?:\d[^\W_]*)*")


def tokenise(text: str) -> list[str]:
    """The words of a normalised text, in order."""
    return _TOKEN.findall(text)
