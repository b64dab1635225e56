"""Running what may hang or crash: in threads of its own, few for a service, few for a province.

A thread that hangs cannot be ended; it keeps its place until it comes back, so that a province whose source
is away costs this process at most its own places and nobody else's.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from .contract import ServiceUnavailable

T = TypeVar("T")

OF_SERVICE, OF_TENANT = 4, 8  # at once, in a process
WAIT_FOR_A_PLACE_S = 0.3
STUCK_AFTER_S = 1.0


class Places:
    """A few places; whoever finds them all taken waits a little, unless those inside seem to be stuck."""

    def __init__(self, most: int):
        self._most, self._began, self._freed = most, [], threading.Condition()

    def take(self) -> bool:
        until = time.monotonic() + WAIT_FOR_A_PLACE_S
        with self._freed:
            while len(self._began) >= self._most:
                moment = time.monotonic()
                if moment >= until or self._began[-1] < moment - STUCK_AFTER_S:
                    return False
                self._freed.wait(until - moment)
            self._began.append(time.monotonic())
            return True

    def leave(self, began: float) -> None:
        with self._freed:
            self._began.remove(min(self._began, key=lambda one: abs(one - began)))
            self._freed.notify()


_lock = threading.Lock()
_services: dict[tuple[str, str], Places] = defaultdict(partial(Places, OF_SERVICE))
_tenants: dict[str, Places] = defaultdict(partial(Places, OF_TENANT))


class ServiceBusy(ServiceUnavailable):
    code = "service_busy"
    message = "Nguồn dữ liệu đang trả lời chậm và có nhiều người hỏi. Xin hỏi lại sau ít phút."


class Running(Generic[T]):
    """One piece of work on its way. What it returns, or the exception it raised, is had from `result`."""

    def __init__(self):
        self._done = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self.began = time.monotonic()

    def wait(self, seconds: float) -> bool:
        """Whether it is done, after at most so long."""
        return self._done.wait(seconds)

    def result(self) -> T:
        """Raises what the work raised; call it when `wait` said that it is done."""
        if self._error is not None:
            raise self._error
        return self._value

    def settle(self, value: T | None, error: BaseException | None) -> None:
        self._value, self._error = value, error
        self._done.set()


def start(
    tenant_id: str, service: str, work: Callable[[], T], after: Callable[[Running[T]], None] | None = None
) -> Running[T]:
    """Begin the work beside everything else; `after` runs behind it in the same thread, when all may see the result.

    Raises ServiceBusy when this service of this province, or the province, has no place left.
    """
    with _lock:
        places = _tenants[tenant_id], _services[tenant_id, service]
    taken = []
    for place in places:
        if not place.take():
            _leave(taken, time.monotonic())
            raise ServiceBusy
        taken.append(place)
    running = Running()
    thread = threading.Thread(
        target=_run, args=(running, work, after, taken), name=f"service-{service}", daemon=True
    )
    thread.start()
    return running


def _run(running: Running, work: Callable, after: Callable | None, taken: list) -> None:
    try:
        try:
            running.settle(work(), None)
        except BaseException as error:  # a thread has nobody above it: whoever waits is told
            running.settle(None, error)
        if after is not None:
            after(running)
    finally:
        _leave(taken, running.began)


def _leave(places: list[Places], began: float) -> None:
    for place in places:
        place.leave(began)
