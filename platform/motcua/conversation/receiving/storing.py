"""Events of requests that come at once are stored in one transaction, and every request waits for its commit.

One writer thread a process: while it commits, the next events gather. The thread begins with the first event,
so that it lives in the process that serves, also where the server forks after loading the application.
"""

import itertools
import json
import os
import threading
import time
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import psycopg
import structlog

from motcua.core import roles
from motcua.core.clock import now
from motcua.core.errors import MotcuaError

from .telling import Teller

MOST_AT_ONCE = 256
MOST_WAITING = 2000
GATHER_S = 0.0005
PATIENCE_S = 1.5  # Zalo wants an answer within two seconds
# A server that vanished without a word, or a lock that does not end, must not hold the writer for hours.
CONNECTION = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": roles.connect_args("app")["options"] + " -c statement_timeout=10s",
}

STORE = "SELECT tenant, oa, key FROM store_webhooks(%b::json, %b)"
# Why one was not stored; it would store it, where that has become possible meanwhile.
EXPLAIN = """
    SELECT place, result FROM store_webhook_events(
        %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b)
"""

FIELDS = ("oa", "other", "proof", "key", "name", "citizen", "body")  # of an event in store_webhooks

log = structlog.get_logger(__name__)


class Busy(MotcuaError):
    """Not stored, or nobody knows: Zalo sends it again."""

    code, status = "busy", 503
    message = "Hệ thống đang bận hoặc đang khởi động lại. Xin thử lại sau ít phút."


@dataclass(slots=True)
class Slip:
    """One event on its way into the inbox; `result` is "stored", "known" or "stale" once it is committed.

    `other` is the id beside the OA's that must not be an OA of ours too.
    """

    tenant_id: str
    oa_id: str
    other: str | None
    proof: str
    event_key: str
    event_name: str
    citizen_index: str | None
    body_encrypted: str
    result: str | None = None
    committed: threading.Lock = field(default_factory=threading.Lock)

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.tenant_id, self.oa_id, self.event_key

    @property
    def row(self) -> tuple:
        return (
            self.tenant_id,
            self.oa_id,
            self.other,
            self.proof,
            self.event_key,
            self.event_name,
            self.citizen_index,
            self.body_encrypted,
        )


class Storing:
    """The writer of one process, over one connection as the application's role."""

    def __init__(self, database_url: str):
        self._url = roles.libpq_url(database_url)
        self._teller = Teller()
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._waiting: SimpleQueue[Slip] = SimpleQueue()
        self._starting, self._thread = threading.Lock(), None
        self._connection: psycopg.Connection | None = None  # a fork must not close its parent's

    def store(self, slip: Slip) -> str:
        """Returns once the event is durably stored, or was before. Raises Busy when that takes too long."""
        if self._thread is None or not self._thread.is_alive():
            self._start()
        if self._waiting.qsize() > MOST_WAITING:
            raise Busy
        slip.committed.acquire()
        self._waiting.put(slip)
        if not slip.committed.acquire(timeout=PATIENCE_S) or slip.result is None:
            raise Busy
        return slip.result

    def close(self) -> None:
        """Whatever was stored is told; tests call it before Redis goes."""
        self._teller.close()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="webhook-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        sizes = (1, 1)  # of the last two transactions
        while True:
            slips = [self._waiting.get()]
            self._gather(slips)
            if len(slips) < max(sizes):
                # Those answered a moment ago are about to send their next: one commit for all costs them less
                # than each waiting for the other's.
                time.sleep(GATHER_S)
                self._gather(slips)
            sizes = sizes[1], len(slips)
            try:
                self._write(slips)
            except Exception as error:
                log.error("webhooks_not_stored", events=len(slips), error=type(error).__name__)
            finally:
                for slip in slips:
                    slip.committed.release()
            self._teller.tell(slips)

    def _gather(self, slips: list[Slip]) -> None:
        try:
            while len(slips) < MOST_AT_ONCE:
                slips.append(self._waiting.get_nowait())
        except Empty:
            pass

    def _write(self, slips: list[Slip]) -> None:
        # One event that comes twice at once is one row: the first of them is stored, the others are known.
        first: dict[tuple, Slip] = {}
        for slip in slips:
            first.setdefault(slip.identity, slip)
        unique = list(first.values())
        try:
            results = self._commit(unique)
        except psycopg.DataError:
            # One that the database cannot hold must not take the others with it.
            results = list(itertools.chain.from_iterable(map(self._commit_alone, unique)))
        for slip, result in zip(unique, results, strict=True):
            slip.result = result
        for slip in slips:
            if slip.result is None:
                same = first[slip.identity]
                slip.result = "known" if same.result == "stored" else same.result

    def _commit(self, slips: list[Slip]) -> list[str | None]:
        try:
            return self._ask(slips)
        except psycopg.OperationalError:
            # The server restarted since the last event, or two processes stood in each other's way. Nothing
            # is stored twice: asking again is safe.
            return self._ask(slips)

    def _commit_alone(self, slip: Slip) -> list[str | None]:
        try:
            return self._commit([slip])
        except psycopg.DataError as error:
            log.error("webhook_not_storable", webhook=slip.event_name, error=type(error).__name__)
            return [None]

    def _ask(self, slips: list[Slip]) -> list[str | None]:
        try:
            if self._connection is None:
                # Autocommit: each statement is a transaction.
                self._connection = psycopg.connect(self._url, autocommit=True, **CONNECTION)
            stored = set(self._connection.execute(STORE, (_as_json(slips), now()), prepare=True))
            results = ["stored" if slip.identity in stored else None for slip in slips]
            if rest := [place for place, result in enumerate(results) if result is None]:
                words = [*map(list, zip(*(slips[place].row for place in rest), strict=True)), now()]
                for place, result in self._connection.execute(EXPLAIN, words, prepare=True):
                    results[rest[place - 1]] = result
            return results
        except psycopg.OperationalError:
            if self._connection is not None and self._connection.closed:
                self._connection = None
            raise


def _as_json(slips: list[Slip]) -> str:
    by_tenant: dict[str, list[dict]] = {}
    for slip in slips:
        by_tenant.setdefault(slip.tenant_id, []).append(dict(zip(FIELDS, slip.row[1:], strict=True)))
    return json.dumps(by_tenant)
