"""The sandbox that texts run in, when they are read before use and when they are sent."""

import re
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = frozenset({
    "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "lower", "reverse", "sort",
    "string", "title", "trim", "truncate", "unique", "upper",
})  # fmt: skip
TESTS = frozenset(
    {"defined", "undefined", "none", "string", "number", "even", "odd", "in", "eq", "ne", "equalto"}
)
BLANKS = re.compile(r"\n{3,}")


def environment(undefined: type[Undefined] = StrictUndefined) -> ImmutableSandboxedEnvironment:
    """The sandbox of every text: plain text for a messenger, not HTML; no functions, a few harmless filters."""
    sandbox = ImmutableSandboxedEnvironment(
        undefined=undefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    sandbox.globals.clear()
    sandbox.filters = {name: one for name, one in sandbox.filters.items() if name in FILTERS}
    return sandbox


def sending() -> ImmutableSandboxedEnvironment:
    """Where texts are filled for citizens: what is not there is nothing, in print and in every sum."""
    sandbox = environment(Unasked)
    sandbox.tests = sandbox.tests | {"none": is_nothing}
    return sandbox


def is_nothing(value: Any) -> bool:
    return value is None or isinstance(value, Nothing)


class Nothing:
    """Stands for an unknown variable in a text that is sent: false, empty, and never the word “None”."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""

    __repr__ = __str__

    def __len__(self) -> int:
        return 0

    __int__ = __len__

    def __iter__(self):
        return iter(())

    __reversed__ = __iter__

    def __eq__(self, other: object) -> bool:
        return is_nothing(other)

    def __hash__(self) -> int:
        return hash(None)

    def __contains__(self, _: object) -> bool:
        return False

    def _is_false(self, _: object) -> bool:
        return False

    __lt__ = __gt__ = __le__ = __ge__ = _is_false

    def __add__(self, other: Any) -> Any:
        return other

    __radd__ = __add__

    def _itself(self, *_: Any) -> "Nothing":
        return self

    __sub__ = __rsub__ = __mod__ = __neg__ = __getitem__ = _itself

    def __getattr__(self, name: str) -> "Nothing":
        # Jinja looks for `__html__` and the like on everything it prints.
        if name.startswith("__"):
            raise AttributeError(name)
        return self


NOTHING = Nothing()


class Unasked(Nothing, Undefined):
    """A part, an item or an `else` that a text names and nobody gave. What is forbidden stays forbidden."""

    __slots__ = ()

    def __init__(self, hint=None, obj=None, name=None, exc=None):
        if exc is SecurityError:
            raise SecurityError(hint)
        Undefined.__init__(self)

    def __hash__(self) -> int:
        return hash(None)


def without_none(value: Any) -> Any:
    """What a text is filled with: nothing where there is None, in lists and their parts also."""
    if value is None:
        return NOTHING
    if isinstance(value, dict):
        return {name: without_none(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_none(one) for one in value]
    return value


def tidied(text: str) -> str:
    """Without the gaps that unused conditions leave."""
    return BLANKS.sub("\n\n", text).strip()
