"""`/healthz`, `/readyz`, `/metrics`: for load balancers and Prometheus, without any tenant's data."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from motcua.core import counters
from motcua.core.database import db
from motcua.core.queue import connection
from motcua.messaging.pace import backlog, rates
from motcua.services.asking import TIME_LIMITS_S
from motcua.sweeper import HEARTBEAT

bp = Blueprint("health", __name__)

READY = Gauge("motcua_ready", "1 while this part answers", ["part"])
COUNTED = {
    "webhook": CounterMetricFamily("motcua_webhooks", "Webhooks received", labels=["result"]),
    "webhook_unknown_event": CounterMetricFamily(
        "motcua_webhook_unknown_events", "Webhook events of a name we do not know", labels=["event"]
    ),
    "service": CounterMetricFamily(
        "motcua_service_questions",
        "Questions to extra services, by what came of them",
        labels=["tenant", "service", "outcome"],
    ),
}


class SharedCounts(Collector):
    """What all processes counted together (`core.counters`)."""

    def describe(self):
        return []  # nothing is known before Redis is

    def collect(self):
        try:
            found = counters.counts()
        except RedisError:
            return
        for what, family in COUNTED.items():
            family.samples.clear()
            for (kind, name), number in sorted(found.items()):
                if kind == what:
                    family.add_metric(name.split("|") if what == "service" else [name], number)
            yield family
        yield service_times(found)


def service_times(found: dict[tuple[str, str], int]) -> HistogramMetricFamily:
    """How long extra services took, from the counts of `motcua.services.asking`."""
    family = HistogramMetricFamily(
        "motcua_service_answer_seconds", "Time until a service answered", labels=["tenant", "service"]
    )
    for name in sorted(name for what, name in found if what == "service_ms"):
        total, buckets = 0, []
        for limit in (*(f"{one:g}" for one in TIME_LIMITS_S), "+Inf"):
            total += found.get(("service_time", f"{name}|{limit}"), 0)
            buckets.append((limit, total))
        family.add_metric(name.split("|"), buckets, found["service_ms", name] / 1000)
    return family


class Deliveries(Collector):
    """What waits and what went, per tenant and lane; the busiest are named, see `messaging.pace.rates`."""

    def describe(self):
        return []

    def collect(self):
        labels = ["tenant", "lane"]
        waiting = GaugeMetricFamily(
            "motcua_messages_waiting", "Messages due (counted to 10000)", labels=labels
        )
        oldest = GaugeMetricFamily(
            "motcua_oldest_message_seconds", "How long one has been due", labels=labels
        )
        handled = CounterMetricFamily(
            "motcua_messages", "Messages by what became of them", labels=[*labels, "outcome"]
        )
        try:
            for one in backlog.backlogs():
                waiting.add_metric([one.tenant_id, one.lane], one.waiting)
                oldest.add_metric([one.tenant_id, one.lane], one.oldest_s)
            for names, number in sorted(rates.totals().items()):
                handled.add_metric(names, number)
        except (RedisError, SQLAlchemyError):
            return
        yield from (waiting, oldest, handled)


REGISTRY.register(SharedCounts())
REGISTRY.register(Deliveries())


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
        # That it is there is the answer, by Redis' clock: what it says is a worker's time, on another host.
        workers = bool(connection().exists(HEARTBEAT))
        redis = True
    except RedisError:
        workers = redis = False
    return {"database": database, "redis": redis, "workers": workers}
