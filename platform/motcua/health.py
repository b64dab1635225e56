"""`/healthz`, `/readyz`, `/metrics`: for load balancers and Prometheus, without any tenant's data."""

import time

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from motcua.core.database import db
from motcua.core.queue import connection
from motcua.sweeper import HEARTBEAT, HEARTBEAT_TTL_S

bp = Blueprint("health", __name__)

READY = Gauge("motcua_ready", "1 while this part answers", ["part"])


@bp.get("/healthz")
def healthz():
    return {"ok": True}


@bp.get("/readyz")
def readyz():
    parts = check()
    return {"ok": all(parts.values()), "parts": parts}, 200 if all(parts.values()) else 503


@bp.get("/metrics")
def metrics():
    for part, works in check().items():
        READY.labels(part).set(works)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def check() -> dict[str, bool]:
    """database, redis, workers: does each answer now?"""
    try:
        db.session.execute(text("SELECT 1 FROM tenant LIMIT 1"))
        database = True
    except SQLAlchemyError:
        database = False
    finally:
        db.session.rollback()
    try:
        beat = connection().get(HEARTBEAT)
        redis = True
    except RedisError:
        beat, redis = None, False
    return {
        "database": database,
        "redis": redis,
        "workers": bool(beat and time.time() - float(beat) < HEARTBEAT_TTL_S),
    }
