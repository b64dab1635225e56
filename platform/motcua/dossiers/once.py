"""Idempotency-Key: the same request sent again gets the same answer, and happens once."""

import hashlib
import re
from collections.abc import Callable

from flask import Response, g, jsonify, request
from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Invalid

from .models import AnsweredRequest

KEY = re.compile(r"^[\x21-\x7e]{1,200}$")


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    message = "Idempotency-Key này đã dùng cho một yêu cầu khác. Xin tạo khóa mới cho yêu cầu mới."


def answer_once(work: Callable[[], tuple[dict, int]]) -> Response:
    """Run `work` (it returns body and status), commit, and remember the answer under the request's key.

    A repetition that comes while the first is still running waits for it: both insert the same row.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        body, status = work()
        settle()
        return _response(body, status)
    if not KEY.match(key):
        sentence = "Idempotency-Key phải có 1–200 ký tự ASCII, không dấu cách. Xin dùng UUID."
        raise Invalid(sentence, details={"Idempotency-Key": [sentence]})
    fingerprint = hashlib.sha256(
        f"{request.method} {request.path}\n".encode() + request.get_data()
    ).hexdigest()
    first = db.session.execute(
        insert(AnsweredRequest)
        .values(tenant_id=scope.required(), key=key, fingerprint=fingerprint)
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"])
        .returning(AnsweredRequest.id)
    ).scalar()
    if first is None:
        return _again(key, fingerprint)
    body, status = work()
    db.session.execute(
        db.update(AnsweredRequest).where(AnsweredRequest.id == first).values(status=status, body=body)
    )
    settle()
    return _response(body, status)


def settle() -> None:
    """Keep what was done; for a test key take it all back, so that nothing stays and nobody is told."""
    if g.api_key.is_test:
        db.session.rollback()
    else:
        db.session.commit()


def _again(key: str, fingerprint: str) -> Response:
    answered = db.session.scalars(db.select(AnsweredRequest).where(AnsweredRequest.key == key)).one()
    if answered.fingerprint != fingerprint:
        raise KeyReused
    response = _response(answered.body, answered.status)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _response(body: dict, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
