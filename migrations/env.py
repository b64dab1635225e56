"""Alembic's entry: migrations run as the owner role, one migrator at a time."""

from alembic import context
from sqlalchemy import create_engine

from motcua import tables
from motcua.boot import boot
from motcua.core import migrating, roles

settings = context.config.attributes.get("settings") or boot(migrate=False)
engine = create_engine(settings.database_urls["owner"], connect_args=roles.connect_args("owner"))
with engine.connect() as connection:
    migrating.run(connection, context.config, context, tables.metadata)
engine.dispose()
