"""Migrations go up and down, on empty tables and on full ones, and end where the models are."""

import contextvars
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from motcua import tables
from motcua.app import create_app
from motcua.applying import apply_national
from motcua.catalogue import editing, lookup
from motcua.cli import main
from motcua.core import migrating, roles
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from tests.catalogue.sheets import TITLES, applied, row, xlsx
from tests.factories import (
    TENANTS,
    event_body,
    make_api_key,
    make_citizen,
    make_dossier,
    make_province,
    make_staff,
)

REVISIONS = sorted(file.stem[:4] for file in (TENANTS.parent / "migrations" / "versions").glob("*.py"))
# As the outbox wrote it before there were keys.
OWED_BEFORE = """
    INSERT INTO message (tenant_id, lane, event, citizen_id, content, dedupe_key, state, created_at, next_attempt_at,
        expires_at, attempts, channels_refused)
    SELECT tenant_id, lane, event, citizen_id, content, dedupe_key || :change, state, now(), now(), now(), 0, '[]'
    FROM message
    ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
"""
# Of this month and of the last: what has left or is about to, and what has not.
THIS_MONTH = "SELECT CAST(date_trunc('month', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') AS date)"
LIMITED = """
    INSERT INTO tenant (id, status, settings, settings_digest, applied_at)
    VALUES (:slug, 'live', CAST(:plan AS jsonb), '', now())
"""
DAYS = f"""
    INSERT INTO fact_message (tenant_id, day, event, lane, channel, state, messages, paid, cost_vnd)
    SELECT :slug, ({THIS_MONTH}) + given.day, 'help', 'urgent', '', state, messages, 0, 0
    FROM (VALUES (0, 'sent', 7), (0, 'uncertain', 2), (0, 'failed', 5), (1, 'seen', 3), (-1, 'sent', 90))
        AS given(day, state, messages)
"""


@pytest.fixture
def other_database(settings, admin_url):
    """A database of its own, so that going down disturbs nobody."""
    name = make_url(settings.database_urls["owner"]).database + "_migrations"
    engine = create_engine(
        make_url(admin_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    roles.prepare_server(admin_url, name)
    urls = {
        role: make_url(url).set(database=name).render_as_string(hide_password=False)
        for role, url in settings.database_urls.items()
    }
    yield settings.with_services(urls, settings.redis_url)
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def test_the_tables_end_where_the_models_are(owner_engine):
    with owner_engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert difference == []


def test_up_and_down_and_up_again_on_empty_tables(other_database):
    migrating.upgrade(other_database)
    migrating.downgrade(other_database, "base")
    migrating.upgrade(other_database)

    assert migrating.is_current(other_database)


def test_each_step_down_and_up_on_full_tables(other_database):
    migrating.upgrade(other_database)
    contextvars.Context().run(live_in, other_database)
    engine = create_engine(other_database.database_urls["owner"], connect_args=roles.connect_args("owner"))
    with engine.begin() as connection:
        fill(connection)
        connection.execute(text("SELECT set_config('motcua.tenant_id', 'binh-thuan', true)"))
        assert connection.scalar(text("SELECT count(*) FROM citizen")) == 200

    for revision in [*reversed(REVISIONS[:-1]), "base"]:
        migrating.downgrade(other_database, revision)
    migrating.upgrade(other_database)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM tenant")) == 0
    engine.dispose()


def test_what_the_older_tables_knew_of_the_catalogue_is_the_folders_layer_afterwards(other_database):
    migrating.upgrade(other_database)
    contextvars.Context().run(live_in, other_database)

    migrating.downgrade(other_database, "0008")
    migrating.upgrade(other_database)

    found, unknown, searchable, in_2020 = contextvars.Context().run(look_again, other_database)
    assert found.overrides == {"fee": "20.000 đồng"}
    assert {one.name: one.source for one in found.fields}["fee"] == "folder"
    assert unknown is None  # the older tables have no place for it
    assert searchable == ["1.000894"]
    assert in_2020.name == "Thủ tục đăng ký kết hôn"


def test_processes_of_before_owe_messages_until_their_index_goes(other_database):
    migrating.upgrade(other_database, "0087")
    engine = create_engine(other_database.database_urls["owner"], connect_args=roles.connect_args("owner"))
    with engine.begin() as connection:
        fill(connection)
    migrating.upgrade(other_database, "0088")

    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('motcua.tenant_id', 'binh-thuan', true)"))
        again, fresh = (
            connection.execute(text(OWED_BEFORE), {"change": change}).rowcount for change in ("", "-1")
        )
        keys = set(connection.execute(text("SELECT id, dedupe_key, created_at FROM message_key")))
        messages = set(connection.execute(text("SELECT id, dedupe_key, created_at FROM message")))
    engine.dispose()

    assert (again, fresh) == (0, 200)
    assert keys == messages and len(keys) == 400


def test_the_running_month_of_a_limit_begins_with_what_the_days_facts_know(other_database):
    migrating.upgrade(other_database, "0094")
    engine = create_engine(other_database.database_urls["owner"], connect_args=roles.connect_args("owner"))
    with engine.begin() as connection:
        for slug, messages_per_month in (("binh-thuan", "100"), ("da-nang", "null"), ("hue", "100")):
            words = {"slug": slug, "plan": f'{{"plan": {{"messages_per_month": {messages_per_month}}}}}'}
            connection.execute(text(LIMITED), words)
        for slug in ("binh-thuan", "da-nang"):
            connection.execute(text("SELECT set_config('motcua.tenant_id', :slug, true)"), {"slug": slug})
            connection.execute(text(DAYS), {"slug": slug})
    migrating.upgrade(other_database, "0095")

    kept = {}
    with engine.begin() as connection:
        for slug in ("binh-thuan", "da-nang", "hue"):
            connection.execute(text("SELECT set_config('motcua.tenant_id', :slug, true)"), {"slug": slug})
            kept[slug] = connection.execute(
                text(f"SELECT month = ({THIS_MONTH}), messages FROM plan_use")
            ).all()
    engine.dispose()

    assert kept == {"binh-thuan": [(True, 12)], "da-nang": [], "hue": [(True, 0)]}


def test_an_operator_upgrades_no_further_than_to_a_revision(other_database, monkeypatch):
    for role, name in (
        ("app", "DATABASE_URL"),
        ("owner", "DATABASE_OWNER_URL"),
        ("report", "DATABASE_REPORT_URL"),
    ):
        monkeypatch.setenv(name, other_database.database_urls[role])
    monkeypatch.setenv("REDIS_URL", other_database.redis_url)

    assert CliRunner().invoke(main, ["db", "upgrade", "0003"]).output == "Xong.\n"
    assert not migrating.is_current(other_database)
    assert CliRunner().invoke(main, ["db", "upgrade"]).output == "Xong.\n"
    assert migrating.is_current(other_database)


def look_again(settings) -> tuple:
    """(one procedure, another, the codes that can be found, the first's version of 2020) of the province."""
    app = create_app(settings)
    with app.app_context():
        with tenant_scope("da-nang"):
            found = lookup.find_procedure("1.000894")
            unknown = lookup.find_procedure("9.000001")
            searchable = [row.code for row in lookup.searchable("da-nang")]
        in_2020 = lookup.version_at("1.000894", date(2020, 1, 1))
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    return found, unknown, searchable, in_2020


def live_in(settings) -> None:
    """A province as it is in use: a citizen, a dossier with its events, a key, an officer."""
    app = create_app(settings)
    with app.app_context():
        apply_national(TENANTS / "_national")
        make_province("da-nang")
        make_api_key("da-nang")
        make_staff("da-nang")
        with tenant_scope("da-nang"):
            make_citizen(phone="84912345678")
            intake.add_event(make_dossier().code, EventIn().load(event_body(9)))
            db.session.commit()
            editing.edit("1.000894", {"fee": "20000"}, "Phạm Thu Hà")
            applied(xlsx([TITLES, row("9.000001", note="Ghi nhớ")]))
            assert db.session.scalar(text("SELECT count(*) FROM message")) == 2
        for engine in db.engines.values():
            engine.dispose()


def fill(connection) -> None:
    connection.execute(
        text(
            "INSERT INTO tenant (id, status, settings, settings_digest, applied_at)"
            " VALUES ('binh-thuan', 'live', '{}', '', now())"
        )
    )
    connection.execute(text("SELECT set_config('motcua.tenant_id', 'binh-thuan', true)"))
    connection.execute(
        text(
            "INSERT INTO citizen (tenant_id, oa_id, uid_index, uid_encrypted, is_follower, dialogue, created_at,"
            " language, topics) SELECT 'binh-thuan', '1', n::text, 'x', true, '{}', now(), 'vi', '[]'"
            " FROM generate_series(1, 200) n"
        )
    )
    connection.execute(
        text(
            "INSERT INTO message (tenant_id, lane, event, citizen_id, content, dedupe_key, state, created_at,"
            " next_attempt_at, expires_at, attempts, channels_refused) SELECT"
            " tenant_id, 'urgent', 'help', id, '{}', id::text, 'queued', now(), now(), now(), 0, '[]' FROM citizen"
        )
    )
    connection.execute(
        text(
            "INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, body_encrypted, received_at, state,"
            " tries, next_try_at) SELECT tenant_id, '1', id::text, 'follow', 'x', now(), 'new', 0, now() FROM citizen"
        )
    )
