"""Which line of a TOML file a key stands on: the standard library's reader does not tell.

Works on text that `tomllib` has accepted, so it need not be strict: it finds table headers and keys, counts the
tables of an array, and steps over values that run on for several lines.
"""

import re

Path = tuple[str | int, ...]

_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_STRING_OR_COMMENT = re.compile(
    r"""\"\"\".*?(?<!\\)\"{3,5}|'''.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*""", re.DOTALL
)


class TomlLines:
    """`line_of(("names", 1, "short_name"))` counts from 1; a path that is not there gets its nearest parent's line."""

    def __init__(self, text: str):
        self._lines: dict[Path, int] = {}
        self._array_lengths: dict[Path, int] = {}
        self._read(text)

    def line_of(self, path: Path) -> int | None:
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def _read(self, text: str) -> None:
        table: Path = ()
        depth = 0
        originals = text.split("\n")
        for number, line in enumerate(_without_strings(text).split("\n"), 1):
            bare = line.strip()
            if depth == 0 and bare.startswith("["):
                table = self._enter(originals[number - 1].strip(), number)
                continue
            if depth == 0 and "=" in bare:
                self._lines.setdefault((*table, *_key_parts(originals[number - 1])), number)
            depth += _opened(bare)

    def _enter(self, header: str, number: int) -> Path:
        is_array = header.startswith("[[")
        parts = _key_parts(header.lstrip("["))
        path = self._resolve(parts[:-1]) + parts[-1:]
        if is_array:
            index = self._array_lengths.get(path, 0)
            self._array_lengths[path] = index + 1
            self._lines.setdefault(path, number)
            path = (*path, index)
        elif path in self._array_lengths:
            path = (*path, self._array_lengths[path] - 1)
        self._lines.setdefault(path, number)
        return path

    def _resolve(self, parts: Path) -> Path:
        """Dotted names with the index of the latest table of each array on the way."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            if path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
        return path


def _without_strings(text: str) -> str:
    """The text with strings and comments emptied, line breaks kept."""
    return _STRING_OR_COMMENT.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)


def _key_parts(text: str) -> Path:
    parts: list[str] = []
    at = 0
    while found := _KEY_PART.match(text, at):
        parts.append(next(group for group in found.groups() if group is not None))
        at = found.end()
        if at >= len(text) or text[at] != ".":
            break
        at += 1
    return tuple(parts)


def _opened(line: str) -> int:
    return line.count("[") + line.count("{") - line.count("]") - line.count("}")
