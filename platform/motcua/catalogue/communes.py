"""Which commune a citizen means: its name, or the name of one that became part of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from motcua.catalogue.models import Agency
from motcua.catalogue.names import plain_name
from motcua.core.database import db
from motcua.core.text.collation import place_key
from motcua.tenancy import current

KIND = re.compile(r"^(ubnd|uy ban nhan dan)?\s*(xa|phuong|dac khu|thi tran)\s+")
ABBREVIATED = re.compile(r"\b(p|x|tt) (?=\w)")
SPELLED = {"p": "phuong ", "x": "xa ", "tt": "thi tran "}


@dataclass(frozen=True)
class Commune:
    code: str
    name: str  # "Phường Phan Thiết"
    names: tuple[str, ...]  # bare and plain, its own first, then those of the units it was made of


def existing() -> list[Commune]:
    """Of the tenant in scope, those that exist today, in the order of their names without “Xã”, “Phường”."""
    today = current.today()
    rows = db.session.scalars(
        db.select(Agency).where(
            Agency.kind == "commune",
            (Agency.valid_from.is_(None)) | (Agency.valid_from <= today),
            (Agency.valid_to.is_(None)) | (Agency.valid_to >= today),
        )
    )
    return sorted(map(_commune, rows), key=lambda one: place_key(one.name))


def _commune(row: Agency) -> Commune:
    shown = re.sub(r"^(UBND|Ủy ban nhân dân)\s+", "", row.name).partition(",")[0].strip()
    names = dict.fromkeys(_bare(one) for one in (shown, *row.old_units))
    return Commune(row.code, shown[:1].upper() + shown[1:], tuple(one for one in names if one))


def mentioned(text: str, among: list[Commune] | None = None) -> list[Commune]:
    """The communes that `text` names, those named by their own and longest names first.

    A bare name counts only as whole words and not behind "đường"; a short one ("Một", "Tân An") only behind
    "phường" or "xã", because it may be anything else.
    """
    line = ABBREVIATED.sub(lambda found: SPELLED[found[1]], f" {plain_name(text)} ")
    found = []
    for one in existing() if among is None else among:
        for rank, name in enumerate(one.names):
            with_kind = re.search(rf"\b(xa|phuong|dac khu|thi tran) {re.escape(name)}\b", line)
            alone = len(name) >= 6 and " " in name and re.search(rf"(?<!duong )\b{re.escape(name)}\b", line)
            if with_kind or alone:
                found.append((not with_kind, rank > 0, -len(name), one))
                break
    found.sort(key=lambda one: one[:3])
    best = found[0][:2] if found else None
    return [one for *rank, one in found if tuple(rank[:2]) == best]


def named(text: str) -> list[Commune]:
    """The communes that a line which was asked for means: the name may stand alone."""
    among = existing()
    bare = _bare(text)
    exact = [one for one in among if one.names and one.names[0] == bare]
    return exact or [one for one in among if bare in one.names] or mentioned(text, among)


def name_of(code: str | None) -> str | None:
    """An agency's name as it is shown; None for none."""
    if not code:
        return None
    return db.session.scalar(db.select(Agency.name).where(Agency.code == code)) or code


def namer() -> Callable[[str | None], str | None]:
    """`name_of` for a page full of them: all names are fetched at the first that is asked for."""
    names: dict[str, str] = {}

    def name(code: str | None) -> str | None:
        if code and not names:
            names.update(db.session.execute(db.select(Agency.code, Agency.name)).all())
        return names.get(code, code) if code else None

    return name


def _bare(name: str) -> str:
    return KIND.sub("", plain_name(name)).strip()
