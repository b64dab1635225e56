"""The bare insert: a loop over one kept connection, every row committed by itself, no web server, no signature.

`python -m tests.bench.intake.bare DSN COUNT FIRST WARMING` inserts so many rows uncounted, says so, waits for a line
on stdin, inserts the others, prints the seconds. The rows are those the webhook stores: every column as long, read
and encrypted beforehand, in the same indexes, under the same conflict rule.
"""

import os
import sys
import time

import psycopg

from motcua.core import crypto
from motcua.core.clock import now
from motcua.zalo import webhooks
from tests.bench.intake.load import SLUG, event
from tests.factories import OA_IDS

INSERT = """
    INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, citizen_index, body_encrypted, received_at,
                               state, tries, next_try_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 'new', 0, %s)
    ON CONFLICT DO NOTHING RETURNING id
"""


def main() -> None:
    dsn, count, first, warming = sys.argv[1], *map(int, sys.argv[2:])
    ring = crypto.Keyring((("k1", os.urandom(32)),))
    rows = [row(ring, number) for number in range(first, first + warming + count)]
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("SELECT set_config('motcua.tenant_id', %s, false)", (SLUG,))
        insert(db, rows[:warming])
        sys.stdout.write("warm\n")
        sys.stdout.flush()
        sys.stdin.readline()
        began = time.perf_counter()
        insert(db, rows[warming:])
        sys.stdout.write(f"{time.perf_counter() - began}")


def row(ring: crypto.Keyring, number: int) -> tuple[str, ...]:
    """What the product would store of that event, but for the moment."""
    raw = event(number)[0]
    read = webhooks.parse(raw)
    return (
        SLUG,
        OA_IDS[SLUG],
        read.event_key,
        read.event_name,
        ring.blind_index(SLUG, "zalo_uid", read.user_for(OA_IDS[SLUG])),
        ring.encrypt(SLUG, "webhook", raw.decode()),
    )


def insert(db: psycopg.Connection, rows: list[tuple[str, ...]]) -> None:
    for one in rows:
        moment = now()
        db.execute(INSERT, (*one, moment, moment))


if __name__ == "__main__":
    main()
