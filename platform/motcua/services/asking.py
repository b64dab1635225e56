"""Asking a service: the form, who may, how often, the data of the day; and nobody waits for what hangs."""

import hashlib
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from motcua.core import counters, scope, throttle
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Forbidden, MotcuaError, TooManyAttempts
from motcua.tenancy import current

from . import data, prepared, running, switching
from .contract import (
    Asker,
    Card,
    Choice,
    Question,
    QuestionRefused,
    Reply,
    Service,
    ServiceUnavailable,
    Source,
)
from .forms import read_form
from .models import ServiceAsked, ServiceDataVersion
from .wording import UNNAMED_SOURCE

OUTCOMES = (
    "match", "choices", "none", "refused", "unavailable", "timed_out", "failed", "busy", "too_many", "level",
)  # fmt: skip
FAILURES = ("unavailable", "timed_out", "failed", "busy")
TIME_LIMITS_S = (0.02, 0.1, 0.5, 2.0, 10.0)
A_TIME_OUT_COUNTS = 4  # failures: three in a row open the circuit

log = structlog.get_logger(__name__)


class LevelTooLow(Forbidden):
    """The service wants to know more surely who asks: `details["level"]`."""

    code = "service_level_too_low"
    message = "Dịch vụ này cần xác nhận ông/bà là ai. Xin mở trong Zalo và chia sẻ số điện thoại."


class TooManyQuestions(TooManyAttempts):
    message = "Ông/bà hỏi nhiều lần trong một phút. Xin đợi một lát rồi hỏi lại."


class ServiceTimedOut(ServiceUnavailable):
    code = "service_timed_out"
    message = "Nguồn dữ liệu chưa trả lời kịp. Xin hỏi lại sau ít phút."


class ServiceFailed(ServiceUnavailable):
    code = "service_failed"
    message = "Dịch vụ này đang gặp lỗi, đã báo người phụ trách. Xin hỏi lại sau."


@dataclass
class Asked:
    """A question on its way."""

    service: Service
    tenant_id: str
    channel: str
    app: Flask
    sources: tuple[Source, ...] = ()  # the data it rests on; for cards that name no source of their own
    work: running.Running[Reply] | None = None
    _then: Callable[["Asked"], bool] | None = None
    _is_settled: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, within_s: float) -> Reply | None:
        """The answer, or None while there is none. Raises QuestionRefused and ServiceUnavailable."""
        return self.work.result() if self.work.wait(within_s) else None

    def when_ready(self, then: Callable[["Asked"], bool]) -> None:
        """Call `then` once the answer or its failure is there, beside the caller and in the tenant's scope.

        It says whether somebody still waited for it.
        """
        with self._lock:
            self._then = then
            if not self._is_settled:
                return
        threading.Thread(target=self._tell, name=f"service-{self.service.code}", daemon=True).start()

    def settle(self, work: running.Running[Reply]) -> bool:
        """False where whoever asked has been told that no answer came."""
        with self._lock:
            self.work, self._is_settled = work, True  # begin() may not have stored it yet: the work was quick
            if self._then is None:
                return True
        return self._tell()

    def _tell(self) -> bool:
        with self.app.app_context(), tenant_scope(self.tenant_id):
            return self._then(self)


def ask(service: Service, values: Mapping[str, str], asker: Asker, on: date | None = None) -> Reply:
    """The answer for the tenant in scope, waited for as long as the service may take. Counts and limits nothing.

    Raises QuestionRefused, LevelTooLow and ServiceUnavailable.
    """
    asked = begin(service, values, asker, on=on)
    reply = asked.reply(service.timeout_s)
    if reply is None:
        note_time_out(asked.tenant_id, service.code)
        raise ServiceTimedOut
    return reply


def try_out(
    service: Service, values: Mapping[str, str], draft: ServiceDataVersion, asker: Asker
) -> tuple[Reply, tuple[Source, ...]]:
    """The answer as if the draft were published, and what it rests on."""
    asked = begin(service, values, asker, on=max(current.today(), draft.valid_from or date.min), draft=draft)
    reply = asked.reply(service.timeout_s)
    if reply is None:
        raise ServiceTimedOut
    return reply, asked.sources


def begin(
    service: Service,
    values: Mapping[str, str],
    asker: Asker,
    *,
    on: date | None = None,
    channel: str = "",
    who: str = "",
    draft: ServiceDataVersion | None = None,
) -> Asked:
    """Start answering beside the caller, for the tenant in scope.

    `channel` "chat" or "page": the question is counted; "": it is not. `who` (an address, a citizen's id) may
    only ask so often. Raises QuestionRefused, LevelTooLow, TooManyQuestions and ServiceUnavailable at once.
    """
    tenant_id = scope.required()
    counted = partial(count_refused, service, tenant_id, channel)
    try:
        values = read_form(service, values)
    except QuestionRefused:
        counted("refused")
        raise
    if asker.level < service.level:
        counted("level")
        raise LevelTooLow(details={"level": service.level})
    _take(service, tenant_id, who, counted)
    day = on or _day_asked(service, values)
    holding = data.in_force(service.code, day, draft) if service.dataset else []
    standing = tuple((version.id, former and former.id) for version, former in holding)
    question = partial(
        Question, values, day, asker, settings=switching.settings_of(service.code), tenant_id=tenant_id
    )
    asked = Asked(service, tenant_id, channel, current_app._get_current_object())
    asked.sources = tuple(_source(version) for version, _ in holding)
    try:
        asked.work = running.start(
            tenant_id,
            service.code,
            partial(_answer, asked, standing, question),
            partial(_settle, asked),
        )
    except running.ServiceBusy:
        counted("busy")
        raise
    return asked


def _source(version: ServiceDataVersion) -> Source:
    return Source(version.document or UNNAMED_SOURCE, version.as_of, is_official=version.is_official)


def _day_asked(service: Service, values: Mapping[str, str]) -> date:
    today = current.today()
    try:
        return service.day_asked(values, today) or today
    except Exception as error:
        log.error("service_failed", service=service.code, error=type(error).__name__, place="day_asked")
        raise ServiceFailed from None


def _answer(
    asked: Asked, standing: tuple[prepared.Standing, ...], question: Callable[..., Question]
) -> Reply:
    service, tenant_id = asked.service, asked.tenant_id
    try:
        with asked.app.app_context(), tenant_scope(tenant_id):
            reply = service.ask(question(data=prepared.of(service, standing)))
    except (QuestionRefused, ServiceUnavailable):
        raise
    except OSError as error:  # a connection refused, reset or timed out
        log.warning("service_source_away", service=service.code, tenant=tenant_id, error=type(error).__name__)
        raise ServiceUnavailable from None
    except (Exception, SystemExit) as error:
        # Not the exception's own words: a plate or a number may stand in them.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "service_failed",
            service=service.code,
            tenant=tenant_id,
            error=type(error).__name__,
            place=f"{place.filename}:{place.lineno}",
        )
        raise ServiceFailed from None
    if not _is_sound(reply):
        log.error("service_failed", service=service.code, tenant=tenant_id, error="no Reply")
        raise ServiceFailed
    return reply


def _is_sound(reply: object) -> bool:
    """Whether a reply can be shown: what a service gives back is not ours."""
    if not isinstance(reply, Reply) or reply.kind not in ("match", "choices", "none"):
        return False
    return all(
        isinstance(card, Card) and isinstance(card.title, str) and all(len(fact) == 2 for fact in card.facts)
        for card in reply.cards
    ) and all(isinstance(one, Choice) and str(one.label).strip() for one in reply.choices)


def _settle(asked: Asked, work: running.Running) -> None:
    """Behind the answer, in its thread: tell whoever asked to be told, and count what they heard."""
    took_s = time.monotonic() - work.began
    outcome = outcome_of(work)
    if outcome in ("unavailable", "match", "choices", "none") and took_s <= asked.service.timeout_s:
        is_ok = outcome != "unavailable"
        throttle.note_results(_circuit(asked.tenant_id, asked.service.code), int(is_ok), int(not is_ok))
    if not asked.settle(work):
        return  # counted as timed out
    with asked.app.app_context():
        _count(asked.service.code, asked.tenant_id, asked.channel, outcome, took_s)


def outcome_of(work: running.Running) -> str:
    """One of OUTCOMES, of work that is done."""
    try:
        return work.result().kind
    except QuestionRefused:
        return "refused"
    except ServiceFailed:
        return "failed"
    except MotcuaError:
        return "unavailable"


def count_refused(service: Service, tenant_id: str, channel: str, outcome: str) -> None:
    """A question that was not passed on to its service."""
    if channel:
        _count_in_redis(service.code, tenant_id, channel, outcome, 0.0)


def note_time_out(tenant_id: str, code: str, channel: str = "", took_s: float = 0.0) -> None:
    """Somebody waited in vain; a few of these and nobody is made to wait for a while."""
    throttle.note_results(_circuit(tenant_id, code), 0, A_TIME_OUT_COUNTS)
    _count(code, tenant_id, channel, "timed_out", took_s)


def _take(service: Service, tenant_id: str, who: str, counted: Callable[[str], None]) -> None:
    buckets = []
    if who:
        # An address or an id must not stand in Redis as it is.
        digest = hashlib.sha256(f"{tenant_id}/{who}".encode()).hexdigest()[:20]
        buckets.append(throttle.Bucket(f"service:{service.code}:{digest}", service.per_minute))
    grant = throttle.take(buckets, [_circuit(tenant_id, service.code)], 1)
    if grant.count:
        return
    if grant.reason == "circuit_open":
        counted("unavailable")
        raise ServiceUnavailable
    counted("too_many")
    raise TooManyQuestions(details={"retry_after_s": max(1, round(grant.wait_s + 0.5))})


def _circuit(tenant_id: str, code: str) -> str:
    return f"service:{tenant_id}:{code}"


def _count(code: str, tenant_id: str, channel: str, outcome: str, took_s: float) -> None:
    """One line for the log, one row for the console, one count for Prometheus; no word of the question in any."""
    if not channel:
        return
    _count_in_redis(code, tenant_id, channel, outcome, took_s)
    took_ms = round(took_s * 1000)
    try:
        with current_app.app_context(), tenant_scope(tenant_id):  # a session of its own
            db.session.add(ServiceAsked(service=code, channel=channel, outcome=outcome, took_ms=took_ms))
            db.session.commit()
    except SQLAlchemyError as error:
        log.warning("service_question_not_kept", error=type(error).__name__)


def _count_in_redis(code: str, tenant_id: str, channel: str, outcome: str, took_s: float) -> None:
    took_ms = round(took_s * 1000)
    log.info(
        "service_asked", service=code, tenant=tenant_id, channel=channel, outcome=outcome, took_ms=took_ms
    )
    within = next((f"{limit:g}" for limit in TIME_LIMITS_S if took_s <= limit), "+Inf")
    counters.add(
        {
            ("service", f"{tenant_id}|{code}|{outcome}"): 1,
            ("service_time", f"{tenant_id}|{code}|{within}"): 1,
            ("service_ms", f"{tenant_id}|{code}"): took_ms,
        }
    )
