"""Ten thousand changes in one request, answered line by line while they are stored."""

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import IO

from flask import Flask
from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope

from . import changes, chunk, lines
from .models import BatchChunk

LINES_AT_ONCE = 200
MOST_TEST_LINES = 1000  # of a test key: one long transaction that holds back everybody's clean-up
NAME = re.compile(r"^[!-~]{1,200}$")


def answers(
    app: Flask, tenant_id: str, file: IO[bytes], batch: str | None, *, is_test: bool
) -> Iterator[bytes]:
    """The answers of the body in `file`, some lines at a time, each after its lines were committed.

    With the name of a `batch`, lines that were answered under this name are answered with the same words again.
    `is_test`: all is done in one transaction, which is rolled back at the end.
    """
    with file:
        pieces = _pieces(file)
        if is_test:
            yield from _rehearsed(app, tenant_id, pieces)
            return
        for piece in pieces:
            # The server may ask for each piece from another thread: no context stays open in between.
            with app.app_context(), tenant_scope(tenant_id):
                text = _remembered(batch, piece) if batch else _stored(piece)
            yield text


def _pieces(file: IO[bytes]) -> Iterator[list[lines.RawLine]]:
    rest = lines.read(file)
    while piece := list(itertools.islice(rest, LINES_AT_ONCE)):
        yield piece


def _stored(piece: list[lines.RawLine]) -> bytes:
    text = _taken(piece)
    db.session.commit()
    return text


def _taken(piece: list[lines.RawLine], *, lock: bool = True) -> bytes:
    return _ndjson(chunk.take([changes.parse(line) for line in piece], lock=lock)).encode()


def _remembered(batch: str, piece: list[lines.RawLine]) -> bytes:
    digest = hashlib.sha256(b"\n".join((line.content or b"").strip() for line in piece)).hexdigest()

    def work() -> list[dict]:
        return chunk.take([changes.parse(line) for line in piece])

    return remembered(batch, piece[0].number, digest, work).encode()


def remembered(batch: str, first_line: int, digest: str, work: Callable[[], list[dict]]) -> str:
    """The answers to some lines as NDJSON: from the record, or those of `work`, stored with what it did; commits."""
    known = db.session.scalar(
        db.select(BatchChunk.answers).where(
            BatchChunk.batch == batch, BatchChunk.first_line == first_line, BatchChunk.digest == digest
        )
    )
    if known is not None:
        return known
    text = _ndjson(work())
    values = {"digest": digest, "answers": text, "created_at": now()}
    statement = insert(BatchChunk).values(
        tenant_id=scope.required(), batch=batch, first_line=first_line, **values
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "batch", "first_line"], set_=values)
    )
    db.session.commit()
    return text


def _ndjson(results: list[dict]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in results)


def _rehearsed(app: Flask, tenant_id: str, pieces: Iterator[list[lines.RawLine]]) -> Iterator[bytes]:
    with app.app_context(), tenant_scope(tenant_id):
        said = []
        for piece in pieces:
            said.append(_taken(piece, lock=False))
            db.session.expunge_all()
        db.session.rollback()
    yield from said
