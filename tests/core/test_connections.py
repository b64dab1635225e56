"""Whoever waits for PostgreSQL's answer notices within seconds that a cable is cut; `make bench` pulls one."""

import psycopg
import pytest

from motcua.conversation.receiving import writing
from motcua.core import background_loop, reporting
from motcua.core.database import db
from motcua.core.hot_connection import HotConnection

PATIENCE = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def of_the_session(url: str) -> dict[str, str]:
    return db.session.connection().connection.driver_connection.info.get_parameters()


def of_the_reports(url: str) -> dict[str, str]:
    with reporting.connection() as opened:
        return opened.connection.driver_connection.info.get_parameters()


def of_a_drain(url: str) -> dict[str, str]:
    hot = HotConnection(url)

    async def opened() -> dict[str, str]:
        async with hot.transaction():
            found = hot._connection.info.get_parameters()
        await hot.close()
        return found

    return background_loop.run(opened())


def of_the_webhooks(url: str) -> dict[str, str]:
    with psycopg.connect(url.replace("+psycopg", ""), **writing.CONNECTION) as opened:
        return opened.info.get_parameters()


@pytest.mark.parametrize("parameters", [of_the_session, of_the_reports, of_a_drain, of_the_webhooks])
def test_it_asks_whether_the_other_side_is_still_there(app, parameters):
    found = parameters(app.config["SETTINGS"].database_urls["app"])

    assert PATIENCE.items() <= found.items()
