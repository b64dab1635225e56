"""Fetching the ZBS templates of every connected OA: daily, when an admin asks, and when Zalo says one changed."""

import asyncio

import structlog
from sqlalchemy.dialects.postgresql import insert

from motcua.core import background_loop, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import MotcuaError
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.client import ZaloClient
from motcua.zalo.templates import PAGE, TemplateInfo

from . import line
from .channels import rules
from .channels.zbs_templates import ZbsTemplate, params_from
from .limits import quotas

SYNC = "motcua.messaging.template_sync.sync"
EVERY_S = 24 * 3600
AGAIN_AFTER_S = 900  # where an OA did not answer, or none is connected yet
AT_ONCE = 4
MOST_TEMPLATES = 2000

log = structlog.get_logger(__name__)


def wake_due() -> None:
    """Ask for a round of the tenant in scope, unless there was one within a day."""
    tenant_id = scope.required()
    if queue.connection().set(_turn(tenant_id), "1", nx=True, ex=EVERY_S):
        queue.wake(SYNC, tenant_id, lane="normal")


def wake() -> None:
    """Ask for a round of the tenant in scope now."""
    queue.wake(SYNC, scope.required(), lane="normal")


def sync(tenant_id: str) -> int:
    """Fetch all templates of the tenant's connected OAs; returns how many Zalo has. Commits an OA at a time."""
    queue.woken(SYNC, tenant_id)
    total = 0
    with tenant_scope(tenant_id):
        connected = db.select(OfficialAccount.id).where(OfficialAccount.state == "connected")
        ids = db.session.scalars(connected.order_by(OfficialAccount.id)).all()
        if not ids:
            queue.connection().set(_turn(tenant_id), "1", ex=AGAIN_AFTER_S)
        for account_id in ids:
            db.session.rollback()
            try:
                total += _sync_account(tenant_id, account_id)
            except MotcuaError as error:
                db.session.rollback()
                log.warning("templates_not_synced", tenant=tenant_id, account=account_id, error=error.code)
                queue.connection().set(_turn(tenant_id), "1", ex=AGAIN_AFTER_S)
    return total


def _sync_account(tenant_id: str, account_id: int) -> int:
    token = valid_access_token(tenant_id, account_id, line.hosts())
    client = line.client().proving(_app_secret(account_id))
    db.session.rollback()  # no transaction while we wait for Zalo
    found = background_loop.run(_fetch(client, token))
    _keep(account_id, found)
    oa_id = db.session.scalar(db.select(OfficialAccount.oa_id).where(OfficialAccount.id == account_id))
    db.session.commit()
    _learn_quota(client, token, oa_id)
    rules.changed(tenant_id)
    return len(found)


def _learn_quota(client: ZaloClient, token: str, oa_id: str) -> None:
    """How many may still be sent today, so that no batch sets out beyond it; Zalo's answers say the rest."""
    try:
        left = background_loop.run(client.template_quota(token)).daily_left
    except MotcuaError as error:
        log.warning("template_quota_unknown", oa=oa_id, error=error.code)
    else:
        if left is not None:
            quotas.know(oa_id, "zbs", left)


def _app_secret(account_id: int) -> str:
    app = db.session.scalar(
        db.select(ZaloApp)
        .join(OfficialAccount, OfficialAccount.app_id == ZaloApp.app_id)
        .where(OfficialAccount.id == account_id)
    )
    return app.app_secret if app else ""


async def _fetch(client: ZaloClient, token: str) -> list[TemplateInfo]:
    ids: list[str] = []
    while len(ids) < MOST_TEMPLATES:
        page = await client.template_list(token, offset=len(ids), limit=PAGE)
        ids += [one.template_id for one in page.templates if one.template_id]
        if not page.templates or len(ids) >= page.total:
            break
    room = asyncio.Semaphore(AT_ONCE)

    async def detail(template_id: str) -> TemplateInfo:
        async with room:
            return await client.template_info(token, template_id)

    return list(await asyncio.gather(*map(detail, dict.fromkeys(ids))))


def _keep(account_id: int, found: list[TemplateInfo]) -> None:
    at = now()
    rows = [
        {
            "tenant_id": scope.required(),
            "account_id": account_id,
            "template_id": one.template_id,
            "name": one.name,
            "status": one.status,
            "reason": one.reason,
            "tag": one.tag,
            "quality": one.quality,
            "price_phone_vnd": one.price_phone_vnd,
            "price_uid_vnd": one.price_uid_vnd,
            "params": params_from(one.params),
            "daily_quota": one.daily_quota,
            "daily_quota_left": one.daily_quota_left,
            "preview_url": one.preview_url,
            "synced_at": at,
            "gone_at": None,
        }
        for one in found
    ]
    if rows:
        statement = insert(ZbsTemplate)
        new = {name: statement.excluded[name] for name in rows[0] if name not in ("tenant_id", "account_id")}
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "account_id", "template_id"], set_=new
            ),
            rows,
        )
    db.session.execute(
        db.update(ZbsTemplate)
        .where(
            ZbsTemplate.account_id == account_id,
            ZbsTemplate.gone_at.is_(None),
            ZbsTemplate.template_id.not_in([row["template_id"] for row in rows]),
        )
        .values(gone_at=at)
    )


def _turn(tenant_id: str) -> str:
    return f"motcua:zbs-templates:{tenant_id}"
