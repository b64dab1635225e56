"""Bringing the tables up to date: one migrator at a time, never waiting long for a lock."""

import time

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from . import roles
from .config import Settings

ASK_AGAIN_S = 0.2


def alembic_config(settings: Settings) -> Config:
    config = Config()
    config.set_main_option("script_location", str(settings.home / "migrations"))
    config.attributes["settings"] = settings
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    if revision != "head" or not is_current(settings):
        command.upgrade(alembic_config(settings), revision)


def downgrade(settings: Settings, revision: str) -> None:
    command.downgrade(alembic_config(settings), revision)


def prepare_and_upgrade(settings: Settings, revision: str = "head") -> None:
    """For a database of the operator's own: the three roles and their rights first, then the tables."""
    roles.prepare_server(roles.libpq_url(settings.database_urls["owner"]))
    upgrade(settings, revision)


def is_current(settings: Settings) -> bool:
    engine = create_engine(settings.database_urls["owner"], connect_args=roles.connect_args("owner"))
    with engine.connect() as connection:
        heads = set(ScriptDirectory.from_config(alembic_config(settings)).get_heads())
        found = set(MigrationContext.configure(connection).get_current_heads())
    engine.dispose()
    return heads == found


def run(connection, config: Config, context, metadata) -> None:
    """What migrations/env.py does online."""
    _wait_for_turn(connection)
    try:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            connection.execute(text("SET lock_timeout = '1s'"))
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(hashtext('motcua migrations'))"))
        connection.commit()


def _wait_for_turn(connection) -> None:
    """Ask again and again: whoever waits inside a statement holds a snapshot, for whose end the other migrator's
    CREATE INDEX CONCURRENTLY waits in turn."""
    while True:
        is_ours = connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('motcua migrations'))"))
        connection.commit()
        if is_ours:
            return
        time.sleep(ASK_AGAIN_S)
