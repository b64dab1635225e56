"""`_national/portal.toml`: situations of life with their procedures, and where facts about procedures come from."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from flask import current_app

from motcua.catalogue import browsing
from motcua.catalogue.browsing import Named
from motcua.core import language


@dataclass(frozen=True)
class Situation:
    key: str
    name: str
    procedures: list[Named]


@dataclass(frozen=True)
class Origin:
    """Where a procedure's facts come from, and the day they were read there; None where the source says none."""

    name: str
    as_of: date | None


def situations() -> list[Situation]:
    """With what the tenant in scope carries out; without those of which it carries out nothing."""
    given = _read()["situations"]
    offered = {
        one.code: one for one in browsing.names_of([code for entry in given for code in entry["codes"]])
    }
    found = [
        Situation(
            entry["key"],
            entry["name_en" if language.is_english() else "name"],
            [offered[code] for code in entry["codes"] if code in offered],
        )
        for entry in given
    ]
    return [one for one in found if one.procedures]


def origin(source: str) -> Origin:
    for entry in _read()["sources"]:
        if source.startswith(entry["begins"]):
            return Origin(entry["name_en" if language.is_english() else "name"], entry["as_of"])
    return Origin(source, None)


def _read() -> dict:
    return _read_file(current_app.config["SETTINGS"].home / "tenants" / "_national" / "portal.toml")


@lru_cache(maxsize=4)
def _read_file(file: Path) -> dict:
    return tomllib.loads(file.read_text("utf-8"))
