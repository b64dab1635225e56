"""What an expression of a text can come to, as far as its variables' declarations tell."""

from dataclasses import dataclass, replace

from .variable import Variable

WORDS, NUMBER, FLAG, LIST, ROW, LOOP = "words", "number", "flag", "list", "row", "loop"
STREAM = "stream"  # a list that can be gone through once, and not counted
ABSENT = "absent"  # an `if` without its `else`: printed as nothing, of no use for anything else
PRINTED = frozenset({WORDS, NUMBER, FLAG, ABSENT})
KINDS = {"count": NUMBER, "flag": FLAG, "list": LIST}
PLAIN = Variable("text", 200, "…")


@dataclass(frozen=True)
class Value:
    """One of the things that an expression can come to.

    `name`: what people call it; `gap`: why it may be missing, a sentence, None where it never is; `items`: what
    its items can be; `least`: how many there are at least.
    """

    kind: str
    name: str
    gap: str | None = None
    items: "tuple[Value, ...]" = ()
    parts: "tuple[tuple[str, Value], ...]" = ()
    least: int = 0
    brings: "tuple[tuple[str, tuple[str, ...]], ...]" = ()  # of a choice: see Variable
    may_lack: bool = False  # a part or a variable; its sentence depends on how the text calls it

    def there(self) -> "Value":
        """The same where it is known."""
        return replace(self, gap=None, may_lack=False)

    def lacking(self) -> bool:
        return self.may_lack or self.gap is not None


def of_variable(name: str, one: Variable, may_lack: bool) -> Value:
    if one.kind != "list":
        return Value(KINDS.get(one.kind, WORDS), name, may_lack=may_lack, brings=one.brings)
    if one.fields:
        parts = tuple(
            (part, of_variable(f"{name}.{part}", given, given.may_lack)) for part, given in one.fields
        )
        item = Value(ROW, name, parts=parts)
    else:
        item = of_variable(name, one.item or PLAIN, may_lack=False)
    return Value(LIST, name, items=(item,), may_lack=may_lack)


def of_constant(value: object, gap: str) -> Value:
    if value is None:
        return Value(WORDS, "none", gap=gap)
    kind = FLAG if isinstance(value, bool) else NUMBER if isinstance(value, int | float) else WORDS
    return Value(kind, str(value), least=len(value) if isinstance(value, str) else 0)


_COUNTED = ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0")
LOOP_VALUE = Value(
    LOOP,
    "loop",
    parts=(
        *((part, Value(NUMBER, f"loop.{part}")) for part in _COUNTED),
        *((part, Value(FLAG, f"loop.{part}")) for part in ("first", "last")),
    ),
)
