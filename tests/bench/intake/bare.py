"""The bare insert: a loop over one kept connection, every row committed by itself, no web server, no signature.

`python -m tests.bench.intake.bare DSN COUNT FIRST` waits for a line on stdin, inserts, prints the seconds.
The rows are those the webhook stores: the same columns, a body encrypted beforehand, the same conflict rule.
"""

import sys
import time

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.intake.load import SLUG, event
from tests.factories import OA_IDS

INSERT = """
    INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, body_encrypted, received_at, state, tries,
                               next_try_at)
    VALUES (%s, %s, %s, %s, %s, now(), 'new', 0, now())
    ON CONFLICT DO NOTHING RETURNING id
"""


def main() -> None:
    dsn, count, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    box = AESGCM(bytes(32))
    rows = [
        (
            SLUG,
            OA_IDS[SLUG],
            f"bare-{number}",
            "user_send_text",
            "k1:" + box.encrypt(bytes(12), event(number)[0], None).hex(),
        )
        for number in range(first, first + count)
    ]
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute("SELECT set_config('motcua.tenant_id', %s, false)", (SLUG,))
        sys.stdin.readline()
        began = time.perf_counter()
        for row in rows:
            db.execute(INSERT, row)
        sys.stdout.write(f"{time.perf_counter() - began}")


if __name__ == "__main__":
    main()
