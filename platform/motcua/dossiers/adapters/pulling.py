"""Fetching what changed at a province's own system, page by page; safe to run twice and to be cut off."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from motcua.core import queue, scope, throttle
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured, MotcuaError
from motcua.dossiers.door import changes, chunk, sync_payload
from motcua.dossiers.models import Dossier

from .contract import Adapter, Payload, SourceUnavailable
from .files import CsvAdapter
from .mock import MockAdapter
from .models import KINDS, DossierSource
from .rest import RestAdapter

PULL = "motcua.dossiers.adapters.pulling.pull"
LEASE = timedelta(minutes=2)
TIME_SLICE_S = 60.0
AT_ONCE = 200

log = structlog.get_logger(__name__)


def choose(kind: str, place: str, token: str | None, every_minutes: int) -> DossierSource:
    """Fetch the dossiers of the tenant in scope from there, beginning anew; does not commit."""
    if kind not in KINDS:
        raise Misconfigured(f"Không có loại nguồn {kind}. Xin chọn: {', '.join(KINDS)}.")
    db.session.execute(db.delete(DossierSource))
    source = DossierSource(
        tenant_id=scope.required(), kind=kind, place=place.rstrip("/"), every_minutes=every_minutes
    )
    source.set_token(token)
    db.session.add(source)
    db.session.flush()
    return source


def of_tenant() -> DossierSource | None:
    return db.session.scalar(db.select(DossierSource))


def adapter_of(source: DossierSource) -> Adapter:
    if source.kind == "rest":
        return RestAdapter(source.place, source.token)
    return CsvAdapter(Path(source.place)) if source.kind == "csv" else MockAdapter(Path(source.place))


def as_of(*dossiers: Dossier) -> datetime | None:
    """As of when what we say of these dossiers holds: when the source last told us of the oldest of them, or
    when we last fetched all that it knew."""
    if not dossiers:
        return None
    told = min(one.source_time for one in dossiers)
    synced = db.session.scalar(db.select(DossierSource.synced_at))
    return max(told, synced) if synced else told


# True of a tenant whose source it is time to ask.
DUE = "(SELECT true FROM dossier_source WHERE tenant_id = tenant.id AND next_pull_at <= :now LIMIT 1)"


def wake_due() -> bool:
    """Have the source of the tenant in scope asked, when it is time."""
    due = db.session.scalar(db.select(db.exists().where(DossierSource.next_pull_at <= now())))
    return bool(due) and queue.wake(PULL, scope.required(), lane="normal")


def pull(tenant_id: str) -> int:
    """Take in what changed; returns how many payloads came. Nothing while another process is at it."""
    queue.woken(PULL, tenant_id)
    with tenant_scope(tenant_id):
        source = _claim()
        return _pull(source) if source else 0


def _claim() -> DossierSource | None:
    claimed = db.session.scalar(
        db.update(DossierSource)
        .where(db.or_(DossierSource.lease_until.is_(None), DossierSource.lease_until <= now()))
        .values(lease_until=now() + LEASE)
        .returning(DossierSource)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    db.session.commit()
    return claimed


def _pull(source: DossierSource) -> int:
    adapter, circuit = adapter_of(source), f"source:{source.tenant_id}"
    began, taken = time.monotonic(), 0
    while True:
        grant = throttle.take([], [circuit], 1)
        if not grant.count:
            _finish(source, "circuit_open", now() + timedelta(seconds=max(grant.wait_s, 1)))
            return taken
        try:
            page = adapter.changes_since(source.cursor)
        except MotcuaError as error:
            throttle.note_results(circuit, 0, 1)
            log.warning("source_failed", tenant=source.tenant_id, error=error.code)
            _finish(source, error.code, now() + timedelta(minutes=source.every_minutes))
            return taken
        throttle.note_results(circuit, 1, 0)
        _take(page.payloads)
        taken += len(page.payloads)
        source.cursor, source.lease_until = page.cursor, now() + LEASE
        db.session.commit()
        if not page.has_more:
            source.synced_at = now()
            _finish(source, None, now() + timedelta(minutes=source.every_minutes))
            return taken
        if time.monotonic() - began > TIME_SLICE_S:
            _finish(source, None, now())
            return taken


def _finish(source: DossierSource, failure: str | None, next_pull_at: datetime) -> None:
    source.failure, source.next_pull_at, source.lease_until = failure, next_pull_at, None
    db.session.commit()


def _take(payloads: list[Payload]) -> None:
    """In the order told, some at a time; what is refused is logged by its number and code of error only."""
    for start in range(0, len(payloads), AT_ONCE):
        some = [_change(start + at, one) for at, one in enumerate(payloads[start : start + AT_ONCE], 1)]
        for result in chunk.take(some):
            if "error" in result:
                log.warning("source_line_refused", tenant=scope.required(), error=result["error"]["code"])


def _change(line: int, payload: Payload) -> changes.Change:
    try:
        return changes.from_sync(line, sync_payload.read(payload))
    except MotcuaError as error:
        return changes.Change(line, error=error)


def fetch(code: str) -> bool:
    """Ask the source for one dossier now and take it in; False where it has none. Commits.

    Raises SourceUnavailable, also while the circuit is open, and what the adapter raises.
    """
    source = of_tenant()
    if source is None:
        return False
    adapter, circuit = adapter_of(source), f"source:{source.tenant_id}"
    db.session.commit()  # no connection is held while we wait
    if not throttle.take([], [circuit], 1).count:
        raise SourceUnavailable
    try:
        payload = adapter.get_dossier(code)
    except SourceUnavailable:
        throttle.note_results(circuit, 0, 1)
        raise
    throttle.note_results(circuit, 1, 0)
    if payload is None:
        return False
    _take([payload])
    db.session.commit()
    return True
