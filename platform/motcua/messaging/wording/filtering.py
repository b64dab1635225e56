"""What each filter of a text takes and gives."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jinja2 import nodes

from . import faults
from .values import FLAG, LIST, NUMBER, ROW, STREAM, WORDS, Value
from .worlds import World

SHORTEST_CUT = 3  # of truncate: its own end, "...", takes as much
LETTERS = frozenset({"capitalize", "lower", "string", "title", "trim", "upper"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_size(value: Any) -> bool:
    return _is_number(value) and value >= SHORTEST_CUT


def _is_margin(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, str)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= SHORTEST_CUT


# Filter -> its arguments in order; all are optional, and written out in the text.
ARGUMENTS: dict[str, tuple[tuple[str, Callable[[Any], bool]], ...]] = {
    "int": (("default", _is_number),),
    "trim": (("chars", _is_words),),
    "join": (("d", _is_words), ("attribute", _is_words)),
    "sort": (("reverse", _is_flag), ("case_sensitive", _is_flag), ("attribute", _is_words)),
    "unique": (("case_sensitive", _is_flag),),
    "truncate": (("length", _is_size), ("killwords", _is_flag), ("end", _is_short), ("leeway", _is_margin)),
}


class Filtering:
    """The part of the reader that knows filters."""

    fault: Callable
    need: Callable
    need_printable: Callable
    all_of: Callable
    items_of: Callable
    values: Callable
    _cases_read: Callable
    _values_of_one: Callable

    def filtered(self, one: nodes.Filter, world: World) -> tuple[Value, ...]:
        if one.node is None:  # of a filter block, which no text may have
            return ()
        if one.name in ("default", "d"):
            return self._or_default(one, world)
        given = self._arguments(one)
        if given is None:
            return ()
        found: dict[Value, None] = {}
        for case, inner in self._cases_read(one.node, world):
            for value in self._values_of_one(inner, case):
                if self.need(value, inner, one.lineno):
                    found |= dict.fromkeys(self._filter_one(one, value, inner, given))
        return tuple(found)

    def _or_default(self, one: nodes.Filter, world: World) -> tuple[Value, ...]:
        """Without `true` it helps nothing that is unknown: the value stays as it is."""
        if (
            len(one.args) > 2
            or one.dyn_args
            or one.dyn_kwargs
            or any(key.key != "boolean" for key in one.kwargs)
        ):
            self.fault(one.lineno, faults.bad_arguments(one.name))
        for other in one.args:
            self.values(other, world)
        return self.values(one.node, world)

    def _arguments(self, one: nodes.Filter) -> dict[str, Any] | None:
        """By name; None, and a fault, for what the filter does not take."""
        offered = ARGUMENTS.get(one.name, ())
        given = [(name, arg) for (name, _), arg in zip(offered, one.args, strict=False)]
        given += [(keyword.key, keyword.value) for keyword in one.kwargs]
        right = dict(offered)
        fits = (
            len(one.args) <= len(offered)
            and not (one.dyn_args or one.dyn_kwargs)
            and len({name for name, _ in given}) == len(given)
            and all(
                name in right and isinstance(arg, nodes.Const) and right[name](arg.value)
                for name, arg in given
            )
        )
        if not fits:
            self.fault(one.lineno, faults.bad_arguments(one.name))
            return None
        return {name: arg.value for name, arg in given}

    def _filter_one(
        self, one: nodes.Filter, value: Value, written, given: dict[str, Any]
    ) -> tuple[Value, ...]:
        line = one.lineno
        if one.name in LETTERS:
            fits = self.need_printable(value, written, line)
            return (Value(WORDS, value.name),) if fits else ()
        match one.name:
            case "int":
                return self._of_kinds(value, (WORDS, NUMBER, FLAG), Value(NUMBER, value.name), line)
            case "truncate":
                return self._of_kinds(value, (WORDS,), Value(WORDS, value.name), line)
            case "length" | "count":
                return self._of_kinds(value, (WORDS, LIST), Value(NUMBER, f"{value.name}|{one.name}"), line)
            case "first" | "last":
                if one.name == "last" and value.kind == STREAM:
                    return self._of_kinds(value, (), value, line)
                return self.items_of(value, written, line, 1)
            case "join":
                return self._join(value, written, given, line)
            case "reverse" if value.kind == WORDS:
                return (value,)
            case "reverse" if value.kind == STREAM:
                return self._of_kinds(value, (), value, line)
            case "reverse":
                items = self.items_of(value, written, line)
                return (Value(STREAM, value.name, items=items, least=value.least),)
            case "unique":
                self._all_of_one_kind(value, written, None, line)
                items = self.items_of(value, written, line)
                return (Value(STREAM, value.name, items=items, least=value.least),)
            case "sort":
                self._all_of_one_kind(value, written, given.get("attribute"), line)
                items = self.items_of(value, written, line)
                return (Value(LIST, value.name, items=items, least=value.least),)
        return ()

    def _of_kinds(self, value: Value, kinds: tuple[str, ...], result: Value, line: int) -> tuple[Value, ...]:
        if value.kind in kinds:
            return (result,)
        self.fault(line, faults.unfit(value.name))
        return ()

    def _join(self, value: Value, written, given: dict[str, Any], line: int) -> tuple[Value, ...]:
        for part in self._parts_of_items(value, written, given.get("attribute"), line):
            self.need_printable(part, None, line)
        return (Value(WORDS, value.name),)

    def _all_of_one_kind(self, value: Value, written, attribute: str | None, line: int) -> None:
        """What is put into order must be comparable, all of it."""
        parts = self._parts_of_items(value, written, attribute, line)
        there = [part for part in parts if self.need(part, None, line)]
        kinds = {part.kind for part in there}
        if len(kinds) > 1 or not kinds <= {WORDS, NUMBER}:
            self.fault(line, faults.unfit(value.name))

    def _parts_of_items(self, value: Value, written, attribute: str | None, line: int) -> list[Value]:
        items = self.items_of(value, written, line)
        if attribute is None:
            return list(items)
        found = []
        for item in items:
            parts = dict(item.parts)
            if item.kind != ROW or attribute not in parts:
                self.fault(line, faults.has_no_part(item.name, attribute, sorted(parts)))
            else:
                found.append(replace(parts[attribute], name=f"{value.name}.{attribute}"))
        return found
