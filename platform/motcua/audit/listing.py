"""Reading the log: by period, person, action and subject, the newest first, a page at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Flask

from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope

from .models import AuditEntry
from .verifying import AT_ONCE, as_dict

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Days are Vietnamese, both included; empty texts match everything."""

    first: date | None = None
    last: date | None = None
    person: str = ""
    action: str = ""
    subject: str = ""

    def conditions(self) -> list:
        found = []
        if self.first:
            found.append(AuditEntry.at >= _midnight(self.first))
        if self.last:
            found.append(AuditEntry.at < _midnight(self.last + timedelta(days=1)))
        if self.person:
            found.append(AuditEntry.actor_name.icontains(self.person, autoescape=True))
        if self.action:
            found.append(AuditEntry.action.istartswith(self.action, autoescape=True))
        if self.subject:
            found.append(AuditEntry.subject.icontains(self.subject, autoescape=True))
        return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def page(wanted: Wanted, before: int | None = None) -> tuple[list[AuditEntry], int | None]:
    """Entries with a number below `before`, and the number to go on from (None: that was all)."""
    query = db.select(AuditEntry).where(*wanted.conditions())
    if before is not None:
        query = query.where(AuditEntry.number < before)
    rows = db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(PAGE + 1)).all()
    return list(rows[:PAGE]), rows[PAGE - 1].number if len(rows) > PAGE else None


def actions() -> list[str]:
    """Every action that the log of the tenant in scope knows, by the alphabet."""
    return sorted(db.session.scalars(db.select(AuditEntry.action).distinct()))


def exported(app: Flask, chain_id: str, wanted: Wanted, until: int) -> Iterator[dict]:
    """Entries in their order up to number `until`, a few thousand in memory at a time.

    Runs after the request that asked for it: each batch opens the chain's scope anew.
    """
    number = 0
    while True:
        with app.app_context(), tenant_scope(chain_id):
            query = (
                db.select(*AuditEntry.__table__.columns)
                .where(AuditEntry.number > number, AuditEntry.number <= until, *wanted.conditions())
                .order_by(AuditEntry.number)
                .limit(AT_ONCE)
            )
            batch = [as_dict(row) for row in db.session.execute(query)]
        yield from batch
        if len(batch) < AT_ONCE:
            return
        number = batch[-1]["number"]


def as_line(entry: dict) -> str:
    """One line of the export that `motcua audit verify --file` reads."""
    return json.dumps(entry, ensure_ascii=False) + "\n"
