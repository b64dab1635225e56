"""What the expressions of a text come to in a world, and the faults in them."""

from dataclasses import replace

from jinja2 import nodes

from . import faults
from .faults import Fault
from .filtering import Filtering
from .values import ABSENT, FLAG, LIST, NUMBER, PRINTED, STREAM, WORDS, Value, of_constant
from .worlds import (
    Asking,
    Key,
    TooTangled,
    World,
    default_of,
    is_known,
    key_of,
    least_of,
)

ORDERS = frozenset({"lt", "lteq", "gt", "gteq"})
MOST_READ = 100_000


class Expressions(Filtering):
    def __init__(self, variables: dict[str, Value]):
        self.found: set[Fault] = set()
        self._asking = Asking()
        self._keys: dict[str, Key] = {name: (name, 0) for name in variables}
        self._bound: dict[Key, tuple[Value, ...]] = {(name, 0): (one,) for name, one in variables.items()}
        self._brought = {
            ((name, 0), choice): frozenset((other, 0) for other in others)
            for name, one in variables.items()
            for choice, others in one.brings
        }
        self._depth = 0
        self._known: dict[tuple, tuple[Value, ...]] = {}
        self._read = 0

    def printed(self, expression: nodes.Expr, world: World) -> None:
        for case, one in self._cases_read(expression, world):
            for value in self._values_of_one(one, case):
                self.need_printable(value, one, expression.lineno)

    def need_printable(self, value: Value, written: nodes.Expr | None, line: int) -> bool:
        if value.kind != ABSENT and not self.need(value, written, line):
            return False
        if value.kind not in PRINTED:
            self.fault(line, faults.unprintable(value.name))
        return value.kind in PRINTED

    def values(self, expression: nodes.Expr | None, world: World) -> tuple[Value, ...]:
        """Everything it can come to in that world; the faults on the way are kept."""
        known = self._known.get((id(expression), world))
        if known is None:
            found: dict[Value, None] = {}
            for case, one in self._cases_read(expression, world):
                found |= dict.fromkeys(self._values_of_one(one, case))
            known = self._known[id(expression), world] = tuple(found)
        return known

    def _cases_read(self, expression: nodes.Expr | None, world: World):
        """Its cases, after reading all that decides between them."""
        self._read += 1
        if self._read > MOST_READ:
            raise TooTangled
        for deciding, inner in self._deciding(expression, world):
            self.values(deciding, inner)
        return self._asking.cases(expression, world, self._keys)

    def _deciding(self, expression, world: World):
        match expression:
            case nodes.Or(left=left, right=right) | nodes.And(left=left, right=right):
                yield left, world
                for inner in self._asking.assume(left, isinstance(expression, nodes.And), world, self._keys):
                    yield right, inner
            case nodes.CondExpr(test=test, expr1=first, expr2=second):
                yield test, world
                for truth, one in ((True, first), (False, second)):
                    for inner in self._asking.assume(test, truth, world, self._keys):
                        yield one, inner
            case nodes.Filter(node=inner) if (other := default_of(expression)) is not None:
                yield inner, world
                for without in self._asking.assume(inner, False, world, self._keys):
                    yield other, without

    def _values_of_one(self, one: nodes.Expr | None, world: World) -> tuple[Value, ...]:
        """Of an expression that is no `and`, `or` or `if`."""
        match one:
            case None:
                return (Value(ABSENT, "if", gap=faults.NO_ELSE),)
            case nodes.Const(value=value):
                return (of_constant(value, faults.WRITTEN_NONE),)
            case nodes.Name(name=name):
                return self._asked(self._bound.get(self._keys.get(name, ()), ()), one, world)
            case (
                nodes.Getattr(node=inner, attr=part)
                | nodes.Getitem(node=inner, arg=nodes.Const(value=str() as part))
            ):
                return self._asked(self._part(inner, part, world, one.lineno), one, world)
            case nodes.Getitem():
                return self._item(one, world)
            case nodes.Filter():
                return self.filtered(one, world)
            case nodes.Not(node=inner):
                self.values(inner, world)
                return (Value(FLAG, "not"),)
            case nodes.Test():
                return self._tested(one, world)
            case nodes.Compare():
                return self._compared(one, world)
            case nodes.Concat(nodes=parts):
                for part in parts:
                    self._joined(part, world)
                return (Value(WORDS, "~"),)
            case nodes.Add(left=left, right=right) | nodes.Sub(left=left, right=right):
                return self._reckoned(one, left, right, world)
            case nodes.Neg(node=inner):
                self.all_of(inner, world, (NUMBER,))
                return (Value(NUMBER, "-"),)
            case nodes.List(items=items) | nodes.Tuple(items=items):
                found = dict.fromkeys(value for item in items for value in self._item_values(item, world))
                return (Value(LIST, "[…]", items=tuple(found), least=len(items)),)
        self.fault(one.lineno, faults.unfit("…"))
        return ()

    def _item_values(self, item: nodes.Expr, world: World) -> tuple[Value, ...]:
        """What stands in a list written in the text must be there at once: nobody asks for it later."""
        return tuple(
            value.there()
            for case, one in self._cases_read(item, world)
            for value in self._values_of_one(one, case)
            if self.need(value, one, item.lineno)
        )

    def _asked(self, values: tuple[Value, ...], written: nodes.Expr, world: World) -> tuple[Value, ...]:
        key = key_of(written, self._keys)
        if is_known(world, key) or self._is_brought(world, key):
            values = tuple(value.there() for value in values)
        least = least_of(world, key)
        return tuple(_at_least(value, least) for value in values)

    def _is_brought(self, world: World, key: Key | None) -> bool:
        equals = (fact[1:] for fact in world if fact[0] == "equals")
        return any(key in self._brought.get(fact, ()) for fact in equals)

    def _part(self, inner: nodes.Expr, part: str, world: World, line: int) -> tuple[Value, ...]:
        found: list[Value] = []
        for case, one in self._cases_read(inner, world):
            for value in self._values_of_one(one, case):
                parts = dict(value.parts)
                if part.startswith("_"):
                    self.fault(line, faults.UNREADABLE.format(part))
                elif part not in parts:
                    self.fault(line, faults.has_no_part(value.name, part, sorted(parts)))
                elif self.need(value, one, line):
                    found.append(parts[part])
        return tuple(found)

    def _item(self, one: nodes.Getitem, world: World) -> tuple[Value, ...]:
        index = _written_number(one.arg)
        if index is None:
            self.fault(one.lineno, faults.UNKNOWN_INDEX)
            return ()
        wanted = index + 1 if index >= 0 else -index
        found: list[Value] = []
        for case, inner in self._cases_read(one.node, world):
            for value in self._values_of_one(inner, case):
                found += self.items_of(value, inner, one.lineno, wanted)
        return tuple(found)

    def items_of(
        self, value: Value, written: nodes.Expr | None, line: int, wanted: int = 0, streams: bool = True
    ) -> tuple[Value, ...]:
        """What its items are; a fault where there may be fewer than `wanted`, or none at all can be."""
        if not self.need(value, written, line):
            return ()
        if value.kind not in (LIST, WORDS, STREAM) or (value.kind == STREAM and not streams):
            self.fault(line, faults.unfit(value.name))
            return ()
        if value.least < wanted:
            self.fault(line, faults.has_too_few(value.name, source_of(written) or value.name, wanted))
            return ()
        return (Value(WORDS, value.name),) if value.kind == WORDS else value.items

    def _tested(self, one: nodes.Test, world: World) -> tuple[Value, ...]:
        match one:
            case nodes.Test(args=[other], name="eq" | "ne" | "equalto" | "in", kwargs=[]):
                if one.name == "in":
                    self._sought(one.node, other, world)
                self.values(one.node, world)
                self.values(other, world)
            case nodes.Test(args=[], kwargs=[], name="defined" | "undefined" | "none" | "string" | "number"):
                self.values(one.node, world)
            case nodes.Test(args=[], kwargs=[], name="even" | "odd"):
                self.all_of(one.node, world, (NUMBER,))
            case _:
                self.fault(one.lineno, faults.bad_arguments(one.name))
        if one.dyn_args or one.dyn_kwargs:
            self.fault(one.lineno, faults.bad_arguments(one.name))
        return (Value(FLAG, one.name),)

    def _compared(self, one: nodes.Compare, world: World) -> tuple[Value, ...]:
        left = one.expr
        for operand in one.ops:
            if operand.op in ORDERS:
                kinds = {value.kind for value in self.all_of(left, world, (NUMBER, WORDS))}
                kinds |= {value.kind for value in self.all_of(operand.expr, world, (NUMBER, WORDS))}
                if len(kinds) > 1:
                    self.fault(
                        one.lineno, faults.unfit(source_of(left) or source_of(operand.expr) or "so sánh")
                    )
            elif operand.op in ("in", "notin"):
                self._sought(left, operand.expr, world)
            self.values(left, world)
            self.values(operand.expr, world)
            left = operand.expr
        return (Value(FLAG, "so sánh"),)

    def _sought(self, what: nodes.Expr, where: nodes.Expr, world: World) -> None:
        if any(value.kind == WORDS for value in self.all_of(where, world, (LIST, WORDS))):
            self.all_of(what, world, (WORDS,))

    def _joined(self, part: nodes.Expr, world: World) -> None:
        for case, one in self._cases_read(part, world):
            for value in self._values_of_one(one, case):
                if self.need(value, one, part.lineno):
                    self.need_printable(value, one, part.lineno)

    def _reckoned(self, one, left: nodes.Expr, right: nodes.Expr, world: World) -> tuple[Value, ...]:
        """Numbers, and with + words also."""
        kinds = (NUMBER, WORDS) if isinstance(one, nodes.Add) else (NUMBER,)
        found = {value.kind for side in (left, right) for value in self.all_of(side, world, kinds)}
        if len(found) > 1:
            self.fault(one.lineno, faults.unfit(source_of(left) or source_of(right) or one.operator))
        return (Value(WORDS if WORDS in found else NUMBER, source_of(left) or one.operator),)

    def all_of(self, expression: nodes.Expr, world: World, kinds: tuple[str, ...]) -> list[Value]:
        """What it can come to, all of it there and of these kinds; a fault for what is not."""
        found = []
        for case, one in self._cases_read(expression, world):
            for value in self._values_of_one(one, case):
                if not self.need(value, one, expression.lineno):
                    continue
                if value.kind in kinds:
                    found.append(value)
                else:
                    self.fault(expression.lineno, faults.unfit(value.name))
        return found

    def need(self, value: Value, written: nodes.Expr | None, line: int) -> bool:
        """A fault where it may be missing."""
        if value.lacking():
            self.fault(line, value.gap or faults.may_lack(value.name, source_of(written)))
        return not value.lacking()

    def fault(self, line: int | None, sentence: str) -> None:
        self.found.add(Fault(line, sentence))


def source_of(written: nodes.Expr | None) -> str | None:
    """A variable or its part as the text calls it."""
    match written:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=inner, attr=part):
            before = source_of(inner)
            return before and f"{before}.{part}"
    return None


def _written_number(expression: nodes.Expr) -> int | None:
    match expression:
        case nodes.Const(value=int() as value) if not isinstance(value, bool):
            return value
        case nodes.Neg(node=nodes.Const(value=int() as value)) if not isinstance(value, bool):
            return -value
    return None


def _at_least(value: Value, least: int) -> Value:
    return replace(value, least=max(least, value.least)) if value.kind in (LIST, WORDS) else value
