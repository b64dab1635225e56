"""`python -m tests.zalo.bench_webhooks`: how long bodies made to be slow keep the webhook's reader busy.

Zalo wants an answer within 2 s and disables slow webhooks; each body should take well under 50 ms.
"""

import contextlib
import statistics
import sys
import time
from collections.abc import Callable

from motcua.zalo.signature import verify
from motcua.zalo.webhooks import WebhookMalformed, parse
from tests.zalo.webhook_bodies import heavy_bodies

ROUNDS = 9


def main() -> None:
    sys.stdout.write(f"{'body':28} {'KB':>7} {'parse ms':>9} {'verify ms':>10}\n")
    for kind, (raw, _accepted) in heavy_bodies().items():
        parsed = _median_ms(lambda raw=raw: _parse(raw))
        verified = _median_ms(lambda raw=raw: verify(raw, "a" * 64, "1", "1", ["s"]))
        sys.stdout.write(f"{kind:28} {len(raw) // 1024:7} {parsed:9.2f} {verified:10.2f}\n")


def _parse(raw: bytes) -> None:
    with contextlib.suppress(WebhookMalformed):
        parse(raw)


def _median_ms(do: Callable[[], object]) -> float:
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        do()
        spans.append((time.perf_counter() - began) * 1000)
    return statistics.median(spans)


if __name__ == "__main__":
    main()
