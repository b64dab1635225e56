"""One shift at a province's inbox: a few readers at once, each with another citizen, for a short while.

A reader that is long over one event keeps neither the others nor the worker: the shift ends without it, and
it finishes on its own.
"""

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog
from flask import Flask, current_app

from motcua.core.database import db, tenant_scope

from . import batches, inbox
from .handling import handle, note_receipts, say_nothing_new

READERS = 4
MOST_READERS = 12  # of one process, those left behind by earlier shifts included
TIME_SLICE_S = 5.0  # then another province's turn
GIVE_WAY_S = 2.0  # without anybody getting on
LOOK_AHEAD = 64
ECHO_BATCHES = 4  # at a time; then questions have their turn again
RECEIPTS = 0  # no event has this id

log = structlog.get_logger(__name__)
_seats = threading.BoundedSemaphore(MOST_READERS)


class Shift:
    """Read one province's inbox. `work` returns how many events were dealt with, and whether some are left."""

    def __init__(self, tenant_id: str, when_late: Callable[[], object]):
        """`when_late` is called by a reader that ends after its shift: somebody must look again."""
        self.tenant_id, self.when_late = tenant_id, when_late
        self.app: Flask = current_app._get_current_object()
        self.dealt_with, self.is_over = 0, False
        self._ends_at = time.monotonic() + TIME_SLICE_S
        self._lock = threading.Lock()
        self._someone_left = threading.Condition(self._lock)
        self._ahead: deque[int] = deque()
        self._passed: set[int] = set()  # in hand, or another worker's
        self._readers = self._reading = 0

    def work(self) -> tuple[int, bool]:
        if not self._call_reader(wait_s=TIME_SLICE_S):
            return 0, True
        with self._lock:
            while self._reading:
                before = self.dealt_with
                on_time = self._someone_left.wait(GIVE_WAY_S)
                if not on_time and self.dealt_with == before:
                    break
            self.is_over = True
            return self.dealt_with, bool(self._ahead) or time.monotonic() >= self._ends_at

    def _call_reader(self, wait_s: float = 0) -> bool:
        if not _seats.acquire(timeout=wait_s):
            return False
        self._readers, self._reading = self._readers + 1, self._reading + 1
        threading.Thread(target=self._read, name=f"inbox-{self.tenant_id}").start()
        return True

    def _read(self) -> None:
        try:
            with self.app.app_context(), tenant_scope(self.tenant_id):
                while (event_id := self._next()) is not None:
                    self._deal_with(event_id)
        except Exception as error:  # the database is away, say: the sweep comes back to it
            log.warning("inbox_reader_stopped", tenant=self.tenant_id, error=type(error).__name__)
        finally:
            _seats.release()
            with self._lock:
                self._reading -= 1
                is_late = self.is_over
                self._someone_left.notify()
            if is_late:
                self.when_late()

    def _deal_with(self, event_id: int) -> None:
        if event_id == RECEIPTS:
            done = batches.deal_with_receipts(note_receipts)
        else:
            done = int(inbox.deal_with(event_id, handle))
        with self._lock:
            self.dealt_with += done
            if done:
                self._passed.discard(event_id)

    def _next(self) -> int | None:
        """What to take in hand; None when nothing is left, or the time is over."""
        with self._lock:
            if self.is_over or time.monotonic() >= self._ends_at:
                return None
            if not self._ahead:
                self._look_ahead()
            if not self._ahead:
                return None
            event_id = self._ahead.popleft()
            self._passed.add(event_id)
            if self._ahead and self._readers < READERS:
                self._call_reader()
            return event_id

    def _look_ahead(self) -> None:
        newest_echo = self._pass_over_echoes()
        self._ahead.extend(inbox.due(LOOK_AHEAD, self._passed, newest_echo))
        if RECEIPTS not in self._passed and batches.has_receipts():
            self._ahead.append(RECEIPTS)

    def _pass_over_echoes(self) -> int:
        """Before the lines are looked at: no reader takes one by one what is settled many at once.

        The greatest id of those that were looked at. Whatever came after it has woken a worker of its own.
        """
        newest = 0
        try:
            for _ in range(ECHO_BATCHES):
                settled, last = batches.pass_over_echoes(say_nothing_new)
                self.dealt_with, newest = self.dealt_with + settled, max(newest, last)
                if settled < batches.AT_ONCE / 2:
                    break
        except Exception as error:  # then they are dealt with in their lines
            db.session.rollback()
            log.exception("echoes_not_passed_over", tenant=self.tenant_id, error=type(error).__name__)
            newest = inbox.EVERY_ECHO
        return newest
