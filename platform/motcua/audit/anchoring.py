"""Once a day: where each chain stands, sealed, kept in the table and written to the process's log.

The log leaves the database's reach; an exported anchor does too. With one of them a whole database that was put
back to an older copy is noticed, which nothing inside it can show.
"""

import json
from collections.abc import Iterable
from datetime import date

import structlog
from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Invalid

from . import seals
from .models import AuditAnchor, AuditHead

log = structlog.get_logger(__name__)
_done: dict[str, date] = {}  # chain -> the day this process last saw anchored


def anchor_today() -> None:
    """Anchor the chain of the tenant in scope unless it was today; commits when it did."""
    chain_id, today = scope.required(), now().astimezone(VIETNAM).date()
    if _done.get(chain_id) == today:
        return
    head = db.session.scalar(db.select(AuditHead))
    if head is None:
        return
    row = {"day": today, "number": head.number, "hash": head.hash}
    sealed = seals.seal(chain_id, "anchor", _told(today, head.number, head.hash))
    made = db.session.scalar(
        insert(AuditAnchor)
        .values(tenant_id=chain_id, seal=sealed, **row)
        .on_conflict_do_nothing()
        .returning(AuditAnchor.id)
    )
    db.session.commit()
    _done[chain_id] = today
    if made is not None:
        log.info("audit_anchor", tenant=chain_id, day=today.isoformat(), number=head.number, hash=head.hash)


def is_ours(chain_id: str, day: date, number: int, hash_: str, sealed: str) -> bool:
    return seals.holds(chain_id, "anchor", _told(day, number, hash_), sealed)


def exported() -> list[dict]:
    """The anchors of the tenant in scope, the oldest first, as JSON can hold them."""
    rows = db.session.scalars(db.select(AuditAnchor).order_by(AuditAnchor.day))
    return [
        {
            "tenant": one.tenant_id,
            "day": one.day.isoformat(),
            "number": one.number,
            "hash": one.hash,
            "seal": one.seal,
        }
        for one in rows
    ]


def read(lines: Iterable[str]) -> dict[int, str]:
    """Exported anchors of the tenant in scope: number -> hash. Raises Invalid for one that is not ours."""
    found = {}
    for text in lines:
        if not text.strip():
            continue
        try:
            one = json.loads(text)
            holds = one["tenant"] == scope.required() and is_ours(
                scope.required(),
                date.fromisoformat(one["day"]),
                int(one["number"]),
                str(one["hash"]),
                str(one["seal"]),
            )
        except (ValueError, KeyError, TypeError):
            holds = False
        if not holds:
            raise Invalid("Tệp mốc niêm phong có dòng không đúng. Xin dùng đúng tệp đã xuất của tỉnh này.")
        found[int(one["number"])] = str(one["hash"])
    return found


def _told(day: date, number: int, hash_: str) -> str:
    return f"{day.isoformat()}:{seals.place(number, hash_)}"
