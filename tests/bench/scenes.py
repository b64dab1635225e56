"""The product as it is measured: its servers, and databases of it at several sizes, ready to be drained again."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from subprocess import Popen
from urllib.parse import quote

import psycopg
import redis
from flask import Flask

from motcua.app import create_app
from motcua.boot import DATABASE
from motcua.core import roles
from motcua.core.database import db
from motcua.embedded import services
from motcua.messaging.pace.sweep import wake_everywhere
from motcua.sweeper import HEARTBEAT
from tests import children
from tests.bench import crowd, processes, rooms
from tests.bench.provider import Provider
from tests.installation import ROOT, Installation, installed


@dataclass
class House:
    """One installation with its servers, and the fake provider that everything here sends to."""

    home: Installation
    provider: Provider
    quick: bool
    scenes: dict[str, "Scene"] = field(default_factory=dict)

    def address(self, database: str) -> str:
        """libpq address of the superuser."""
        socket = quote(str(self.socket_folder), safe="")
        return f"postgresql://motcua_admin@/{database}?host={socket}"

    @property
    def redis_url(self) -> str:
        return self.home.settings.redis_url

    @property
    def socket_folder(self) -> Path:
        return services.ensure(self.home.settings.var).postgres_socket_dir

    def scene(self, name: str, *, tenants: int, messages: int, citizens: int = 2_000, lane: str = "urgent"):
        """A database with that many provinces and messages waiting; made once a benchmark."""
        if name not in self.scenes:
            rooms.require_room(messages, self.home.settings.var)
            self.scenes[name] = Scene(self, f"bench_{name}", tenants, messages, max(citizens, tenants), lane)
        return self.scenes[name]

    def clear(self) -> None:
        """Drop every scene: the disk must hold those of one benchmark, not of all."""
        while self.scenes:
            self.scenes.popitem()[1].drop()


class Scene:
    """A copy of the installation's database, filled. `renew` puts what was sent back into the queue."""

    def __init__(self, house: House, database: str, tenants: int, messages: int, citizens: int, lane: str):
        self.house, self.database, self.messages = house, database, messages
        self.admin = house.address(database)
        with house.home.app.app_context():
            let_go()
        with psycopg.connect(house.address("postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{database}" TEMPLATE "{DATABASE}" OWNER motcua_owner')
        with self.app.app_context():
            self.tenants = crowd.seed(self.admin, tenants, citizens, messages, lane)
            let_go()

    @cached_property
    def app(self) -> Flask:
        """The product in this process, on this database."""
        given = self.house.home.settings
        return create_app(given.with_services(self._urls("postgresql+psycopg"), given.redis_url))

    def _urls(self, scheme: str) -> dict[str, str]:
        socket = quote(str(self.house.socket_folder), safe="")
        return {
            role: f"{scheme}://{login}@/{self.database}?host={socket}"
            for role, login in roles.ROLE_OF.items()
        }

    @property
    def env(self) -> dict[str, str]:
        """For processes of the product on this database."""
        urls = self._urls("postgresql")
        return self.house.home.env | {
            "DATABASE_URL": urls["app"],
            "DATABASE_OWNER_URL": urls["owner"],
            "DATABASE_REPORT_URL": urls["report"],
            "REDIS_URL": self.house.redis_url,
            "ZALO_BASE_URL": self.house.provider.base_url,
        }

    def drop(self) -> None:
        with self.app.app_context():
            let_go()
        with psycopg.connect(self.house.address("postgres"), autocommit=True) as server:
            server.execute(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def renew(self) -> None:
        """Everything waits again, and an empty Redis has been told of it as after a commit."""
        self._redis.flushall()
        self.lay()

    def lay(self) -> None:
        """Everything waits again, and Redis has been told of it."""
        with psycopg.connect(self.admin, autocommit=True) as open_db:
            if open_db.execute(crowd.AGAIN).rowcount:
                open_db.execute("VACUUM ANALYZE message")
            open_db.execute("CHECKPOINT")
        self._wake()

    def rest(self) -> None:
        """Nothing waits, and Redis knows of nothing."""
        self._redis.flushall()
        with psycopg.connect(self.admin, autocommit=True) as open_db:
            open_db.execute("UPDATE message SET state = 'sent' WHERE state <> 'sent'")

    def owe_again(self) -> None:
        """The same for workers that go on: nothing is tidied up, and what Redis knows stays."""
        with psycopg.connect(self.admin, autocommit=True) as open_db:
            open_db.execute(crowd.AGAIN)
        self._wake()

    def _wake(self) -> None:
        with self.app.app_context():
            wake_everywhere()

    @property
    def _redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.house.redis_url)

    def is_done(self) -> bool:
        """No message waits or is under way."""
        with psycopg.connect(self.admin) as open_db:
            (found,) = open_db.execute(
                "SELECT EXISTS (SELECT FROM message WHERE state = 'queued')"
                " OR EXISTS (SELECT FROM message WHERE state = 'sending')"
            ).fetchone()
        return not found

    def states(self) -> dict[str, int]:
        with psycopg.connect(self.admin) as open_db:
            return dict(open_db.execute("SELECT state, count(*) FROM message GROUP BY state").fetchall())

    def worker_lives(self) -> bool:
        """Some worker has made its first round since Redis was emptied."""
        return bool(self._redis.exists(HEARTBEAT))

    @contextmanager
    def workers(self, count: int) -> Iterator[list[Popen]]:
        """Worker processes of the product, killed at the end."""
        log = self.house.home.settings.var / "log" / f"{self.database}.log"
        argv = [sys.executable, "worker.py"]
        started = [processes.start(argv, env=self.env, cwd=ROOT, log=log) for _ in range(count)]
        try:
            yield started
        finally:
            for one in started:
                processes.end(one)


def let_go() -> None:
    """Close this process' own connections: a database that is copied must have none. Needs an app context."""
    for engine in db.engines.values():
        engine.dispose()


@contextmanager
def house(quick: bool) -> Iterator[House]:
    with rooms.folder("house") as folder:
        home = installed(Path(folder) / "var")
        provider = Provider()
        children.adopt(provider.process)
        try:
            yield House(home, provider, quick)
        finally:
            provider.stop()
            home.tidy()
