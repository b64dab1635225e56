"""A valid access token for an Official Account, refreshed by one process at a time.

Zalo's refresh tokens are single use (OAuth v4): the row is locked while we ask, and the new pair is
committed before anyone sends with it. No refresh token is sent twice after an answer was lost, unless
the access token has run out and there is nothing left to lose.
"""

import asyncio
from datetime import datetime, timedelta

import aiohttp
import structlog

from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured
from motcua.zalo import oauth
from motcua.zalo.errors import ZaloNeedsConsent, ZaloUnavailable, ZaloUncertain
from motcua.zalo.hosts import Hosts

from .models import OfficialAccount, ZaloApp

REFRESH_BEFORE_EXPIRY = timedelta(hours=5)  # tokens live 25 h: renew at about 20 h

log = structlog.get_logger(__name__)


def connect(
    tenant_id: str, oa_key: str, access_token: str, refresh_token: str, expires_in_s: int
) -> OfficialAccount:
    """Keep a token pair that an admin obtained by consent. Raises Misconfigured for an unknown OA key."""
    with tenant_scope(tenant_id):
        account = db.session.scalar(
            db.select(OfficialAccount).where(OfficialAccount.key == oa_key).with_for_update()
        )
        if account is None:
            raise Misconfigured(
                f"Tỉnh {tenant_id} chưa khai OA “{oa_key}”. Xin thêm vào tenant.toml rồi nạp lại."
            )
        account.keep_tokens(access_token, refresh_token, now() + timedelta(seconds=expires_in_s))
        db.session.commit()
        return account


def valid_access_token(tenant_id: str, account_id: int, hosts: Hosts, *, rejected: str | None = None) -> str:
    """A token to send with. `rejected` is one that Zalo has just refused: never return that again.

    Raises ZaloNeedsConsent when only the OA's admin can help, ZaloUnavailable or ZaloUncertain when
    Zalo did not answer. Call it with no transaction open: it commits.
    """
    with tenant_scope(tenant_id):
        account = _locked(account_id, lock=False)
        if _usable(account, rejected):
            return account.access_token
        db.session.rollback()
        account = _locked(account_id, lock=True)
        if _usable(account, rejected):  # another process was quicker
            return account.access_token
        return _refresh(account, hosts, rejected)


def mark_needs_consent(account_id: int, reason: str) -> None:
    """Zalo said, by an answer or a webhook, that the grant of an OA of the tenant in scope is gone."""
    account = db.session.scalar(
        db.select(OfficialAccount).where(OfficialAccount.id == account_id).with_for_update()
    )
    if account.state == "connected":
        account.state, account.state_reason = "needs_consent", reason
        log.error("oa_needs_consent", tenant=account.tenant_id, oa=account.key, reason=reason)


def _locked(account_id: int, *, lock: bool) -> OfficialAccount:
    query = (
        db.select(OfficialAccount)
        .where(OfficialAccount.id == account_id)
        .execution_options(populate_existing=True)
    )
    account = db.session.scalar(query.with_for_update() if lock else query)
    if account is None or account.state == "not_connected":
        raise ZaloNeedsConsent("OA chưa được kết nối. Xin quản trị viên của tỉnh kết nối OA rồi thử lại.")
    if account.state == "needs_consent":
        raise ZaloNeedsConsent("OA đã mất quyền. Xin quản trị viên của OA cấp quyền lại cho ứng dụng.")
    return account


def _usable(account: OfficialAccount, rejected: str | None) -> bool:
    fresh = account.token_expires_at is not None and account.token_expires_at - now() > REFRESH_BEFORE_EXPIRY
    return fresh and account.access_token is not None and account.access_token != rejected


def _refresh(account: OfficialAccount, hosts: Hosts, rejected: str | None) -> str:
    app = db.session.get(ZaloApp, account.app_id)
    if app is None:
        raise Misconfigured(
            f"Chưa khai ứng dụng Zalo {account.app_id}. Xin chạy `motcua zalo-app set` trước."
        )
    still_valid = account.access_token != rejected and account.token_expires_at > now() + timedelta(minutes=1)
    if still_valid and account.state_reason == "refresh_answer_lost":
        return account.access_token
    try:
        pair = asyncio.run(_ask(hosts, app.app_id, app.app_secret, account.refresh_token))
    except ZaloNeedsConsent:
        account.state, account.state_reason = "needs_consent", "refresh_token_dead"
        db.session.commit()
        log.error("oa_needs_consent", tenant=account.tenant_id, oa=account.key)
        raise
    except (ZaloUncertain, ZaloUnavailable) as error:
        account.state_reason = (
            "refresh_answer_lost" if isinstance(error, ZaloUncertain) else account.state_reason
        )
        db.session.commit()
        if still_valid:
            return account.access_token
        raise
    account.keep_tokens(pair.access_token, pair.refresh_token, _expiry(pair.expires_in_s))
    db.session.commit()
    log.info("oa_token_refreshed", tenant=account.tenant_id, oa=account.key)
    return pair.access_token


async def _ask(hosts: Hosts, app_id: str, app_secret: str, refresh_token: str) -> oauth.TokenPair:
    async with aiohttp.ClientSession() as session:
        return await oauth.refresh(session, hosts, app_id, app_secret, refresh_token)


def _expiry(expires_in_s: int) -> datetime:
    return now() + timedelta(seconds=expires_in_s)
