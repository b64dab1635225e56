"""After the answer is out: the readers are woken and the webhooks counted, gathered for whatever came at once."""

import os
import threading
import time
from collections import Counter

from motcua.core import counters, queue

READ = "motcua.conversation.jobs.read_inbox"
PAUSE_S = 0.025  # between two trips to Redis, while events come without end


class Teller:
    """One thread a process. Redis away: nothing is told, and the sweep finds what is stored."""

    def __init__(self):
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._something, self._thread, self._is_closing = threading.Event(), None, False
        self._gathered = threading.Lock()
        self._counts, self._tenants = Counter(), set()

    def tell(self, slips: list) -> None:
        """`slips` have their results; those without one were not stored."""
        with self._gathered:
            for slip in slips:
                if slip.result in ("stored", "known"):
                    self._counts[slip.result] += 1
                if slip.result == "stored":
                    self._tenants.add(slip.tenant_id)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="webhook-teller", daemon=True)
            self._thread.start()
        self._something.set()

    def close(self) -> None:
        """End with the round that is running; whoever takes Redis away from this process calls it."""
        self._is_closing = True
        self._something.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._is_closing:
            self._something.wait()
            self._something.clear()
            with self._gathered:
                counts, self._counts = self._counts, Counter()
                tenants, self._tenants = self._tenants, set()
            for tenant_id in sorted(tenants):
                queue.wake(READ, tenant_id, lane="urgent")
            counters.add({("webhook", name): number for name, number in counts.items()})
            time.sleep(PAUSE_S)
