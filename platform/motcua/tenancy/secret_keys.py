"""Secrets must never stand in a province's folder: folders are reviewed, copied and kept for ever."""

import re
from collections.abc import Iterator

from .toml_lines import Path

_KEY = re.compile(
    r"secret|token|passw|mat_?khau|credential|private_?key|api_?key|access_?key|encryption|(?:^|_)key_?material|"
    r"(?:^|_)(?:pwd|pepper|salt|seed)(?:$|_)",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"-----BEGIN |\beyJ[A-Za-z0-9_-]{10,}\.|://[^/\s:@]+:[^/\s@]+@|\b(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[a-z])"
    r"(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{32,}"
)


def is_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret."""
    return _KEY.search(name) is not None


def find_secrets(value: object, path: Path = ()) -> Iterator[Path]:
    """Paths of keys named like a secret, and of texts that look like one: PEM, JWT, login in an address, key."""
    if isinstance(value, dict):
        for key, item in value.items():
            if is_secret(key):
                yield (*path, key)
            else:
                yield from find_secrets(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_secrets(item, (*path, index))
    elif isinstance(value, str) and _VALUE.search(value):
        yield path
