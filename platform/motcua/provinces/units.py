"""The nation's administrative units: the 34 provinces since 2025-07-01, the 63 before, and who works in each.

Source: `tenants/_national/units/`, from resolution 202/2025/QH15 and the unit lists of the General Statistics Office;
`agency_codes.csv` is a list that nobody has verified.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from motcua.catalogue.agencies_file import AgencyRow
from motcua.core.text.normal import without_marks

MERGED_ON = date(2025, 7, 1)
CENTRE = "Trung tâm Phục vụ hành chính công"
BY_LAW, BY_HABIT = "GSO unit list 2025", "general knowledge, unverified"


@dataclass(frozen=True)
class Unit:
    """A province of today ("new-68"), or the land of a former one inside today's ("old-60").

    `name`, `short_name` are the legal ones today of the province it lies in; `former` those before, None for today's.
    """

    key: str
    gso_code: str
    name: str
    short_name: str
    former_code: str | None = None
    former_name: str | None = None
    former_short: str | None = None

    @property
    def label(self) -> str:
        return f"{self.former_name} (cũ), nay thuộc {self.name}" if self.former_code else self.name

    @property
    def citizens_name(self) -> str:
        """The short name that the Official Account goes by."""
        return self.former_short or self.short_name

    @property
    def kind(self) -> str:
        return kind_of(self.name)

    @property
    def slug(self) -> str:
        return slug_of(self.citizens_name)


def kind_of(name: str) -> str:
    return "thành phố" if name.startswith("Thành phố") else "tỉnh"


def slug_of(words: str) -> str:
    """“Thừa Thiên Huế” -> “thua-thien-hue”."""
    return re.sub(r"[^a-z0-9]+", "-", without_marks(words.lower())).strip("-")


@lru_cache(maxsize=4)
def all_units(national: Path) -> dict[str, Unit]:
    """By key: the provinces of today, then the land of those that were merged. `national`: `tenants/_national`."""
    rows = _rows(national / "units" / "provinces_63_to_34.csv")
    parts: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        parts[row["new_code"]].append(row)
    today = [
        Unit(f"new-{code}", code, some[0]["new_name"], some[0]["new_short"])
        for code, some in sorted(parts.items())
    ]
    former = [
        Unit(
            f"old-{row['old_code']}", row["new_code"], row["new_name"], row["new_short"],
            row["old_code"], row["old_name"], row["old_short"],
        )
        for row in rows
        if len(parts[row["new_code"]]) > 1
    ]  # fmt: skip
    return {one.key: one for one in (*today, *sorted(former, key=lambda one: one.former_code))}


def sections_of(unit: Unit, national: Path) -> dict:
    """`names`, `gso_codes`, `agency_codes` and `merged_into` as tenant.toml writes them."""
    today = {"name": unit.name, "short_name": unit.citizens_name, "kind": unit.kind}
    codes = _agency_codes(unit, national)
    if unit.former_code is None:
        return {"names": [today], "gso_codes": [{"code": unit.gso_code}], "agency_codes": codes}
    before = {"name": unit.former_name, "short_name": unit.citizens_name, "kind": kind_of(unit.former_name)}
    last, first = date(2025, 6, 30), MERGED_ON
    gso = [{"code": unit.gso_code}]
    if unit.former_code != unit.gso_code:
        gso = [{"code": unit.former_code, "valid_to": last}, {"code": unit.gso_code, "valid_from": first}]
    sections = {
        "names": [before | {"valid_to": last}, today | {"valid_from": first}],
        "gso_codes": gso,
        "agency_codes": codes,
    }
    if unit.former_name != unit.name:
        sections["merged_into"] = {
            "province": unit.short_name,
            "gso_code": unit.gso_code,
            "on": first,
            "resolution": "Nghị quyết số 202/2025/QH15",
        }
    return sections


def agencies_of(unit: Unit, national: Path) -> list[AgencyRow]:
    """The committee, its departments and the communes' committees, as far as the lists know them."""
    of_province = f"{unit.kind} {unit.short_name}"
    words = {"unit": of_province, "slug": slug_of(unit.kind)}
    desk = f"{CENTRE} {of_province}"
    found = []
    for row in _rows(national / "units" / "departments.csv"):
        code, name, parent = (row[one].format(**words) for one in ("code", "name", "parent_code"))
        top = not parent and row["kind"] == "province_committee"
        found.append(
            AgencyRow(
                code, name, row["kind"], "province", parent or None, unit.gso_code if top else None, None,
                desk if row["at_centre"] else None, (), MERGED_ON, None, BY_HABIT,
            )
        )  # fmt: skip
    committee = next(one.code for one in found if one.kind == "province_committee")
    return found + [_commune(*one, committee) for one in _communes(unit, national)]


def _commune(name: str, gso_code: str, old_units: tuple[str, ...], parent: str) -> AgencyRow:
    spoken = name[0].lower() + name[1:]
    return AgencyRow(
        f"ubnd-{slug_of(name)}", f"UBND {spoken}", "commune", "commune", parent, gso_code, None,
        f"{CENTRE} {spoken}", old_units, MERGED_ON, None, BY_LAW,
    )  # fmt: skip


def _communes(unit: Unit, national: Path) -> list[tuple[str, str, tuple[str, ...]]]:
    """(name, number, what it was made of) of today's communes on this land, by number."""
    made_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    if unit.former_code is None:  # one or two were made of no commune
        todays = _rows(national / "units" / "wards_new_2025.csv")
        made_of |= {
            (row["ward_code"], row["ward"]): [] for row in todays if row["province_code"] == unit.gso_code
        }
    for row in _rows(national / "units" / "wards_old_to_new.csv"):
        here = row["old_province_code"] == unit.former_code if unit.former_code else True
        if here and row["new_province_code"] == unit.gso_code:
            part = " (một phần)" if row["old_ward_was_divided"] == "1" else ""
            made_of[row["new_ward_code"], row["new_ward"]].append(
                f"{row['old_ward']}, {row['old_district']}{part}"
            )
    names: dict[str, int] = defaultdict(int)
    for _, name in made_of:
        names[slug_of(name)] += 1
    # Two communes of one name keep their numbers apart.
    return [
        (f"{name} {code}" if names[slug_of(name)] > 1 else name, code, tuple(dict.fromkeys(old)))
        for (code, name), old in sorted(made_of.items())
    ]


def _agency_codes(unit: Unit, national: Path) -> list[dict]:
    rows = _rows(national / "agency_codes.csv")
    old = unit.former_code
    mine = [row for row in rows if row["gso_code_old"] == (old or unit.gso_code)]
    todays = [row for row in rows if row["gso_code_old"] == unit.gso_code]
    inside = [row for row in rows if row["gso_code_new"] == unit.gso_code]
    chosen = mine or todays or inside
    if old is None or old == unit.gso_code or not todays:
        return [{"code": row["agency_code"], "evidence": row["status"]} for row in chosen[:1]]
    return [
        {"code": chosen[0]["agency_code"], "valid_to": date(2025, 6, 30), "evidence": chosen[0]["status"]},
        {"code": todays[0]["agency_code"], "valid_from": MERGED_ON, "evidence": todays[0]["status"]},
    ]


@lru_cache(maxsize=8)
def _rows(file: Path) -> list[dict]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))
