"""Reading over all provinces at once, as the role that sees every one of them and changes nothing."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Row, TextClause, create_engine
from sqlalchemy.pool import NullPool

from . import roles


def rows(statement: TextClause, words: dict[str, Any]) -> Sequence[Row]:
    """Of one statement. It may be a little behind, where reports are read from a replica.

    For counts and names of provinces: what belongs to a province is read in its own scope. Raises
    SQLAlchemyError where the role's server is away.
    """
    url = current_app.config["SETTINGS"].database_urls["report"]
    # Used once in seconds: a connection kept open would stand in the way of copying or dropping the database.
    engine = create_engine(
        url, connect_args=roles.connect_args("report"), poolclass=NullPool, hide_parameters=True
    )
    with engine.connect() as connection:
        return connection.execute(statement, words).all()
