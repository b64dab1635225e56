"""A whole installation of its own, in real processes, so that any of them can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from motcua.app import create_app
from motcua.applying import apply_national
from motcua.boot import DATABASE, embedded_urls
from motcua.conversation.models import WebhookEvent
from motcua.core import migrating, roles
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.demo.wire import Wire
from motcua.embedded import services
from motcua.messaging.models import Message
from motcua.tenancy.models import OfficialAccount
from tests import children
from tests.factories import make_api_key, make_province
from tests.simulated import Simulator, free_port

ROOT = Path(__file__).resolve().parents[1]
SLUG = "binh-thuan"
TABLES = (
    "change_subscription", "dossier_batch_chunk", "message", "webhook_event", "follow", "dossier_event",
    "dossier_phone", "dossier", "answered_request", "consent", "citizen",
)  # fmt: skip


@dataclass
class Installation:
    """Its processes by name; `kill` takes one down as a power cut would."""

    settings: Settings
    simulator: Simulator
    port: int
    env: dict[str, str]
    app: object
    key: str = ""

    def __post_init__(self):
        self.running: dict[str, subprocess.Popen] = {}
        self.webhook_port = free_port()

    def start(self, name: str) -> None:
        """ "web" (all of it), "webhooks" (the server of their own) or "worker"."""
        port = {"web": self.port, "webhooks": self.webhook_port}.get(name)
        commands = {"web": granian, "webhooks": uvicorn}
        argv = commands[name](port) if port else [sys.executable, "worker.py"]
        with (self.settings.var / "log" / f"{name}.log").open("ab") as log:
            self.running[name] = children.start(argv, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        if port:
            wait_until(lambda: self.status("/healthz", port) == 200, f"{name} answers")

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)  # granian's own children too
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def tidy(self) -> None:
        """End everything, the servers too."""
        self.stop()
        self.simulator.stop()
        with self.app.app_context():
            for engine in db.engines.values():
                engine.dispose()
        services.release(self.settings.var)

    def renew(self) -> None:
        """Nothing owed, nobody told, a connected OA; web and worker down."""
        self.stop()
        self.simulator.reset(f"http://127.0.0.1:{self.port}/webhooks/zalo")
        grant = self.simulator.grant(SLUG)
        expires_at = datetime.now(UTC) + timedelta(hours=25)
        with self.app.app_context(), tenant_scope(SLUG):
            for table in TABLES:
                db.session.execute(db.text(f"DELETE FROM {table}"))
            account = db.session.scalars(db.select(OfficialAccount)).one()
            account.keep_tokens(grant["access_token"], grant["refresh_token"], expires_at)
            db.session.commit()

    def follow_with_phone(self) -> None:
        """Lan follows and shares her phone; waits until she has heard so."""
        phone = self.simulator.phone()
        phone.act("follow")
        phone.wait_for("Kính chào", 0)
        phone.act("share-info")
        phone.wait_for("Đã liên kết", 0)

    def kill_server(self, name: str) -> None:
        """`name` "postgres" or "redis": the very process, not its keeper."""
        state = json.loads((self.settings.var / "run" / "keeper.json").read_text())
        os.kill(state["servers"][name]["pid"], signal.SIGKILL)

    def motcua(self, *words: str, fails: bool = False) -> str:
        """What the command says; whether it fails must be as told."""
        done = subprocess.run(
            [sys.executable, "-m", "motcua", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode != 0) == fails, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def status(self, path: str, port: int | None = None) -> int:
        try:
            return Wire(port or self.port).ask("GET", path)[0]
        except OSError:
            return 0

    @property
    def api(self) -> Wire:
        return Wire(self.port, "binh-thuan.localhost", self.key)

    def states(self) -> list[str]:
        with self.app.app_context(), tenant_scope(SLUG):
            return list(db.session.scalars(db.select(Message.state).order_by(Message.id)))

    def event_states(self) -> dict[str, str]:
        """Of the inbox, by event key."""
        with self.app.app_context(), tenant_scope(SLUG):
            query = db.select(WebhookEvent.event_key, WebhookEvent.state)
            return dict(map(tuple, db.session.execute(query)))

    def texts(self) -> list[str]:
        return [one["text"] for one in self.simulator.phone().messages() if one["from"] == "oa"]


def granian(port: int) -> list[str]:
    """The command that serves the product there, from the folder ROOT."""
    argv = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    return [*argv, "--workers", "1", "--blocking-threads", "4", "--log-level", "error", "wsgi:app"]


def uvicorn(port: int) -> list[str]:
    """The command that serves webhooks alone there, as `deploy/systemd/motcua-webhooks.service` does."""
    argv = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop"]
    return [
        *argv,
        "--http",
        "httptools",
        "--no-access-log",
        "--no-proxy-headers",
        "motcua.webhook_server:app",
    ]


def own_memory_kb(process: Path) -> int:
    """Resident memory that is the process' own: pages shared with others are counted to nobody twice."""
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def wait_until(holds, what: str, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.05)


def installed(var: Path, simulator_host: str = "127.0.0.1") -> Installation:
    """A bare installation and one loaded province; web and worker are started by who needs them."""
    made = bare(var, simulator_host)
    with made.app.app_context():
        make_province(SLUG)
        made.key = make_api_key(SLUG)
    return made


def bare(var: Path, simulator_host: str = "127.0.0.1") -> Installation:
    """Servers under `var`, a simulator, and the nation's catalogue: an installation before its first province."""
    (var / "log").mkdir(parents=True)
    endpoints = services.ensure(var)
    roles.prepare_server(endpoints.postgres_dsn_admin, DATABASE)
    simulator, port = Simulator(simulator_host), free_port()
    env = os.environ | {
        "MOTCUA_VAR": str(var),
        "MOTCUA_PUBLIC_PORT": str(port),
        "ZALO_BASE_URL": simulator.base_url,
    }
    env.pop("DATABASE_URL", None)
    env.pop("REDIS_URL", None)
    settings = Settings.from_env(env).with_services(embedded_urls(endpoints, DATABASE), endpoints.redis_url)
    migrating.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        apply_national(ROOT / "tenants" / "_national")
    return Installation(settings, simulator, port, env, app)
