"""Telling subscribers what a service's newly published data mean for their commune, once."""

from collections.abc import Iterator
from datetime import timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert

from motcua.catalogue import communes
from motcua.citizens.models import Citizen, Consent
from motcua.citizens.persons import person_key
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.outbox import Owed, owe_all
from motcua.messaging.wording import texts
from motcua.services import data, switching
from motcua.services.contract import News, Service, Topic
from motcua.tenancy import current
from motcua.zalo.messages import QueryHide, TextMessage

from .models import ServiceNews, ServiceNewsMark

TELL = "motcua.subscriptions.telling.tell"
EVENT = "service_news"
PAGE = 1000
MOST_LINES = 12
LONGEST = timedelta(days=2)
NEVER_FORGOTTEN = timedelta(days=60)

log = structlog.get_logger(__name__)


# True of a tenant where something was published just now; what comes into force by its date waits for its turn.
DUE = """
    (SELECT true FROM service_data_version WHERE tenant_id = tenant.id AND state = 'published'
     AND published_at > CAST(:now AS timestamptz) - interval '5 minutes' LIMIT 1)
"""


def wake_due() -> None:
    """Ask for `tell` where data were published since the news were looked through; the sweep calls it."""
    query = db.select(ServiceNewsMark.service, ServiceNewsMark.standing)
    marks = dict(map(tuple, db.session.execute(query)))
    codes = marks.keys() | data.codes_with_data()
    if codes and any(
        _standing(service) != marks.get(service.code, "")
        for service in _with_topics()
        if service.code in codes
    ):
        queue.wake(TELL, scope.required(), lane="normal")


def tell(tenant_id: str) -> int:
    """Owe every subscriber what is new to them; returns how many messages. Safe to run twice and at once."""
    queue.woken(TELL, tenant_id)
    told = 0
    with tenant_scope(tenant_id):
        for service in _with_topics():
            standing = _standing(service)
            if standing == _mark(service):
                continue
            told += _tell_of(service)
            _keep_mark(service, standing)
            db.session.commit()
    return told


def _with_topics() -> list[Service]:
    return [one for one in switching.all_on() if one.topics and one.dataset is not None]


def _standing(service: Service) -> str:
    return ",".join(str(version.id) for version, _ in data.in_force(service.code, current.today()))


def _mark(service: Service) -> str:
    """ "" before anything was looked through, as where nothing is published."""
    mark = db.session.scalar(
        db.select(ServiceNewsMark.standing).where(ServiceNewsMark.service == service.code)
    )
    return mark or ""


def _keep_mark(service: Service, standing: str) -> None:
    statement = insert(ServiceNewsMark).values(service=service.code, standing=standing)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "service"], set_={"standing": statement.excluded.standing}
        )
    )
    old = now() - NEVER_FORGOTTEN
    db.session.execute(db.delete(ServiceNews).where(ServiceNews.told_at < old))


def _tell_of(service: Service) -> int:
    """Each topic and place in a transaction of its own: what is noted as told is owed, and nothing else."""
    try:
        news = list(service.news(data.published(service.code, current.today())))
    except Exception as error:  # a service of somebody else's must not keep the others' news back
        log.error("service_news_failed", service=service.code, error=type(error).__name__)
        return 0
    topics = {topic.code: topic for topic in service.topics}
    groups: dict[tuple[str, str], list[News]] = {}
    for one in news:
        if one.topic in topics and (one.until is None or one.until > now()):
            groups.setdefault((one.topic, one.area), []).append(one)
    told = 0
    for (code, area), found in groups.items():
        told += _tell_group(service, topics[code], area, found)
        db.session.commit()
    return told


def _tell_group(service: Service, topic: Topic, area: str, news: list[News]) -> int:
    fresh = _unknown(service, news)
    if not fresh:
        return 0
    codes = [one.code for one in communes.named(area)] if area else []
    if area and not codes:
        log.warning("service_news_of_unknown_place", service=service.code)
        return 0
    ends = max((one.until or now() + LONGEST) for one in fresh)
    bodies = texts.bodies_of(EVENT)
    told = 0
    for people in _subscribers(f"{service.code}.{topic.code}", codes):
        told += owe_all(
            [
                Owed(
                    citizen,
                    EVENT,
                    f"news:{service.code}:{min(one.key for one in fresh)}:{key}",
                    consultation=_message(service, topic, fresh, citizen.language, bodies),
                    lane="emergency" if topic.is_emergency else "normal",
                    lifetime=max(min(ends - now(), LONGEST), timedelta(minutes=5)),
                )
                for key, citizen in people.items()
            ]
        )
    return told


def _unknown(service: Service, news: list[News]) -> list[News]:
    """Those that were not told before; from now on they count as told."""
    rows = [{"service": service.code, "key": one.key} for one in news]
    statement = insert(ServiceNews).on_conflict_do_nothing(index_elements=["tenant_id", "service", "key"])
    kept = set(db.session.scalars(statement.returning(ServiceNews.key), rows))
    fresh: dict[str, News] = {one.key: one for one in news if one.key in kept}
    return list(fresh.values())


def _subscribers(topic: str, communes_named: list[str]) -> Iterator[dict[str, Citizen]]:
    """Who turned the topic on and may be written to, one account a person, by person, a page at a time."""
    agreed = db.select(Consent.citizen_id).where(
        Consent.purpose == "broadcasts", Consent.withdrawn_at.is_(None)
    )
    wanted = [
        Citizen.topics.contains([topic]),
        Citizen.muted_at.is_(None),
        Citizen.id.in_(agreed),
    ]
    if communes_named:
        wanted.append(db.or_(*(Citizen.areas.contains([code]) for code in communes_named)))
    last, known = 0, set()
    while page := db.session.execute(
        db.select(person_key(), Citizen).where(*wanted, Citizen.id > last).order_by(Citizen.id).limit(PAGE)
    ).all():
        last = page[-1][1].id
        new: dict[str, Citizen] = {}
        for key, citizen in page:
            if key not in known:
                new.setdefault(key, citizen)
        known |= new.keys()
        yield new


def _message(
    service: Service, topic: Topic, news: list[News], language: str, bodies: dict[str, str]
) -> TextMessage:
    english = language == "en"
    lines = [one.text_en or one.text if english else one.text for one in news[:MOST_LINES]]
    words = {
        "province": current.province_name(),
        "topic": topic.name_en or topic.name if english else topic.name,
        "lines": lines,
        "more": max(len(news) - MOST_LINES, 0),
        "disclaimer": service.disclaimer_en or service.disclaimer if english else service.disclaimer,
    }
    off = QueryHide(
        ("Tắt thông báo này", "Turn this off")[english], f"#topic:{service.code}.{topic.code}:off"
    )
    return TextMessage(texts.fill(EVENT, bodies[language], words), buttons=(off,))
