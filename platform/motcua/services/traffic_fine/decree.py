"""The decree on traffic fines as data: `tenants/_national/traffic`, the same for every province.

`fines.csv` has each point with its fine, `point_deductions.csv` the sentences that take points off a licence,
`groups.csv` whom an article (or a clause, or a point) is about, `decree.toml` number and dates.
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

# “điểm h, điểm i khoản 3; khoản 6”: points come before their clause; the source also has “điểm đkhoản 11”.
_REFERENCE = re.compile(r"điểm\s*([a-zđ])(?![a-zđ]{1,}\s)|khoản\s*(\d+)")
_RESERVED = re.compile(r"\(trường hợp ([^)]*)\)|trong trường hợp (.*?)(?:,? còn)? bị trừ điểm")
_ASIDE = re.compile(r"\(trường hợp [^)]*\)|\(khi [^)]*\)")


@dataclass(frozen=True)
class Deduction:
    """Points of the 12 on a licence. `condition`: when only, "" always."""

    points: int
    condition: str = ""


@dataclass(frozen=True)
class Provision:
    """One point of the decree, or one clause that has no points. Sums in whole đồng, `None` where none is set."""

    article: int
    clause: int
    point: str
    text: str
    fine_min_vnd: int
    fine_max_vnd: int
    org_fine_min_vnd: int | None
    org_fine_max_vnd: int | None
    group: str
    who: str
    valid_from: date
    deductions: tuple[Deduction, ...] = ()

    @property
    def code(self) -> str:
        """ "7.7.c", "6.12": how our own files name it."""
        return ".".join(part for part in (str(self.article), str(self.clause), self.point) if part)

    @property
    def title(self) -> str:
        """ "Điều 7 khoản 7 điểm c"."""
        point = f" điểm {self.point}" if self.point else ""
        return f"Điều {self.article} khoản {self.clause}{point}"

    @property
    def points(self) -> int:
        """Points taken off; where that depends on how grave it is, the fewest."""
        return min((one.points for one in self.deductions), default=0)


@dataclass(frozen=True)
class Decree:
    name: str
    number: str
    valid_from: date
    as_of: date
    provisions: tuple[Provision, ...]


def read_decree(folder: Path) -> Decree:
    """Raises OSError where a file is missing, KeyError or ValueError where one is not as it should be."""
    about = tomllib.loads((folder / "decree.toml").read_text("utf-8"))
    later = {code: one["valid_from"] for one in about.get("later", ()) for code in one["provisions"]}
    deductions = read_deductions(folder / "point_deductions.csv")
    groups = {
        (row["article"], row["clause"], row["point"]): (row["group"], row["who"])
        for row in rows_of(folder / "groups.csv")
    }
    provisions = []
    for row in rows_of(folder / "fines.csv"):
        article, clause, point = row["article"], row["clause"], row["point"]
        group, who = next(
            groups[key]
            for key in ((article, clause, point), (article, clause, ""), (article, "", ""))
            if key in groups
        )
        code = ".".join(part for part in (article, clause, point) if part)
        provisions.append(
            Provision(
                article=int(article),
                clause=int(clause),
                point=point,
                text=row["violation"].rstrip(" ;.:"),
                fine_min_vnd=int(row["fine_min_vnd"]),
                fine_max_vnd=int(row["fine_max_vnd"]),
                org_fine_min_vnd=_sum(row["org_fine_min_vnd"]),
                org_fine_max_vnd=_sum(row["org_fine_max_vnd"]),
                group=group,
                who=who,
                valid_from=later.get(code, about["valid_from"]),
                deductions=deductions.of(article, clause, point),
            )
        )
    return Decree(about["name"], about["number"], about["valid_from"], about["as_of"], tuple(provisions))


@dataclass(frozen=True)
class Deductions:
    """What the decree takes off for which provision: by (article, clause, point), "" for a whole clause."""

    by_place: Mapping[tuple[str, str, str], tuple[Deduction, ...]]

    def of(self, article: str, clause: str, point: str) -> tuple[Deduction, ...]:
        own = self.by_place.get((article, clause, point), ()) if point else ()
        return own or self.by_place.get((article, clause, ""), ())


def read_deductions(file: Path) -> Deductions:
    found: dict[tuple[str, str, str], list[Deduction]] = defaultdict(list)
    for row in rows_of(file):
        deduction = Deduction(int(row["points_deducted"]), _condition(row["provision"]))
        for clause, point in references(row["provision"]):
            found[row["article"], clause, point].append(deduction)
    return Deductions({place: tuple(one) for place, one in found.items()})


def references(sentence: str) -> Iterator[tuple[str, str]]:
    """Which (clause, point) a sentence of the same article names; the point "" for a whole clause."""
    waiting: list[str] = []
    for found in _REFERENCE.finditer(_ASIDE.sub("", sentence.split("Điều này")[0])):
        if found[1]:
            waiting.append(found[1])
        else:
            yield from ((found[2], point) for point in waiting or [""])
            waiting = []


def _condition(sentence: str) -> str:
    found = _RESERVED.search(sentence)
    return " ".join((found[1] or found[2]).split()).rstrip(", ") if found else ""


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _sum(cell: str) -> int | None:
    return int(cell) if cell else None
