"""What every peer does for one message: the same request to the same provider, then the same row marked sent.

Connections are kept alive and shared, the row is marked in one trip to PostgreSQL under row security. The peers
get recipient and words in the task: they neither claim nor render, and keep no rate limit.
"""

import json
import os
import queue
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import requests
from requests.adapters import HTTPAdapter

PATH = "/openapi/v3.0/oa/message/cs"
FIRST_UID = 7_100_000_000_000_000_000
MARK = (
    "UPDATE message SET state = 'sent', sent_at = now(), zalo_message_id = %s"
    " WHERE tenant_id = %s AND id = %s AND state = 'queued'"
)
SCOPE = "SELECT set_config('motcua.tenant_id', %s, true)"

_idle: queue.LifoQueue = queue.LifoQueue()
_session: requests.Session | None = None


def url() -> str:
    return os.environ["BENCH_PROVIDER"] + PATH


def database() -> str:
    return os.environ["BENCH_DATABASE"]


def redis_socket() -> str:
    """Path of the unix socket."""
    return os.environ["BENCH_REDIS"]


def body(uid: str, text: str) -> dict:
    return {"recipient": {"user_id": uid}, "message": {"text": text}}


def send(tenant_id: str, message_id: int, uid: str, text: str) -> str:
    answer = _http().post(url(), json=body(uid, text), headers={"access_token": "a token"}, timeout=10)
    zalo_id = answer.json()["data"]["message_id"]
    with _connection() as db, db.pipeline():
        db.execute(SCOPE, (tenant_id,))
        db.execute(MARK, (zalo_id, tenant_id, message_id))
        db.commit()
    return zalo_id


def waiting(count: int) -> list[tuple[str, int, str, str]]:
    """(tenant, id, recipient, words) of messages that wait; `BENCH_ADMIN` sees every province."""
    with psycopg.connect(os.environ["BENCH_ADMIN"]) as db:
        rows = db.execute(
            "SELECT tenant_id, id, content->'consultation'->>'text' FROM message WHERE state = 'queued'"
            " ORDER BY id LIMIT %s",
            (count,),
        ).fetchall()
    return [(tenant_id, number, str(FIRST_UID + number), text) for tenant_id, number, text in rows]


def fill(enqueue: Callable[[list[tuple[str, int, str, str]]], None]) -> None:
    """What the `main` of each peer does: put as many tasks into its queue as the command line says."""
    enqueue(waiting(int(sys.argv[1])))


def _http() -> requests.Session:
    global _session
    if _session is None:
        session = requests.Session()
        session.mount("http://", HTTPAdapter(pool_maxsize=128))
        session.trust_env = False
        _session = session
    return _session


@contextmanager
def _connection() -> Iterator[psycopg.Connection]:
    try:
        db = _idle.get_nowait()
    except queue.Empty:
        db = psycopg.connect(database())
    yield db
    _idle.put(db)


def as_bytes(uid: str, text: str) -> bytes:
    return json.dumps(body(uid, text), ensure_ascii=False).encode()
