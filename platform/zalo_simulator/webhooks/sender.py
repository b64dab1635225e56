import asyncio
import itertools
import logging
import time
from collections import deque
from dataclasses import dataclass, field

from ..encoding import encode_json
from ..world.clock import wall_ms
from ..world.ids import user_id_by_app
from ..world.records import App
from ..world.world import World
from .mischief import WebhookFaults, signature_header, twist_payload
from .post import Poster
from .signature import event_mac

log = logging.getLogger(__name__)

RETRY_AFTER_S = (30, 300, 900, 1800, 3600)
LANES = 32
JOURNAL_LENGTH = 2_000
HOLD_S = 0.5
"""How long a held-back event waits for the next one of its lane before it goes alone."""


@dataclass(slots=True)
class Delivery:
    """One event on its way to one app, with every attempt made so far."""

    number: int
    app_id: str
    oa_id: str
    event: str
    body: bytes
    headers: dict
    created_at_ms: int
    state: str = "waiting"  # delivered, retrying, failed, skipped
    attempts: list = field(default_factory=list)
    kinds: set = field(default_factory=set)


class WebhookSender:
    """Delivers events: in order per (account, citizen) at the first try, retries on Zalo's ladder.

    A chat's lane goes on while an earlier event waits for its retry: that one then comes late, as it does
    with Zalo. After the fifth failed retry the app's webhook is disabled until somebody enables it again.
    """

    def __init__(self, world: World):
        self._world = world
        self.faults = WebhookFaults()
        self.journal: deque[Delivery] = deque(maxlen=JOURNAL_LENGTH)
        self._numbers = itertools.count(1)
        self._lanes: list[deque[Delivery]] = [deque() for _ in range(LANES)]
        self._wake = [asyncio.Event() for _ in range(LANES)]
        self._waiting = 0
        self._tasks: set[asyncio.Task] = set()
        self._poster = Poster()

    async def start(self) -> None:
        for lane in range(LANES):
            self._spawn(self._work(lane))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._poster.close()

    def reset(self) -> None:
        self.faults = WebhookFaults()
        self.journal.clear()
        for lane in self._lanes:
            lane.clear()
        self._waiting = 0

    @property
    def pending(self) -> int:
        return self._waiting

    def emit(
        self,
        oa_id: str,
        citizen_id: str,
        event: str,
        fields: dict,
        *,
        names_user: bool = False,
        server: str = "",
    ) -> int:
        """Queue the event for every app the account has granted; answers for how many.

        `names_user` adds user_id_by_app; `server` fills X-ZEvent-Server.
        """
        sent = 0
        for app_id in self._world.tokens.apps_granted_by(oa_id):
            app = self._world.apps.get(app_id)
            if app is not None and app.webhook_url:
                self.emit_to(app, oa_id, citizen_id, event, fields, names_user=names_user, server=server)
                sent += 1
        return sent

    def emit_to(
        self,
        app: App,
        oa_id: str,
        citizen_id: str,
        event: str,
        fields: dict,
        *,
        names_user: bool = False,
        server: str = "",
    ) -> None:
        stats = self._world.stats.webhooks
        if not app.webhook_enabled:
            stats["skipped"] += 1
            return
        if self._waiting >= self._world.settings.webhook_queue_limit:
            stats["dropped"] += 1
            return
        timestamp = str(self._world.clock.now_ms())
        payload = {"app_id": app.app_id, "event_name": event, "timestamp": timestamp}
        if names_user:
            payload["user_id_by_app"] = user_id_by_app(app.app_id, citizen_id)
        payload |= fields
        kinds = self.faults.take(event, oa_id) if self.faults.faults else set()
        if kinds:
            payload = twist_payload(payload, kinds, oa_id)
        body = encode_json(payload)
        account = self._world.accounts.get(oa_id)
        secret = (account.oa_secret_key if account else "") or app.oa_secret_key
        mac = event_mac(app.app_id, body, timestamp, secret)
        headers = {
            "Content-Type": "application/json",
            "X-ZEvent-Signature": signature_header(mac, kinds),
            "X-ZEvent-Timestamp": timestamp,
        }
        if server:
            headers["X-ZEvent-Server"] = server
        if "no_timestamp_header" in kinds:
            del headers["X-ZEvent-Timestamp"]
        number = next(self._numbers)
        lane = hash((oa_id, citizen_id)) % LANES
        self._queue(lane, Delivery(number, app.app_id, oa_id, event, body, headers, wall_ms(), kinds=kinds))

    def _queue(self, lane: int, delivery: Delivery) -> None:
        self.journal.append(delivery)
        if "lost" in delivery.kinds:
            delivery.state = "skipped"
            return
        self._world.stats.webhooks["sent"] += 1
        self._waiting += 1
        self._lanes[lane].append(delivery)
        self._wake[lane].set()

    def find(self, number: int) -> Delivery | None:
        return next((item for item in self.journal if item.number == number), None)

    async def probe(self, app: App) -> None:
        """The unsigned `{}` that Zalo posts when a webhook URL is saved; its outcome stands in the app."""
        headers = {"Content-Type": "application/json"}
        delivery = Delivery(next(self._numbers), app.app_id, "", "(probe)", b"{}", headers, wall_ms())
        self.journal.append(delivery)
        accepted = await self._attempt(app, delivery, 0)
        delivery.state = "delivered" if accepted else "failed"
        app.webhook_probe = delivery.attempts[-1]["outcome"]
        self._world.touch()

    def probe_soon(self, app: App) -> None:
        self._spawn(self.probe(app))

    async def replay(self, delivery: Delivery) -> dict:
        """The very same bytes and headers once more; answers the attempt."""
        app = self._world.apps.get(delivery.app_id)
        if app is None:
            return {"outcome": "ứng dụng không còn", "status": None, "elapsed_ms": 0}
        await self._attempt(app, delivery, 0)
        return delivery.attempts[-1]

    # delivery ---------------------------------------------------------------------------------

    async def _work(self, lane: int) -> None:
        queue, wake = self._lanes[lane], self._wake[lane]
        while True:
            if not queue:
                wake.clear()
                await wake.wait()
                continue
            delivery = queue.popleft()
            if "reorder" in delivery.kinds:
                delivery.kinds.discard("reorder")
                await self._let_one_pass(queue, wake)
            await self._first_try(delivery)
            if "duplicate" in delivery.kinds:
                await self._first_try(delivery, counted=False)

    async def _let_one_pass(self, queue: deque, wake: asyncio.Event) -> None:
        if not queue:
            wake.clear()
            try:
                async with asyncio.timeout(HOLD_S):
                    await wake.wait()
            except TimeoutError:
                return
        if queue:
            await self._first_try(queue.popleft())

    async def _first_try(self, delivery: Delivery, counted: bool = True) -> None:
        app = self._world.apps.get(delivery.app_id)
        if counted:
            self._waiting = max(0, self._waiting - 1)
        if app is None or not app.webhook_enabled:
            delivery.state = "skipped"
            self._world.stats.webhooks["skipped"] += 1
            return
        if await self._attempt(app, delivery, 0):
            delivery.state = "delivered"
            self._world.stats.webhooks["delivered"] += 1
        elif counted:
            delivery.state = "retrying"
            if len(self._tasks) > self._world.settings.webhook_queue_limit:
                delivery.state = "failed"
                self._world.stats.webhooks["dropped"] += 1
                return
            self._spawn(self._retry(app, delivery))

    async def _retry(self, app: App, delivery: Delivery) -> None:
        stats = self._world.stats.webhooks
        for number, delay_s in enumerate(RETRY_AFTER_S, start=1):
            await self._world.clock.sleep(delay_s * self._world.settings.webhook_retry_factor)
            if not app.webhook_enabled or self._world.apps.get(app.app_id) is not app:
                delivery.state = "skipped"
                stats["skipped"] += 1
                return
            stats["retried"] += 1
            if await self._attempt(app, delivery, number):
                delivery.state = "delivered"
                stats["delivered"] += 1
                return
        delivery.state = "failed"
        app.webhook_enabled = False
        self._world.touch()
        log.warning("Webhook of app %s is disabled: five retries failed", app.app_id)

    async def _attempt(self, app: App, delivery: Delivery, number: int) -> bool:
        headers = delivery.headers | {"num_retry": str(number)} if number else delivery.headers
        started, at_ms, status = time.perf_counter(), wall_ms(), None
        timeout_s = self._world.settings.webhook_timeout_s
        try:
            status = await self._poster.post(app.webhook_url, delivery.body, headers, timeout_s)
            outcome = f"HTTP {status}"
        except TimeoutError:
            outcome = f"không trả lời trong {timeout_s:g} giây"
        except (OSError, ValueError) as error:
            outcome = f"không nối được: {error}"
        elapsed_ms = round((time.perf_counter() - started) * 1000, 1)
        delivery.attempts.append(
            {
                "at_ms": at_ms,
                "num_retry": number,
                "status": status,
                "outcome": outcome,
                "elapsed_ms": elapsed_ms,
            }
        )
        if status != 200:
            self._world.stats.webhooks["failed"] += 1
        return status == 200

    def _spawn(self, work) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
