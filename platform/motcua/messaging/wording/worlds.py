"""What a text has asked before a place in it: the worlds in which that place is reached, and what is true there.

A world is a set of facts about variables and their parts. A condition splits it: behind `a or b` there is one world
in which a is true and one in which only b is. Whatever a text does must be right in every world that leads there.
"""

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

MOST_WORLDS = 64
MOST_STEPS = 100_000
Key = tuple  # ("items", 0), ("one", 3, "due"): a variable in its scope, then parts
World = frozenset  # of facts: (what, key) or (what, key, value)
Case = tuple[World, nodes.Expr | None]  # what an expression comes to; None: an `if` without its `else`
NOTHING_ASKED: World = frozenset()
FLIPPED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq", "eq": "eq", "ne": "ne"}
OPPOSITE = {
    "eq": "ne",
    "ne": "eq",
    "lt": "gteq",
    "gteq": "lt",
    "gt": "lteq",
    "lteq": "gt",
    "in": "notin",
    "notin": "in",
}
MEANT_BY = {"eq": "eq", "equalto": "eq", "ne": "ne", "in": "in"}
LENGTHS = ("length", "count")


class TooTangled(Exception):
    """More worlds than anybody reads."""


class Asking:
    """Splits worlds by conditions. `scope`: name -> key, as it stands where the condition is."""

    def __init__(self) -> None:
        self._steps = 0

    def assume(
        self, condition: nodes.Expr | None, truth: bool, world: World, scope: dict[str, Key]
    ) -> list[World]:
        """The worlds in which it is so; none where it cannot be."""
        found: dict[World, None] = {}
        for inner, one in self.cases(condition, world, scope):
            for split in self._assume_one(one, truth, inner, scope):
                found[split] = None
        return _bounded(list(found))

    def cases(self, expression: nodes.Expr | None, world: World, scope: dict[str, Key]) -> list[Case]:
        """Every expression without `and`, `or`, `if` that it may come to, with the world in which it does."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooTangled
        return _bounded(list(self._cases(expression, world, scope)))

    def _cases(self, expression: nodes.Expr | None, world: World, scope: dict[str, Key]) -> Iterator[Case]:
        match expression:
            case nodes.Or(left=left, right=right):
                yield from self._either(left, right, True, world, scope)
            case nodes.And(left=left, right=right):
                yield from self._either(left, right, False, world, scope)
            case nodes.CondExpr(test=test, expr1=first, expr2=second):
                for truth, one in ((True, first), (False, second)):
                    for inner in self.assume(test, truth, world, scope):
                        yield from self.cases(one, inner, scope)
            case nodes.Filter() if (other := default_of(expression)) is not None:
                yield from self._either(expression.node, other, True, world, scope)
            case _:
                yield world, expression

    def _either(self, left, right, stops_at: bool, world: World, scope: dict[str, Key]) -> Iterator[Case]:
        for inner, one in self.cases(left, world, scope):
            for stopped in self._assume_one(one, stops_at, inner, scope):
                yield stopped, one
            for went_on in self._assume_one(one, not stops_at, inner, scope):
                yield from self.cases(right, went_on, scope)

    def _assume_one(
        self, one: nodes.Expr | None, truth: bool, world: World, scope: dict[str, Key]
    ) -> list[World]:
        match one:
            case None:
                return [] if truth else [world]
            case nodes.Not(node=inner):
                return self.assume(inner, not truth, world, scope)
            case nodes.Const(value=value):
                return [world] if bool(value) is truth else []
            case nodes.List(items=items) | nodes.Tuple(items=items):
                return [world] if bool(items) is truth else []
            case nodes.Test(node=inner, name="none"):
                return self._asked_none(inner, truth, world, scope)
            case nodes.Test(node=inner, name="string" | "number"):
                return self._with_each(inner, ("known",), world, scope) if truth else [world]
            case nodes.Test(node=inner, name=name, args=[other]) if name in MEANT_BY:
                return self._compared(inner, MEANT_BY[name], other, truth, world, scope)
            case nodes.Compare(expr=left, ops=[operand]):
                return self._compared(left, operand.op, operand.expr, truth, world, scope)
            case nodes.Filter(node=inner, name=name) if name in LENGTHS:
                return self.assume(inner, truth, world, scope)
        return _with(world, ("true" if truth else "false",), key_of(one, scope))

    def _asked_none(self, inner: nodes.Expr, truth: bool, world: World, scope: dict[str, Key]) -> list[World]:
        return self._with_each(inner, ("none" if truth else "known",), world, scope)

    def _with_each(self, inner: nodes.Expr, fact: tuple, world: World, scope: dict[str, Key]) -> list[World]:
        found: list[World] = []
        for case, one in self.cases(inner, world, scope):
            if isinstance(one, nodes.Const):
                found += [case] if (one.value is None) is (fact[0] == "none") else []
            else:
                found += _with(case, fact, key_of(one, scope))
        return found

    def _compared(
        self, left, op: str, right, truth: bool, world: World, scope: dict[str, Key]
    ) -> list[World]:
        op = op if truth else OPPOSITE[op]
        found: list[World] = []
        for inner, one in self.cases(left, world, scope):
            for case, other in self.cases(right, inner, scope):
                if isinstance(one, nodes.Const) and not isinstance(other, nodes.Const) and op in FLIPPED:
                    found += _compared_with(other, FLIPPED[op], one, case, scope)
                else:
                    found += _compared_with(one, op, other, case, scope)
        return found


def key_of(expression: nodes.Expr | None, scope: dict[str, Key]) -> Key | None:
    """None for what is not a variable or a part of one."""
    match expression:
        case nodes.Name(name=name):
            return scope.get(name)
        case (
            nodes.Getattr(node=inner, attr=part)
            | nodes.Getitem(node=inner, arg=nodes.Const(value=str() as part))
        ):
            key = key_of(inner, scope)
            return None if key is None else (*key, part)
    return None


def default_of(expression: nodes.Filter) -> nodes.Expr | None:
    """What `default(x, true)` gives for what is missing or empty; None for any other filter."""
    if expression.name not in ("default", "d") or not expression.args:
        return None
    given = [*expression.args[1:], *(one.value for one in expression.kwargs if one.key == "boolean")]
    is_boolean = len(given) == 1 and isinstance(given[0], nodes.Const) and given[0].value is True
    return expression.args[0] if is_boolean and expression.node is not None else None


def is_known(world: World, key: Key | None) -> bool:
    return key is not None and ("known", key) in world


def least_of(world: World, key: Key | None) -> int:
    """How many items there are at least."""
    if key is None:
        return 0
    asked = [fact[2] for fact in world if fact[0] == "least" and fact[1] == key]
    return max([*asked, 1 if ("true", key) in world else 0])


def _compared_with(one, op: str, other, world: World, scope: dict[str, Key]) -> list[World]:
    if isinstance(one, nodes.Const) and isinstance(other, nodes.Const):
        return [world] if _holds(one.value, op, other.value) else []
    if isinstance(other, nodes.Const):
        if isinstance(one, nodes.Filter) and one.name in LENGTHS:
            return _counted(one, op, other.value, world, scope)
        key = key_of(one, scope)
        if op in ("eq", "ne") and other.value is None:
            return _with(world, ("none" if op == "eq" else "known",), key)
        if op in ("eq", "ne"):
            return _with(world, ("equals" if op == "eq" else "differs",), key, other.value)
    if op == "in" and isinstance(other, nodes.List | nodes.Tuple):
        values = [item.value for item in other.items if isinstance(item, nodes.Const)]
        if len(values) == len(other.items) and None not in values:
            key = key_of(one, scope)
            return [
                split for value in dict.fromkeys(values) for split in _with(world, ("equals",), key, value)
            ]
    return [world]


def _holds(value: Any, op: str, other: Any) -> bool:
    try:
        match op:
            case "eq":
                return value == other
            case "ne":
                return value != other
            case "lt":
                return value < other
            case "lteq":
                return value <= other
            case "gt":
                return value > other
            case "gteq":
                return value >= other
            case "in":
                return value in other
            case _:
                return value not in other
    except TypeError:  # a fault, which the walk names
        return True


def _counted(
    counting: nodes.Filter, op: str, number: Any, world: World, scope: dict[str, Key]
) -> list[World]:
    key = key_of(counting.node, scope)
    if type(number) is not int:
        return [world]
    least = {"gt": number + 1, "gteq": number, "eq": number, "ne": 1 if number == 0 else 0}.get(op, 0)
    if least < 1:
        return [world]
    return [one for true in _with(world, ("true",), key) for one in _with(true, ("least",), key, least)]


def _with(world: World, what: tuple, key: Key | None, *value: Any) -> list[World]:
    """`world` with one fact more, and what follows from it; none where it contradicts what is known."""
    if key is None:
        return [world]
    facts = {(*what, key, *value)}
    match what[0]:
        case "true":
            facts.add(("known", key))
        case "none":
            facts.add(("false", key))
        case "equals":
            facts |= {("known", key), ("true" if value[0] else "false", key)}
    return [] if any(_contradicts(world, fact) for fact in facts) else [world | facts]


CONTRARY = {"true": "false", "false": "true", "known": "none", "none": "known"}


def _contradicts(world: World, fact: tuple) -> bool:
    what, key = fact[:2]
    match what:
        case "equals":
            return ("differs", *fact[1:]) in world or any(
                one[0] == "equals" and one[1] == key and one[2] != fact[2] for one in world
            )
        case "differs":
            return ("equals", *fact[1:]) in world
        case "least":
            return False
    return (CONTRARY[what], key) in world


def _bounded(found: list) -> list:
    if len(found) > MOST_WORLDS:
        raise TooTangled
    return found
