"""Measurements of several parts, of which one that fails costs neither the others nor what is done already."""

import re
import sys
import traceback
from collections.abc import Callable


def listed(words: str) -> list[str]:
    """Names with commas or blanks between them, as people write them."""
    return [one for one in re.split(r"[,\s]+", words) if one]


def tried(name: str, run: Callable[[], dict]) -> dict:
    """The part's figures; what happened under `failed`, and the whole story on stderr, where it has none."""
    try:
        return run()
    except Exception as error:  # whatever it is: psycopg's, Redis', HTTP's
        sys.stderr.write(f"\n  {name} failed:\n{traceback.format_exc()}")
        return {"failed": f"{type(error).__name__}: {error}"}


def failures(figures: dict) -> list[str]:
    """Names of the parts that failed, however deep the groups."""
    found = [name for name, row in figures.items() if isinstance(row, dict) and _has_failed(row)]
    for group in figures.values():
        found += failures(group) if isinstance(group, dict) else []
    return found


def _has_failed(row: dict) -> bool:
    return isinstance(row.get("failed"), str)  # a number is a count, of webhooks for one
