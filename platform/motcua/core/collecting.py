"""Python's garbage collector, where a large structure is built that will stay: an index, the product's modules."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def settle() -> None:
    """What this process has made so far stays: the collector looks through it once more and then never again.

    Call it once everything is imported. A worker's first thousands of messages made it walk the half million objects
    of the imported program twice, a quarter of a second in which nothing is sent.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def paused() -> Iterator[None]:
    """No collection while the block runs, and what lives then is never looked through again.

    A search index is a million small objects: the collector would walk them dozens of times while they are
    made (a third of the time), and once in a while in the middle of a request (ten milliseconds).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()
