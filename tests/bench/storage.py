"""Bytes a row, indexes included: what a year of messages and webhooks needs."""

import psycopg

from tests.bench.intake.load import SLUG, event
from tests.bench.scenes import House
from tests.factories import OA_IDS

TABLES = ("message", "message_key", "webhook_event")
EVENTS = """
    INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, body_encrypted, received_at, state, tries,
                               next_try_at)
    SELECT %(slug)s, %(oa)s, md5(n::text), 'user_received_message', %(body)s || md5(n::text), now(), 'done', 1, now()
    FROM generate_series(1, %(count)s) AS n
"""
SENT = "UPDATE message SET state = 'delivered', sent_at = now(), delivered_at = now(), zalo_message_id = md5(id::text)"


def storage(house: House) -> dict[str, dict]:
    """Per row: the table alone, its indexes, both; freshly written and packed."""
    count = 5_000 if house.quick else 50_000
    scene = house.scene("storage", tenants=2, messages=count)
    body = "k1:" + "A" * (4 * (len(event(1)[0]) + 28) // 3)
    with psycopg.connect(scene.admin, autocommit=True) as server:
        server.execute(EVENTS, {"slug": SLUG, "oa": OA_IDS[SLUG], "body": body[:-32], "count": count})
        server.execute(SENT)
        for table in TABLES:
            server.execute(f"VACUUM FULL {table}")
        return {table: _sizes(server, table, count) for table in TABLES}


def _sizes(server: psycopg.Connection, table: str, rows: int) -> dict[str, int]:
    row, indexes = server.execute(
        "SELECT pg_table_size(%(t)s::regclass), pg_indexes_size(%(t)s::regclass)", {"t": table}
    ).fetchone()
    return {"row_bytes": row // rows, "index_bytes": indexes // rows, "bytes": (row + indexes) // rows}
