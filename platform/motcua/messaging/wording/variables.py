"""What a text's variables are, and cutting words to their limits."""

from dataclasses import replace
from typing import Any

from .variable import Variable
from .variable_table import ALWAYS, FITTED, IN_EVENT, NAMED

PLAIN = Variable("text", 200, "…")


def variable_of(event: str, name: str) -> Variable:
    """A name that nobody declared is a plain text of at most 200 characters."""
    return IN_EVENT.get(event, {}).get(name) or NAMED.get(name, PLAIN)


def is_declared(event: str, name: str) -> bool:
    return name in IN_EVENT.get(event, {}) or name in NAMED


def always_known(event: str) -> frozenset[str]:
    return frozenset(ALWAYS.get(event, ("province",)))


def is_fitted(event: str) -> bool:
    """Whether the sender makes the whole fit, so that its longest parts may add up to more."""
    return event in FITTED


def cut(event: str, words: dict[str, Any]) -> dict[str, Any]:
    """`words` no longer than their variables may be: texts end with “…”, lists with their last item that fits."""
    return {name: _cut(variable_of(event, name), value) for name, value in words.items()}


def _cut(variable: Variable, value: Any) -> Any:
    if isinstance(value, str) and variable.kind not in ("url", "list") and len(value) > variable.longest:
        return value[: variable.longest - 1].rstrip() + "…"
    if variable.kind != "list" or not isinstance(value, list | tuple) or not value:
        return value
    if variable.fields:
        parts = dict(variable.fields)
        value = value[: variable.longest]
        return [{name: _cut(parts.get(name, PLAIN), one) for name, one in item.items()} for item in value]
    item = variable.item or PLAIN
    if variable.total is None:
        value = value[: variable.longest]
    elif sum(map(len, value)) > variable.total:
        item = replace(item, longest=max(variable.total // len(value), 2))
    return [_cut(item, one) for one in value]
