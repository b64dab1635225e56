"""Real services for every test: PostgreSQL and Redis as the project itself starts them.

One database a test worker, made once and emptied between tests; one Redis database a test worker.
"""

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from motcua import tables
from motcua.app import create_app
from motcua.boot import embedded_urls
from motcua.core import crypto, migrating, queue, roles
from motcua.core.config import Settings
from motcua.core.database import db
from motcua.embedded import services

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def worker_number() -> int:
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(name.removeprefix("gw"))


@pytest.fixture(scope="session")
def settings(worker_number, tmp_path_factory) -> Settings:
    """Settings over a fresh, migrated database of this test worker's own."""
    os.environ.setdefault("MOTCUA_EMBEDDED_FSYNC", "off")
    given = Settings.from_env(dict(os.environ) | {"MOTCUA_VAR": str(ROOT / "var" / "test")})
    name = f"motcua_test_{worker_number}"
    needs = [part for part, url in (("postgres", given.database_urls), ("redis", given.redis_url)) if not url]
    endpoints = services.ensure(given.var, need=needs) if needs else None
    if given.database_urls:
        admin = roles.libpq_url(given.database_urls["owner"])
        urls = {
            role: make_url(url).set(database=name).render_as_string(hide_password=False)
            for role, url in given.database_urls.items()
        }
    else:
        admin, urls = endpoints.postgres_dsn_admin, embedded_urls(endpoints, name)
    redis_url = given.redis_url or endpoints.redis_url
    redis_url = redis_url.split("?")[0] + f"?db={worker_number + 1}"
    _drop(admin, name)
    roles.prepare_server(admin, name)
    fresh = given.with_services(urls, redis_url)
    migrating.upgrade(fresh)
    yield fresh
    db_engines_disposed()
    _drop(admin, name)


def db_engines_disposed() -> None:
    queue.connection().connection_pool.disconnect()


def _drop(admin_url: str, name: str) -> None:
    engine = create_engine(
        make_url(admin_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def shared_app(settings):
    app = create_app(settings)
    app.config["TESTING"] = True
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def owner_engine(settings):
    engine = create_engine(settings.database_urls["owner"], connect_args=roles.connect_args("owner"))
    yield engine
    engine.dispose()


@pytest.fixture
def app(shared_app, owner_engine):
    """The application in its context, over empty tables and an empty Redis."""
    names = ", ".join(
        f'"{table.name}"' for table in tables.metadata.sorted_tables if table.name != "national_procedure"
    )
    with owner_engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    queue.use(shared_app.config["SETTINGS"].redis_url)
    crypto.use(shared_app.config["SETTINGS"].encryption_keys)
    queue.connection().flushdb()
    with shared_app.app_context():
        yield shared_app
        db.session.remove()
