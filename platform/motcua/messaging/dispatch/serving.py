"""What a worker process keeps between drains, and how a drain is run and stopped from its job's thread."""

import threading
import time
from datetime import date

import structlog
from flask import Flask, current_app

from motcua.core import background_loop, queue
from motcua.core.database import db, tenant_scope
from motcua.core.errors import MotcuaError
from motcua.core.hot_connection import HotConnection
from motcua.messaging import line
from motcua.messaging.limits import plans, spending
from motcua.messaging.pace.turns import Turns
from motcua.tenancy import tokens

from .drain import Drain, Means

log = structlog.get_logger(__name__)

_lock = threading.Lock()
_connections: dict[str, tuple[HotConnection, HotConnection]] = {}
_drains: set[Drain] = set()
_lanes: tuple[str, ...] = queue.LANES
_stopped = threading.Event()
_began_s = _ended_s = 0.0  # of drains that follow one another, on the monotonic clock
BETWEEN_DRAINS_S = 1.0  # a time slice ended, and the next begins


def serve_only(lanes: list[str]) -> None:
    """The lanes this process works on."""
    global _lanes
    _lanes = tuple(lane for lane in queue.LANES if lane in lanes)
    _stopped.clear()


def lanes_down_to(lane: str) -> list[str]:
    """What a drain asked for `lane` serves: everything of a higher rank too, as far as this process may."""
    rank = queue.LANES.index(lane)
    return [one for one in _lanes if queue.LANES.index(one) <= rank]


def drain(turns: Turns) -> int:
    """Deliver until the turns end or `stop`; returns how many messages were claimed. In an app context."""
    ready = means()
    db.session.close()  # no transaction while we wait for Zalo
    return background_loop.run(_run(ready, turns))


def means() -> Means:
    """What this process delivers with, opened once."""
    app = current_app._get_current_object()
    url = app.config["SETTINGS"].database_urls["app"]
    with _lock:
        claims, records = _connections.setdefault(url, (HotConnection(url), HotConnection(url)))
    return Means(claims, records, line.client(), *_in_context(app))


async def _run(means: Means, turns: Turns) -> int:
    global _began_s, _ended_s
    one = Drain(means, turns)
    if not _drains and time.monotonic() - _ended_s > BETWEEN_DRAINS_S:
        _began_s = time.monotonic()
    _drains.add(one)
    if _stopped.is_set():
        one.stop()
    try:
        return await one.run()
    finally:
        _drains.discard(one)
        _ended_s = time.monotonic()


def is_sending() -> bool:
    """Whether a drain is at work in this process."""
    return bool(_drains)


def sending_for_s() -> float:
    """Since when without a rest; 0.0 while nothing is sent."""
    return time.monotonic() - _began_s if _drains else 0.0


def stop() -> None:
    """Nothing more sets out in this process; what is on the wire is waited for. Safe in a signal handler."""
    _stopped.set()
    background_loop.loop().call_soon_threadsafe(lambda: [one.stop() for one in list(_drains)])


def close() -> None:
    """Close what is open; tests and a stopping worker call it."""
    with _lock:
        for pair in _connections.values():
            for one in pair:
                background_loop.run(one.close())
        _connections.clear()
    line.close()


def _in_context(app: Flask):
    """`spent_vnd`, `renew`, `refuse` and `plan_used` of Means."""

    def spent_vnd(tenant_id: str, month: date) -> int:
        with app.app_context(), tenant_scope(tenant_id):
            return spending.spent_vnd(month)

    def renew(tenant_id: str, account_id: int, rejected: str | None) -> str | None:
        """The code of what stands in the way of a token; None when there is one."""
        with app.app_context():
            try:
                tokens.valid_access_token(tenant_id, account_id, line.hosts(), rejected=rejected)
            except MotcuaError as error:
                log.warning("token_not_renewed", tenant=tenant_id, error=error.code)
                return error.code
        return None

    def refuse(tenant_id: str, account_id: int) -> None:
        with app.app_context(), tenant_scope(tenant_id):
            tokens.mark_needs_consent(account_id, "grant_gone")
            db.session.commit()

    def plan_used(tenant_id: str, month: date) -> int:
        with app.app_context(), tenant_scope(tenant_id):
            return plans.used(month)

    return spent_vnd, renew, refuse, plan_used
