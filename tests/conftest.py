"""Real services for every test: PostgreSQL and Redis as the project itself starts them.

One database a test worker, made once and emptied between tests; one Redis database a test worker.
"""

import contextvars
import dataclasses
import os
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from motcua.accounts import passwords
from motcua.app import create_app
from motcua.applying import apply_national
from motcua.boot import embedded_urls
from motcua.conversation import shifts
from motcua.conversation.receiving import intake
from motcua.core import collecting, crypto, migrating, queue, roles
from motcua.core.clock import now
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.embedded import services
from motcua.messaging.dispatch import serving
from tests import factories, opened_page
from tests.factories import make_api_key, make_province
from tests.resetting import Resetting
from tests.simulated import Simulator

pytest_plugins = ["tests.browsing", "tests.installing", "tests.sharing_out"]

ROOT = Path(__file__).resolve().parents[1]
# A real password takes its half second.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """The modules and the tests stay to the end: the garbage collector need not look through them again and again."""
    with collecting.paused():
        return (yield)


@pytest.fixture(scope="session")
def worker_number() -> int:
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(name.removeprefix("gw"))


@pytest.fixture(scope="session")
def servers() -> tuple[Settings, str]:
    """Settings over running servers, and the libpq address of a superuser's login."""
    os.environ.setdefault("MOTCUA_EMBEDDED_FSYNC", "off")
    given = Settings.from_env(dict(os.environ) | {"MOTCUA_VAR": str(ROOT / "var" / "test")})
    needs = [part for part, url in (("postgres", given.database_urls), ("redis", given.redis_url)) if not url]
    endpoints = services.ensure(given.var, need=needs) if needs else None
    if given.database_urls:
        admin, urls = roles.libpq_url(given.database_urls["owner"]), given.database_urls
    else:
        admin, urls = endpoints.postgres_dsn_admin, embedded_urls(endpoints, "postgres")
    return given.with_services(urls, given.redis_url or endpoints.redis_url), admin


@pytest.fixture(scope="session")
def admin_url(servers) -> str:
    return servers[1]


@pytest.fixture(scope="session")
def settings(servers, worker_number) -> Settings:
    """Settings over a fresh, migrated database of this test worker's own."""
    given, admin = servers
    name = f"motcua_test_{worker_number}"
    urls = {
        role: make_url(url).set(database=name).render_as_string(hide_password=False)
        for role, url in given.database_urls.items()
    }
    redis_url = given.redis_url.split("?")[0] + f"?db={worker_number + 1}"
    _drop(admin, name)
    roles.prepare_server(admin, name)
    fresh = given.with_services(urls, redis_url)
    migrating.upgrade(fresh)
    yield fresh
    _drop(admin, name)


def _drop(admin_url: str, name: str) -> None:
    engine = create_engine(
        make_url(admin_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def shared_app(settings, worker_number):
    # Files of exports are kept beside the servers' own: two workers at once have provinces of the same name.
    app = create_app(dataclasses.replace(settings, var=settings.var / f"worker-{worker_number}"))
    app.config["TESTING"] = True
    app.test_client_class = OwnContextClient
    yield app
    intake.storing_of(app).close()
    serving.close()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    queue.connection().connection_pool.disconnect()


@pytest.fixture(scope="session")
def owner_engine(settings):
    engine = create_engine(settings.database_urls["owner"], connect_args=roles.connect_args("owner"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def report_engine(settings):
    """Sees every province's rows."""
    engine = create_engine(settings.database_urls["report"], connect_args=roles.connect_args("report"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def resetting(shared_app, settings, admin_url):
    """Empties the tables, and knows the two provinces that most tests begin with."""
    address = make_url(admin_url).set(database=make_url(settings.database_urls["owner"]).database)
    running = Resetting(address.render_as_string(hide_password=False))
    with shared_app.app_context():
        for slug in ("binh-thuan", "da-nang"):
            made_at = now()
            make_province(slug)
            running.keep(slug, made_at)
        db.session.remove()
    yield running
    running.close()


@pytest.fixture
def app(shared_app, resetting, monkeypatch):
    """The application in its context, over empty tables and an empty Redis."""
    # On a busy machine an ordinary event may be slow; a test that reads the inbox waits until it is done.
    monkeypatch.setattr(shifts, "GIVE_WAY_S", 60.0)
    monkeypatch.setattr(passwords, "_hasher", QUICK_HASHER)
    monkeypatch.setattr(factories, "put_back", resetting.put_back)
    resetting.empty()
    queue.use(shared_app.config["SETTINGS"].redis_url)
    crypto.use(shared_app.config["SETTINGS"].encryption_keys)
    queue.connection().flushdb()
    if "motcua_indexes" in shared_app.extensions:
        shared_app.extensions["motcua_indexes"].forget_tenants()
    with shared_app.app_context():
        yield shared_app
        db.session.remove()


@pytest.fixture(scope="session")
def national(shared_app):
    """The real national catalogue, loaded once."""
    with shared_app.app_context():
        apply_national(ROOT / "tenants" / "_national")


@pytest.fixture(scope="session")
def simulator():
    """The simulated Zalo, one process a test worker; a test that uses it resets it first."""
    running = Simulator()
    yield running
    running.stop()


@pytest.fixture
def two_provinces(app, national):
    make_province("binh-thuan")
    make_province("da-nang")


@pytest.fixture
def province(app, national):
    """One province, in its scope."""
    make_province("binh-thuan")
    with tenant_scope("binh-thuan"):
        yield "binh-thuan"


@pytest.fixture
def api(two_provinces, app):
    """The API as the one-stop system of each province calls it: `api["da-nang"].get("/api/v1/…")`."""
    return {slug: ApiClient(app.test_client(), make_api_key(slug)) for slug in ("binh-thuan", "da-nang")}


class OwnContextClient(FlaskClient):
    """Each request in a context of its own, as under a real server: nothing of the test's leaks in.

    Every page it gets is looked at (`tests.opened_page`).
    """

    def open(self, *args, **options):
        data = options.get("data")
        if isinstance(data, dict) and any(isinstance(value, tuple) for value in data.values()):
            # Encoded here: for a large file the test client would leave a temporary file open.
            boundary, options["data"] = encode_multipart(
                {
                    name: FileStorage(*value) if isinstance(value, tuple) else value
                    for name, value in data.items()
                }
            )
            options["content_type"] = f'multipart/form-data; boundary="{boundary}"'
        response = contextvars.Context().run(super().open, *args, **options)
        opened_page.check(response)
        return response


class ApiClient:
    """A test client that carries one API key."""

    def __init__(self, client, key: str):
        self.client, self.key = client, key

    def open(self, method: str, path: str, **options):
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options):
        return self.open("GET", path, **options)

    def put(self, path: str, body: dict, **options):
        return self.open("PUT", path, json=body, **options)

    def post(self, path: str, body: dict, **options):
        return self.open("POST", path, json=body, **options)
