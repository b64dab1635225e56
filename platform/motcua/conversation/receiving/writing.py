"""Events checked are stored by one statement for all that came at once: stored, known before, or stale."""

import json
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import psycopg
import structlog

from motcua.core import roles
from motcua.core.clock import now

_AS_APP = roles.connect_args("app")
# A server that is away, or a lock that does not end, must not hold the writer for long.
CONNECTION = _AS_APP | {"connect_timeout": 2, "options": _AS_APP["options"] + " -c statement_timeout=10s"}

STORE = "SELECT tenant, oa, key FROM store_webhooks(%b::json, %b)"
# Why one was not stored; it would store it, where that has become possible meanwhile.
EXPLAIN = """
    SELECT place, result FROM store_webhook_events(
        %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b)
"""

FIELDS = ("oa", "other", "proof", "key", "name", "citizen", "body")  # of an event in store_webhooks

Steps = Generator[tuple[str, Sequence], list[tuple], None]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Slip:
    """One event on its way into the inbox; `result` is "stored", "known" or "stale" once it is committed.

    `other` is the id beside the OA's that must not be an OA of ours too. `said_at` is Zalo's time: events that are
    stored at once stand in their lines by it.
    """

    tenant_id: str
    oa_id: str
    other: str | None
    proof: str
    event_key: str
    event_name: str
    citizen_index: str | None
    body_encrypted: str
    said_at: datetime | None = None
    result: str | None = None

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


class Writer:
    """One connection as the application's role, for one thread at a time."""

    def __init__(self, database_url: str):
        self._url = roles.libpq_url(database_url)
        self._connection: psycopg.Connection | None = None

    def write(self, slips: list[Slip]) -> None:
        """Every slip has its `result` once all are durably stored; None for what no database can hold.

        Raises psycopg.Error, and nothing is known of any of them: asking again is safe.
        """
        steps = _steps(slips)
        with suppress(StopIteration):
            step = next(steps)
            while True:
                try:
                    rows = self._ask(*step)
                except psycopg.Error as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(rows)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _ask(self, statement: str, words: Sequence) -> list[tuple]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True, **CONNECTION)
        return self._connection.execute(statement, words, prepare=True).fetchall()


class LoopWriter:
    """The same for an event loop; one `write` at a time."""

    def __init__(self, database_url: str):
        self._url = roles.libpq_url(database_url)
        self._connection: psycopg.AsyncConnection | None = None

    async def write(self, slips: list[Slip]) -> None:
        """As `Writer.write`."""
        steps = _steps(slips)
        with suppress(StopIteration):
            step = next(steps)
            while True:
                try:
                    rows = await self._ask(*step)
                except psycopg.Error as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(rows)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, statement: str, words: Sequence) -> list[tuple]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, **CONNECTION)
        return await (await self._connection.execute(statement, words, prepare=True)).fetchall()


def _steps(slips: list[Slip]) -> Steps:
    """What to ask of the database, whoever asks: statements go out, their rows or their psycopg.Error come in."""
    # One event that comes twice at once is one row: the first of them is stored, the others are known.
    first: dict[tuple, Slip] = {}
    for slip in slips:
        first.setdefault(slip.identity, slip)
    unique = list(first.values())
    try:
        yield from _commit(unique)
    except psycopg.DataError:
        # One that the database cannot hold must not take the others with it.
        for slip in unique:
            try:
                yield from _commit([slip])
            except psycopg.DataError as error:
                log.error("webhook_not_storable", webhook=slip.event_name, error=type(error).__name__)
    for slip in slips:
        if slip.result is None:
            same = first[slip.identity]
            slip.result = "known" if same.result == "stored" else same.result


def _commit(slips: list[Slip]) -> Steps:
    try:
        yield from _store(slips)
    except psycopg.OperationalError:
        # The server restarted since the last event, or two processes stood in each other's way. Nothing
        # is stored twice: asking again is safe.
        yield from _store(slips)


def _store(slips: list[Slip]) -> Steps:
    # Autocommit: each statement is a transaction.
    stored = set((yield STORE, (_as_json(slips), now())))
    rest = []
    for slip in slips:
        if slip.identity in stored:
            slip.result = "stored"
        else:
            rest.append(slip)
    if rest:
        words = [*map(list, zip(*(slip.row for slip in rest), strict=True)), now()]
        for place, result in (yield EXPLAIN, words):
            rest[place - 1].result = result


def _as_json(slips: list[Slip]) -> str:
    by_tenant: dict[str, list[dict]] = {}
    for slip in slips:
        event = dict(zip(FIELDS, slip.row[1:], strict=True)) | {
            "at": slip.said_at and slip.said_at.isoformat()
        }
        by_tenant.setdefault(slip.tenant_id, []).append(event)
    return json.dumps(by_tenant)
