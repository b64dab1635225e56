"""Reading over all provinces at once, as the role that may and that changes nothing. For the vendor's totals only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from . import roles

STATEMENT_LIMIT_MS = 5000


@contextmanager
def connection() -> Iterator[Connection]:
    """One read-only transaction. A question that takes longer than STATEMENT_LIMIT_MS fails."""
    with _engine().connect() as opened:
        opened.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_LIMIT_MS}"))
        opened.execute(text("SET TRANSACTION READ ONLY"))
        yield opened


def rows(statement: str, **words: Any) -> list[Any]:
    with connection() as opened:
        return list(opened.execute(text(statement), words).all())


def _engine() -> Engine:
    # Asked by few people now and then: a pool would only hold connections that workers need.
    if "motcua_reporting" not in current_app.extensions:
        url = current_app.config["SETTINGS"].database_urls["report"]
        current_app.extensions["motcua_reporting"] = create_engine(
            url, connect_args=roles.connect_args("report"), poolclass=NullPool, hide_parameters=True
        )
    return current_app.extensions["motcua_reporting"]
