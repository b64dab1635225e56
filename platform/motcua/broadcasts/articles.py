"""A broadcast as an article, which Zalo sends to every follower of an OA itself: no window of 48 hours, no price.

One article an OA. Zalo makes it in its own time; then one call broadcasts it. That call is announced in the database
before it is made and never made twice: an answer that got lost leaves `uncertain`, for a person to look at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app

from motcua.citizens.models import Citizen
from motcua.core import background_loop, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.messaging import line
from motcua.tenancy import current
from motcua.tenancy.models import OfficialAccount
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.article_content import AUTHOR_MAX, Article, Paragraph
from motcua.zalo.audience import Audience as ZaloAudience
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import Retry, StillProcessing, ZaloUncertain
from motcua.zalo.quotas import QuotaPackage

from . import content, workflow
from .audience import Audience
from .models import Broadcast, BroadcastArticle

LEASE = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=2)
LONGEST_WAIT_S, MOST_TRIES = 600, 30
OPEN = ("creating", "processing", "ready", "sending")

log = structlog.get_logger(__name__)


def step(broadcast_id: int) -> bool:
    """One call to Zalo for one OA; False when there is nothing to do now. Commits, and waits with nothing open."""
    one = workflow.get(broadcast_id, lock=True)
    if one.frozen_at is None:
        _open_articles(one)
    row = _take(one)
    if row is None:
        if one.frozen_at is not None and not _unfinished(one):
            workflow.finish(one)
        db.session.commit()
        return False
    article, target, account_id, state = _article(one), _target(one), row.account_id, row.state
    started_at, looks_first = one.started_at, row.tries > 0
    article_id, token = row.article_id, row.token
    db.session.commit()
    try:
        access = valid_access_token(scope.required(), account_id, line.hosts())
        client = line.client()
        match state:
            case "creating":
                done = background_loop.run(_create(client, access, article, looks_first, started_at))
            case "processing":
                done = {
                    "state": "ready",
                    "article_id": background_loop.run(client.article_verify(access, token)),
                }
            case _:
                message_id = background_loop.run(client.broadcast(access, article_id, target))
                done = {"state": "sent", "message_id": message_id}
    except MotcuaError as error:
        done = _after(error, state, row.tries)
    _write(broadcast_id, account_id, done)
    return True


def of_broadcast(one: Broadcast) -> list[tuple[BroadcastArticle, OfficialAccount]]:
    return [
        tuple(pair)
        for pair in db.session.execute(
            db.select(BroadcastArticle, OfficialAccount)
            .join(
                OfficialAccount,
                (OfficialAccount.tenant_id == BroadcastArticle.tenant_id)
                & (OfficialAccount.id == BroadcastArticle.account_id),
            )
            .where(BroadcastArticle.broadcast_id == one.id)
            .order_by(BroadcastArticle.id)
        )
    ]


def _open_articles(one: Broadcast) -> None:
    accounts = db.session.execute(
        db.select(OfficialAccount.id, OfficialAccount.oa_id)
        .where(OfficialAccount.state == "connected")
        .order_by(OfficialAccount.id)
    ).all()
    if not accounts:
        return  # an admin connects one; until then it waits
    for account_id, oa_id in accounts:
        followers = db.session.scalar(
            db.select(db.func.count()).select_from(Citizen).where(Citizen.oa_id == oa_id, Citizen.is_follower)
        )
        db.session.add(BroadcastArticle(broadcast_id=one.id, account_id=account_id, followers=followers))
        one.total += followers
    one.frozen_at = now()
    db.session.flush()


def _take(one: Broadcast) -> BroadcastArticle | None:
    """The next article whose turn it is, ours for a minute. One whose broadcast was under way when its worker died is
    given up: nobody knows whether it left."""
    row = db.session.scalar(
        db.select(BroadcastArticle)
        .where(
            BroadcastArticle.broadcast_id == one.id,
            BroadcastArticle.state.in_(OPEN),
            BroadcastArticle.next_try_at <= now(),
        )
        .order_by(BroadcastArticle.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is not None and row.state == "sending":
        row.state, row.failure = "uncertain", "worker_lost"
        return _take(one)
    if row is not None:
        row.next_try_at = now() + LEASE
        row.state = "sending" if row.state == "ready" else row.state
    return row


def _unfinished(one: Broadcast) -> bool:
    return db.session.scalar(
        db.select(
            db.select(BroadcastArticle.id)
            .where(BroadcastArticle.broadcast_id == one.id, BroadcastArticle.state.in_(OPEN))
            .exists()
        )
    )


async def _create(
    client: ZaloClient, access: str, article: Article, looks_first: bool, since: datetime
) -> dict:
    if looks_first:  # an earlier answer may have got lost
        found = (await client.article_list(access)).articles
        same = next((one for one in found if one.title == article.title and _is_new(one, since)), None)
        if same is not None:
            return {"state": "ready", "article_id": same.article_id}
    return {"state": "processing", "token": await client.article_create(access, article)}


def _is_new(summary, since: datetime) -> bool:
    return summary.created_at is not None and summary.created_at >= since


def _after(error: MotcuaError, state: str, tries: int) -> dict:
    if isinstance(error, StillProcessing):
        return {"state": "processing", "next_try_at": now() + LOOK_AGAIN}
    log.warning("article_postponed", state=state, error=error.code)
    if state == "sending" and isinstance(error, ZaloUncertain):
        return {"state": "uncertain", "failure": error.code}
    retry = getattr(error, "retry", Retry.NEVER)
    if tries >= MOST_TRIES or (
        retry in (Retry.NEVER, Retry.OTHER_CHANNEL) and not isinstance(error, ZaloUncertain)
    ):
        return {"state": "failed", "failure": error.code}
    wait = timedelta(seconds=min(LONGEST_WAIT_S, 5 * 2 ** min(tries, 7)))
    back = "ready" if state == "sending" else state
    return {"state": back, "failure": error.code, "tries": tries + 1, "next_try_at": now() + wait}


def _write(broadcast_id: int, account_id: int, done: dict) -> None:
    values = {"next_try_at": now(), "failure": None} | done
    db.session.execute(
        db.update(BroadcastArticle)
        .where(BroadcastArticle.broadcast_id == broadcast_id, BroadcastArticle.account_id == account_id)
        .values(**values)
    )
    if done["state"] == "sent":
        followers = (
            db.select(BroadcastArticle.followers)
            .where(BroadcastArticle.broadcast_id == broadcast_id, BroadcastArticle.account_id == account_id)
            .scalar_subquery()
        )
        db.session.execute(
            db.update(Broadcast)
            .where(Broadcast.id == broadcast_id)
            .values(fed=Broadcast.fed + db.func.coalesce(followers, 0))
        )
    db.session.commit()


def _target(one: Broadcast) -> ZaloAudience:
    return ZaloAudience(ages=frozenset(Audience.of(one).ages))


def _article(one: Broadcast) -> Article:
    words = content.words(one, "vi")
    about = [f"Số thông báo {one.code}. Kiểm tra thông báo thật tại: {words['page_url']}"]
    if one.link:
        about.insert(0, f"Xem thêm: {one.link}")
    if one.document_number:
        about.insert(0, f"Văn bản số {words['document']}, ngày {words['date']}, {words['issuer']}.")
    paragraphs = [part.strip() for part in one.body.split("\n\n") if part.strip()]
    return Article(
        title=one.title,
        author=current.province_name()[:AUTHOR_MAX],
        cover_url=None,
        description=content.description(one),
        body=tuple(Paragraph(part) for part in [*paragraphs, *about]),
        comment="hide",
    )


@dataclass(frozen=True)
class Quota:
    """What Zalo says an OA may still send; None where it says nothing."""

    account: str
    templates_left_today: int | None
    packages: tuple[QuotaPackage, ...]
    problem: str | None = None


def quotas() -> list[Quota]:
    """Asked of Zalo now, OA by OA. Call it with nothing written: it ends the transaction while it waits.

    Each question works in a context of its own, so the page's session, and who is signed in, stay as they are.
    """
    accounts = db.session.execute(
        db.select(OfficialAccount.id, OfficialAccount.name).order_by(OfficialAccount.id)
    ).all()
    tenant_id = scope.required()
    db.session.rollback()
    return [_quota(tenant_id, account_id, name) for account_id, name in accounts]


def _quota(tenant_id: str, account_id: int, name: str) -> Quota:
    try:
        with current_app.app_context():
            access = valid_access_token(tenant_id, account_id, line.hosts())
            left, packages = background_loop.run(_ask_quota(line.client(), access))
    except MotcuaError as error:
        return Quota(name, None, (), error.message)
    return Quota(name, left, tuple(packages))


async def _ask_quota(client: ZaloClient, access: str) -> tuple[int | None, list[QuotaPackage]]:
    left = (await client.template_quota(access)).daily_left
    return left, await client.owner_quota(access)
