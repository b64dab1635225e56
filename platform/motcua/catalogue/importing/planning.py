"""What a checked row would change, field by field, against what holds now."""

from dataclasses import dataclass
from typing import Any

from motcua.catalogue.effective import base_value, facts_of
from motcua.catalogue.facts import CHANNELS, Channel, Duration, ProcedureFacts, describe_fee, parse_duration
from motcua.catalogue.layers import OWN, PER_CHANNEL, State, shown
from motcua.catalogue.names import plain_name

from .rows import Checked, same_name

SOURCE = "Danh mục do tỉnh nhập"
COPIED = ("desk", "note", *PER_CHANNEL, *(f"{name}.{one}" for name in PER_CHANNEL for one in CHANNELS))


@dataclass(frozen=True)
class Plan:
    """`say` goes into the upper layer; `show` is field -> [from, to] for people. `kind`: new | changed | same."""

    kind: str
    name: str
    say: dict[str, Any]
    show: dict[str, list[Any]]

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "say": self.say, "show": self.show}


def plan(row: Checked, state: State, national: dict[str, Any] | None) -> Plan:
    """`national` are the facts of the national base, None where it does not know the code.

    An empty cell says nothing: what holds stays.
    """
    said, is_own = state.said(), national is None or OWN in state.said()
    wanted: dict[str, Any] = {}
    if is_own:
        wanted[OWN] = own_facts(row, said.get(OWN) or national)
        base = facts_of(None, wanted[OWN])
        if said.get("name") and row.values.get("name"):
            wanted["name"] = None
    else:
        base = ProcedureFacts.from_json(national)
        if name := row.values.get("name"):
            wanted["name"] = None if same_name(name, base.name) else name
    if row.suffix:
        wanted["code_suffix"] = row.suffix
    for name in ("enabled", "agency"):
        if name in row.values:
            wanted[name] = row.values[name]
    for name in COPIED:
        if name in row.values:
            value = row.values[name]
            wanted[name] = None if _says_the_same(base, name, value) else value
    is_new = state.is_empty
    if is_new:
        wanted.setdefault("enabled", True)
    say = {
        name: value
        for name, value in wanted.items()
        if (is_new and name == "enabled")
        or value != (said.get(name, True) if name == "enabled" else said.get(name))
    }
    show = {name: [_before(name, said, is_new), _after(name, value)] for name, value in say.items()}
    if OWN in show and not is_new:
        show = _details_of_own(said.get(OWN), wanted[OWN]) | {
            one: two for one, two in show.items() if one != OWN
        }
    kind = "new" if is_new else "changed" if say else "same"
    return Plan(kind, said.get("name") or base.name, say, show)


def plan_gone(state: State) -> dict[str, Any]:
    """Of a procedure that the complete list no longer names: switched off, not deleted."""
    return {"say": {"enabled": False}, "show": {"enabled": [True, False]}}


def own_facts(row: Checked, known: dict[str, Any] | None) -> dict[str, Any]:
    """The province's own procedure as ProcedureFacts in JSON; what the row does not say stays as `known`."""
    values, old = row.values, known or {}
    online = values.get("online", old.get("online", False))
    channels = [
        Channel(one, Duration(""), "", "", "").to_json() for one in ("counter", "online")[: 1 + online]
    ]
    papers = [
        {"name": name, "originals": 1, "copies": 0, "has_form": False, "kind": "paper"}
        for name in values.get("papers", ())
    ]
    return {
        "code": row.code,
        "name": values.get("name") or old["name"],
        "field": values.get("field") or old["field"],
        "levels": values.get("levels") or old.get("levels", []),
        "issuing_agency": old.get("issuing_agency", ""),
        "implementing_agency": old.get("implementing_agency", ""),
        "competent_agency": old.get("competent_agency", ""),
        "subjects": values.get("subjects") or old.get("subjects", []),
        "decision_no": values.get("decision_no") or old.get("decision_no", ""),
        "procedure_type": old.get("procedure_type", ""),
        "online": online,
        "channels": channels if "online" in values or not old else old["channels"],
        "papers": papers or old.get("papers", []),
        "results": values.get("results") or old.get("results", []),
        "legal_basis": values.get("legal_basis") or old.get("legal_basis", []),
        "url": values.get("url") or old.get("url", ""),
        "source": SOURCE,
        "has_details": bool(papers or old.get("has_details")),
    }


def _says_the_same(base: ProcedureFacts, name: str, value: str) -> bool:
    below = base_value(base, name)
    if below is None:
        return False
    word, _, channel = name.partition(".")
    if word == "time":
        return plain_name(parse_duration(value).describe()) == plain_name(below)
    if word == "fee":
        # “Miễn phí” beside a national note that names a real charge says something else than the portal.
        blank = Channel(channel or "counter", Duration(""), value, "", "")
        return plain_name(describe_fee(blank)) == plain_name(below)
    return False


def _before(name: str, said: dict[str, Any], is_new: bool) -> Any:
    return None if is_new else shown(name, said)


def _after(name: str, value: Any) -> Any:
    return shown(name, {name: value})


def _details_of_own(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, list[Any]]:
    """Which parts of an own procedure change, each as a line."""
    return {
        f"own.{name}": [_short((old or {}).get(name)), _short(value)]
        for name, value in new.items()
        if (old or {}).get(name) != value and name not in ("channels", "source", "has_details")
    }


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(one["name"] if isinstance(one, dict) else str(one) for one in value)[:500]
    return value
