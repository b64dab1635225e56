"""Events of requests that come at once are stored in one transaction, and every request waits for its commit.

One writer thread a process: while it commits, the next events gather. The thread begins with the first event,
so that it lives in the process that serves, also where the server forks after loading the application.
"""

import itertools
import os
import threading
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

STORE = """
    SELECT place, result FROM store_webhook_events(
        %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b)
"""

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
        while True:
            slips = [self._waiting.get()]
            try:
                while len(slips) < MOST_AT_ONCE:
                    slips.append(self._waiting.get_nowait())
            except Empty:
                pass
            try:
                self._write(slips)
            except Exception as error:
                log.error("webhooks_not_stored", events=len(slips), error=type(error).__name__)
            finally:
                for slip in slips:
                    slip.committed.release()
            self._teller.tell(slips)

    def _write(self, slips: list[Slip]) -> None:
        # One event that comes twice at once is one row: the first of them is stored, the others are known.
        first: dict[tuple, Slip] = {}
        for slip in slips:
            first.setdefault((slip.tenant_id, slip.oa_id, slip.event_key), slip)
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
                same = first[slip.tenant_id, slip.oa_id, slip.event_key]
                slip.result = "known" if same.result == "stored" else same.result

    def _commit(self, slips: list[Slip]) -> list[str | None]:
        words = [*map(list, zip(*(slip.row for slip in slips), strict=True)), now()]
        try:
            found = self._ask(words)
        except psycopg.OperationalError:
            # The server restarted since the last event, or two processes stood in each other's way. Nothing
            # is stored twice: asking again is safe.
            found = self._ask(words)
        results: list[str | None] = [None] * len(slips)
        for place, result in found:
            results[place - 1] = result
        return results

    def _commit_alone(self, slip: Slip) -> list[str | None]:
        try:
            return self._commit([slip])
        except psycopg.DataError as error:
            log.error("webhook_not_storable", webhook=slip.event_name, error=type(error).__name__)
            return [None]

    def _ask(self, words: list) -> list[tuple[int, str]]:
        try:
            if self._connection is None:
                # Autocommit: the one statement is the transaction.
                self._connection = psycopg.connect(self._url, autocommit=True, **CONNECTION)
            return self._connection.execute(STORE, words, prepare=True).fetchall()
        except psycopg.OperationalError:
            if self._connection is not None and self._connection.closed:
                self._connection = None
            raise
