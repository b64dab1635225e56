"""Is the log as it was written? From the tables, or from an exported file."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row

from motcua.core import scope
from motcua.core.database import db

from . import anchoring, chain, pruning, seals
from .models import AuditAnchor, AuditCutoff, AuditEntry, AuditHead

AT_ONCE = 2_000


def verify(outside: dict[int, str] | None = None) -> chain.Verdict:
    """Check the whole chain of the tenant in scope (or of `PLATFORM`).

    `outside` are anchors kept elsewhere, number -> hash: they also show that an older copy was put back.
    """
    chain_id = scope.required()
    cutoff = latest_cutoff()
    if cutoff is not None and not _cutoff_holds(chain_id, cutoff):
        return chain.Verdict(0, None, None, chain.Break(cutoff.number, chain.UNSEALED))
    after, after_hash = (cutoff.number, cutoff.hash) if cutoff else (0, chain.GENESIS)
    # The head first: entries that others append meanwhile stand behind it and are not looked at.
    head = db.session.scalar(db.select(AuditHead))
    until = head.number if head else 0
    pinned = {number: hash_ for number, hash_ in _pinned(chain_id, outside).items() if number > after}
    verdict = chain.check(
        as_dicts(until=until),
        after=after,
        after_hash=after_hash,
        until=until,
        is_sealed=lambda hash_, sealed: seals.holds(chain_id, "entry", hash_, sealed),
        pinned=pinned,
    )
    if verdict.broken:
        return verdict
    broken = _head_is_wrong(chain_id, head, verdict)
    return chain.Verdict(verdict.checked, verdict.first, verdict.last, broken)


def latest_cutoff() -> AuditCutoff | None:
    return db.session.scalar(db.select(AuditCutoff).order_by(AuditCutoff.number.desc()).limit(1))


def as_dict(entry: AuditEntry | Row) -> dict[str, Any]:
    """The entry as it is hashed and exported, with `hash` and `seal`."""
    told = {name: getattr(entry, name) for name in (*chain.FIELDS, "hash", "seal") if name != "tenant"}
    return told | {"tenant": entry.tenant_id, "at": chain.moment(entry.at)}


def as_dicts(*, until: int | None = None) -> Iterator[dict[str, Any]]:
    """Entries of the tenant in scope in their order, read a few thousand at a time."""
    number = 0
    while True:
        query = db.select(*AuditEntry.__table__.columns).where(AuditEntry.number > number)
        if until is not None:
            query = query.where(AuditEntry.number <= until)
        rows = db.session.execute(query.order_by(AuditEntry.number).limit(AT_ONCE)).all()
        for row in rows:
            number = row.number
            yield as_dict(row)
        if len(rows) < AT_ONCE:
            return


def verify_lines(lines: Iterable[str]) -> chain.Verdict:
    """Check an export (JSON lines) by its hashes alone: no key, no database. A part of a chain is fine."""
    entries = _read(lines)
    first = next(entries, None)
    if first is None:
        return chain.Verdict(0, None, None)
    number = first.get("number")
    after = number - 1 if isinstance(number, int) else 0
    return chain.check(_and_rest(first, entries), after=after, after_hash=str(first.get("prev_hash")))


def _and_rest(first: dict, rest: Iterator[dict]) -> Iterator[dict]:
    yield first
    yield from rest


def _read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for text in lines:
        if not text.strip():
            continue
        try:
            entry = json.loads(text)
        except ValueError:
            entry = {}  # counts as an entry that is not there
        yield entry if isinstance(entry, dict) else {}


def _pinned(chain_id: str, outside: dict[int, str] | None) -> dict[int, str]:
    anchors = db.session.scalars(db.select(AuditAnchor)).all()
    ours = {
        one.number: one.hash
        for one in anchors
        if anchoring.is_ours(chain_id, one.day, one.number, one.hash, one.seal)
    }
    return ours | (outside or {})


def _cutoff_holds(chain_id: str, cutoff: AuditCutoff) -> bool:
    return seals.holds(
        chain_id, "cutoff", pruning.told(cutoff.before, cutoff.number, cutoff.hash), cutoff.seal
    )


def _head_is_wrong(chain_id: str, head: AuditHead | None, verdict: chain.Verdict) -> chain.Break | None:
    number = head.number if head else 0
    beyond = db.session.scalar(db.select(db.func.max(AuditEntry.number))) or 0
    if head is None:
        return chain.Break(1, chain.MISSING) if beyond or verdict.checked else None
    if not seals.holds(chain_id, "head", seals.place(head.number, head.hash), head.seal):
        return chain.Break(number, chain.UNSEALED)
    db.session.refresh(head)
    if beyond > head.number:
        return chain.Break(head.number + 1, chain.UNSEALED)
    return None
