"""The procedure that citizens get: the national version with what the province says over it.

Computed here and nowhere else, each field with its source, so that a page can show both values.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .durations import parse_duration
from .facts import CHANNELS, Channel, ProcedureFacts, describe_fee, describe_time
from .layers import OVERRIDES, OWN, State

UNSAID = "Nguồn không nêu"


@dataclass(frozen=True)
class FieldValue:
    """One field of one procedure. `value` is what the province says (None: nothing), `base` what lies below.

    `source` of `value`: "folder", "import", "console"; "base" where the province says nothing.
    """

    name: str
    base: str | None
    value: Any
    source: str
    by: str = ""
    at: str = ""
    import_id: int | None = None

    @property
    def is_override(self) -> bool:
        return self.source != "base" and self.value is not None


def merged(base: ProcedureFacts, overrides: dict[str, str]) -> ProcedureFacts:
    """`base` with the province's name, times and fees in it.

    Where the province names a fee without a note, the national note goes too: it speaks of another fee.
    """
    facts = replace(base, name=overrides.get("name") or base.name)
    if not any(name.startswith(("time", "fee")) for name in overrides):
        return facts
    spoken = {name.partition(".")[2] for name in overrides if "." in name}
    present = {one.channel for one in base.channels}
    added = sorted(spoken - present) or ([] if present else ["counter"])
    blank = [Channel(channel, parse_duration(""), "", "", "") for channel in added]
    channels = [_over(one, overrides) for one in (*base.channels, *blank)]
    return replace(facts, channels=tuple(dict.fromkeys(channels)))


def _over(channel: Channel, overrides: dict[str, str]) -> Channel:
    def said(name: str) -> str | None:
        return overrides.get(f"{name}.{channel.channel}", overrides.get(name))

    time, fee, note = said("time"), said("fee"), said("fee_note")
    if fee is not None and note is None:
        note = ""
    return replace(
        channel,
        time=channel.time if time is None else parse_duration(time),
        fee=channel.fee if fee is None else fee,
        fee_note=channel.fee_note if note is None else note,
    )


def facts_of(national: dict[str, Any] | None, own: dict[str, Any] | None) -> ProcedureFacts | None:
    """What lies below the overrides: the province's own procedure where it has one of this code."""
    body = own or national
    return ProcedureFacts.from_json(body) if body else None


def fields_of(base: ProcedureFacts | None, state: State) -> list[FieldValue]:
    """Every field that a province may say differently, with both values and where they come from."""
    found = []
    for name in ("agency", *OVERRIDES):
        said = state.changes.get(name)
        below = base_value(base, name)
        if said is not None:
            value = said["value"] or None
            found.append(
                FieldValue(name, below, value, said["source"], said["by"], said["at"], said["import_id"])
            )
        elif (state.folder or {}).get(name):
            found.append(FieldValue(name, below, state.folder[name], "folder"))
        else:
            found.append(FieldValue(name, below, None, "base"))
    return found


def base_value(base: ProcedureFacts | None, name: str) -> str | None:
    """The value below the province's, as one line for people; None where there is nothing to compare with."""
    if base is None:
        return None
    if name == "name":
        return base.name
    if name == "agency":
        return base.implementing_agency or base.competent_agency or None
    word, _, channel = name.partition(".")
    cases = [one for one in base.channels if channel in ("", one.channel)]
    if word == "time":
        return _line(cases, channel, describe_time)
    if word == "fee":
        return _line(cases, channel, describe_fee)
    return None


def _line(cases: Iterable[Channel], channel: str, describe) -> str | None:
    by_channel: dict[str, list[str]] = {}
    for one in cases:
        texts = by_channel.setdefault(one.channel, [])
        if (text := describe(one)) not in texts:
            texts.append(text)
    lines = {name: "; hoặc ".join(texts) for name, texts in by_channel.items()}
    if channel or len(set(lines.values())) == 1:
        return next(iter(lines.values()), None)
    return " · ".join(f"{CHANNELS[name]}: {text}" for name, text in lines.items()) or None


def own_of(state: State) -> dict[str, Any] | None:
    return state.said().get(OWN)
