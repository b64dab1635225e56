"""Reading a text's tree: in every branch, whether what it uses is surely there and is what it is used as.

Filling a text shows only the branches that the filling leads to. Here every statement is read in every world in
which it is reached (`worlds`), so that what is found right is right whatever the variables are.
"""

from jinja2 import nodes

from . import faults
from .expressions import Expressions
from .faults import Fault
from .values import LOOP_VALUE, Value
from .worlds import (
    MOST_WORLDS,
    NOTHING_ASKED,
    TooTangled,
    World,
    key_of,
)


def faults_in(tree: nodes.Template, variables: dict[str, Value]) -> tuple[Fault, ...]:
    """`variables`: everything the text may name, each with whether it may be missing."""
    reader = _Reader(variables)
    try:
        reader.read(tree.body, [NOTHING_ASKED])
    except (TooTangled, RecursionError):
        return (faults.TOO_TANGLED,)
    return tuple(sorted(reader.found, key=lambda one: (one.line or 0, one.sentence)))


class _Reader(Expressions):
    def read(self, body: list[nodes.Node], worlds: list[World]) -> None:
        for one in body:
            match one:
                case nodes.Output(nodes=parts):
                    for part in parts:
                        if not isinstance(part, nodes.TemplateData):
                            for world in worlds:
                                self.printed(part, world)
                case nodes.If():
                    self._read_if(one, worlds)
                case nodes.For():
                    for world in worlds:
                        self._read_for(one, world)

    def _read_if(self, one: nodes.If, worlds: list[World]) -> None:
        left = worlds
        for branch in (one, *one.elif_):
            for world in left:
                self.values(branch.test, world)
            self.read(branch.body, self._split(branch.test, True, left))
            left = self._split(branch.test, False, left)
        self.read(one.else_, left)

    def _split(self, condition: nodes.Expr, truth: bool, worlds: list[World]) -> list[World]:
        """Where that can never be, what is written there is read all the same: tables of variables change."""
        found = dict.fromkeys(
            split for world in worlds for split in self._asking.assume(condition, truth, world, self._keys)
        )
        if len(found) > MOST_WORLDS:
            raise TooTangled
        return list(found) or worlds

    def _read_for(self, one: nodes.For, world: World) -> None:
        if not isinstance(one.target, nodes.Name):
            self.fault(one.lineno, faults.ONE_TARGET)
            return
        self.values(one.iter, world)
        for case, through in self._asking.cases(one.iter, world, self._keys):
            items = []
            for value in self._values_of_one(through, case):
                items += self.items_of(value, through, one.lineno)
            key = key_of(through, self._keys)
            inside = [case] if key is None else self._asking.assume(through, True, case, self._keys)
            for reached in inside if items else ():
                self._read_rounds(one, tuple(dict.fromkeys(items)), reached)
        self.read(one.else_, [world])

    def _read_rounds(self, one: nodes.For, items: tuple[Value, ...], world: World) -> None:
        before, self._depth = dict(self._keys), self._depth + 1
        key, counting = (one.target.name, self._depth), ("loop", self._depth, "of")
        # What was asked of the same name in a loop before this one says nothing here.
        world = World(fact for fact in world if fact[1][:2] not in (key[:2], counting[:2]))
        outer = {name: self._bound.get(name) for name in (key, counting)}
        self._known.clear()
        self._keys |= {one.target.name: key}
        self._bound |= {counting: (LOOP_VALUE,), key: items}
        worlds = [world]
        if one.test is not None:
            self.values(one.test, world)
            worlds = self._split(one.test, True, worlds)
            self._known.clear()
        self._keys |= {"loop": counting}
        self.read(one.body, worlds)
        self._bound |= {name: value for name, value in outer.items() if value is not None}
        self._keys, self._depth = before, self._depth - 1
        self._known.clear()
