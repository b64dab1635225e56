"""Asking the tenant in scope's index, and the sample questions by which a change is judged."""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flask import current_app

from motcua.core import scope

from . import indexes
from .search import Answer, ProcedureIndex
from .vocabulary import Entry


def ask(line: str) -> Answer:
    return of_tenant().search(line)


def of_tenant() -> ProcedureIndex:
    return indexes.tenant_index(scope.required())


def with_own_words(words: Iterable[Entry]) -> ProcedureIndex:
    """The same with another list of the province's own words, to try them out."""
    return indexes.with_own_words(scope.required(), words)


def sample_questions() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(question, codes that answer it) of `_national/questions.csv`: real questions of citizens."""
    return _samples(current_app.config["SETTINGS"].home / "tenants" / "_national" / "questions.csv")


@cache
def _samples(file: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(
            (row["query"], tuple(row["codes"].split())) for row in csv.DictReader(rows) if row["codes"]
        )
