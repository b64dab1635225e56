"""The stand-alone simulator as a process, and a stage on it: an app, an OA, a citizen and a template."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from motcua.zalo.client import ZaloClient
from motcua.zalo.hosts import Hosts
from motcua.zalo.messages import ZbsTemplate
from motcua.zalo.signature import verify
from motcua.zalo.webhook_events import Event
from motcua.zalo.webhooks import parse

SOURCE_ROOT = Path(__file__).resolve().parents[2] / "platform"
PARAMS = [
    {"name": "ho_ten", "type": "1"},
    {"name": "ma_ho_so", "type": "4"},
    {"name": "ngay_tra", "type": "11"},
]
DATA = {"ho_ten": "Nguyễn Văn A", "ma_ho_so": "HS-001", "ngay_tra": "25/11/2026"}
_numbers = itertools.count(1)


@contextmanager
def running(port: int):
    command = [sys.executable, "-m", "zalo_simulator", "--port", str(port), "--quiet"]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(SOURCE_ROOT)})
    base_url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base_url, process)
        yield base_url
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(base_url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/sim/api/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the simulator did not start (exit code {process.poll()})")


@dataclass
class Heard:
    """One webhook as it came in."""

    body: bytes
    signature: str | None
    timestamp: str | None


class Stage:
    """Everything a test needs of the simulator, of its own and nobody else's."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession):
        number = next(_numbers) * 1000 + os.getpid() % 1000
        self.session = session
        self.control = f"{base_url}/sim/api"
        self.hosts = Hosts.under(base_url)
        self.client = ZaloClient(self.hosts, session, timeout_s=5.0)
        self.app_id, self.app_secret = f"12345678{number:010d}", f"app-secret-{number}"
        self.oa_secret = f"oa-secret-{number}"
        self.oa_id, self.citizen = f"38800000{number:010d}", f"citizen-{number}"
        self.phone = f"84912{number % 1_000_000:06d}"
        self.template_id = f"{300_000_000 + number}"
        self.token = self.refresh_token = self.user_id = ""
        self.heard: list[Heard] = []

    async def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        async with self.session.request(method, self.control + path, json=body) as answer:
            content = await answer.json()
            assert answer.status == 200, content
            return content

    async def set_up(self) -> None:
        await self.ask(
            "POST",
            "/apps",
            {"app_id": self.app_id, "app_secret": self.app_secret, "oa_secret_key": self.oa_secret},
        )
        await self.ask("POST", "/oas", {"oa_id": self.oa_id, "name": "Tỉnh thử nghiệm"})
        await self.ask(
            "POST", "/citizens", {"citizen_id": self.citizen, "name": "Nguyễn Văn A", "phone": self.phone}
        )
        await self.put_template(self.template_id)
        await self.grant()
        self.user_id = (await self.act("follow"))["uid"]

    async def put_template(self, template_id: str, **more) -> None:
        layout = {"title": "Hồ sơ <ma_ho_so>", "paragraphs": ["Chào <ho_ten>, ngày trả <ngay_tra>."]}
        given = {"template_id": template_id, "oa_id": self.oa_id, "name": "Báo kết quả hồ sơ"}
        await self.ask("POST", "/templates", given | {"params": PARAMS, "layout": layout} | more)

    async def grant(self) -> None:
        pair = await self.ask("POST", "/grants", {"app_id": self.app_id, "oa_id": self.oa_id})
        self.token, self.refresh_token = pair["access_token"], pair["refresh_token"]

    async def act(self, what: str, **body) -> dict:
        return await self.ask("POST", f"/citizens/{self.citizen}/chats/{self.oa_id}/{what}", body)

    async def now(self) -> datetime:
        """The simulator's time."""
        return datetime.fromtimestamp((await self.ask("GET", "/clock"))["now_ms"] / 1000, UTC)

    async def later(self, seconds: float) -> None:
        """Move the clock; access tokens live 25 hours, so there is a fresh one."""
        await self.ask("POST", "/clock", {"advance_s": seconds})
        await self.grant()

    async def shown(self) -> list[dict]:
        """What the citizen's phone shows of this OA."""
        return (await self.ask("GET", f"/citizens/{self.citizen}/chats/{self.oa_id}"))["messages"]

    async def fault(self, kind: str, **more) -> None:
        await self.ask("POST", "/faults", {"kind": kind, "oa_id": self.oa_id, "count": 1} | more)

    def template(self, **change) -> ZbsTemplate:
        return ZbsTemplate(self.template_id, DATA | change)

    @asynccontextmanager
    async def listening(self):
        """Receive this app's webhooks into `heard`."""

        async def receive(request: web.Request) -> web.Response:
            headers = request.headers
            body = await request.read()
            self.heard.append(
                Heard(body, headers.get("X-ZEvent-Signature"), headers.get("X-ZEvent-Timestamp"))
            )
            return web.Response()

        app = web.Application()
        app.router.add_post("/webhooks/zalo", receive)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{site.port}/webhooks/zalo"
        try:
            await self.ask("POST", "/apps", {"app_id": self.app_id, "webhook_url": url})
            await self.hear(1)  # the probe
            yield self.heard.pop(0)
        finally:
            await self.ask("POST", "/apps", {"app_id": self.app_id, "webhook_enabled": False})
            await runner.cleanup()

    async def hear(self, count: int) -> list[Heard]:
        """All webhooks so far, once there are `count`."""
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        return self.heard


def is_genuine(heard: Heard, stage: Stage, secret: str | None = None) -> bool:
    return verify(heard.body, heard.signature, heard.timestamp, stage.app_id, [secret or stage.oa_secret])


async def heard_events(stage: Stage, count: int) -> list[Event]:
    """All webhooks so far as our receiver reads them, once there are `count`; each rightly signed."""
    await stage.hear(count)
    assert all(is_genuine(one, stage) and not is_genuine(one, stage, "other") for one in stage.heard)
    return [parse(one.body) for one in stage.heard]


def on_stage(base_url: str, play: Callable[[Stage], Awaitable]) -> Any:
    async def run():
        async with aiohttp.ClientSession() as session:
            stage = Stage(base_url, session)
            await stage.set_up()
            return await play(stage)

    return asyncio.run(run())
