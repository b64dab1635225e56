"""This process's open line to Zalo: one kept-alive connection pool for all tenants."""

import asyncio
import threading

import aiohttp
from flask import current_app

from motcua.core import background_loop
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect
from motcua.zalo.hosts import Hosts
from motcua.zalo.pipes import Pipes

CONNECTIONS = 64
TIMEOUT_S = 10.0
# Shorter than servers keep idle connections, so that we rarely write on one that is being closed.
KEEPALIVE_S = 15.0

_lock = threading.Lock()
_clients: dict[Hosts, ZaloClient] = {}


def hosts() -> Hosts:
    base = current_app.config["SETTINGS"].zalo_base_url
    return Hosts.under(base) if base else Hosts.live()


def dialect() -> Dialect:
    """Raises Misconfigured for a setting that no source knows."""
    return Dialect.from_settings(current_app.config["SETTINGS"].zalo_dialect)


def client() -> ZaloClient:
    """Use it only inside `background_loop.run`."""
    where = hosts()
    with _lock:
        if where not in _clients:
            _clients[where] = background_loop.run(_open(where, dialect()))
        return _clients[where]


async def _open(where: Hosts, dialect: Dialect) -> ZaloClient:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEPALIVE_S)
    session = aiohttp.ClientSession(connector=connector)
    pipes = Pipes(idle_s=KEEPALIVE_S)
    return ZaloClient(where, session, timeout_s=TIMEOUT_S, dialect=dialect, pipes=pipes)


def close() -> None:
    """Close what is open; tests and a stopping worker call it."""
    with _lock:
        for one in _clients.values():
            background_loop.run(_close(one))
        _clients.clear()


async def _close(client: ZaloClient) -> None:
    await client.pipes.close()
    await client.session.close()
    await asyncio.sleep(0)
