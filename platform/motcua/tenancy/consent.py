"""Connecting an Official Account: from our page to Zalo's consent page and back (OAuth v4 with PKCE).

Zalo returns to one address an app, on the vendor's host. The signed `state` says which province asked; the
exchange itself happens on that province's host, where the session shows that the same admin came back.
"""

import asyncio
import secrets
from datetime import timedelta

import aiohttp
import structlog
from itsdangerous import BadSignature, URLSafeSerializer

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, Misconfigured, NotFound
from motcua.zalo import oauth
from motcua.zalo.client import ZaloClient
from motcua.zalo.hosts import Hosts

from .models import OfficialAccount, PendingConsent, ZaloApp

LIFETIME = timedelta(minutes=15)
PASTED_LIFETIME = timedelta(hours=6)  # of unknown age: renewed soon, and at the latest when Zalo refuses it

log = structlog.get_logger(__name__)


class ConsentRefused(Invalid):
    """The answer from Zalo does not belong to a question of ours; nothing was stored."""

    code = "consent_refused"
    message = "Yêu cầu kết nối đã hết hạn hoặc đã dùng. Xin bấm “Kết nối” để làm lại từ đầu."


def begin(secret_key: str, account_key: str, staff_id: int, redirect_uri: str, hosts: Hosts) -> str:
    """The address of Zalo's consent page for one OA of the tenant in scope. Commits.

    Raises NotFound for an unknown OA, Misconfigured while its app is not known here.
    """
    account = db.session.scalar(db.select(OfficialAccount).where(OfficialAccount.key == account_key))
    if account is None:
        raise NotFound
    fixed = _app_of(account).pkce_verifier
    tenant_id, nonce = scope.required(), secrets.token_urlsafe(24)
    verifier, challenge = (fixed, oauth.challenge_of(fixed)) if fixed else oauth.pkce_pair()
    db.session.add(
        PendingConsent(
            nonce=nonce,
            account_id=account.id,
            staff_id=staff_id,
            verifier_encrypted=crypto.keyring().encrypt(tenant_id, "pkce_verifier", verifier),
        )
    )
    db.session.commit()
    state = _signer(secret_key).dumps([tenant_id, nonce])
    return oauth.consent_url(hosts, account.app_id, redirect_uri, challenge, state)


def tenant_of(secret_key: str, state: str) -> str:
    """Which province asked. Raises ConsentRefused for a state that is not ours."""
    return _read(secret_key, state)[0]


def finish(
    secret_key: str, state: str, code: str, oa_id: str, staff_id: int, hosts: Hosts
) -> OfficialAccount:
    """Exchange the code and keep the pair; returns the connected OA of the tenant in scope.

    Raises ConsentRefused when state, admin or OA are not the ones that set out, and the errors of
    `motcua.zalo` when Zalo refuses the code.
    """
    tenant_id, nonce = _read(secret_key, state)
    if tenant_id != scope.required():
        raise ConsentRefused
    pending = db.session.scalar(
        db.select(PendingConsent)
        .where(PendingConsent.nonce == nonce, PendingConsent.used_at.is_(None))
        .with_for_update()
    )
    if pending is None or pending.staff_id != staff_id or pending.created_at < now() - LIFETIME:
        raise ConsentRefused
    pending.used_at = now()
    account = db.session.get(OfficialAccount, (tenant_id, pending.account_id))
    app, verifier = (
        _app_of(account),
        crypto.keyring().decrypt(tenant_id, "pkce_verifier", pending.verifier_encrypted),
    )
    expected, account_key, app_id, app_secret = account.oa_id, account.key, app.app_id, app.app_secret
    db.session.commit()  # used up, whatever Zalo says; and no transaction while we wait for it
    _require_same(oa_id, expected)
    pair, found = asyncio.run(_exchange(hosts, app_id, app_secret, code, verifier))
    _require_same(found, expected)
    account = db.session.scalars(
        db.select(OfficialAccount).where(OfficialAccount.key == account_key).with_for_update()
    ).one()
    account.keep_tokens(pair.access_token, pair.refresh_token, now() + timedelta(seconds=pair.expires_in_s))
    db.session.commit()
    log.info("oa_connected", tenant=tenant_id, oa=account_key)
    return account


def paste(account_key: str, access_token: str, refresh_token: str, hosts: Hosts) -> OfficialAccount:
    """Keep a pair that the admin copied from Zalo's API Explorer, for an OA of the tenant in scope; commits.

    Zalo is asked whose token it is first. Raises NotFound for an unknown OA, ConsentRefused for another
    OA's token, and the errors of `motcua.zalo`; then nothing is stored.
    """
    query = db.select(OfficialAccount).where(OfficialAccount.key == account_key)
    account = db.session.scalar(query)
    if account is None:
        raise NotFound
    if not access_token or not refresh_token:
        raise ConsentRefused("Xin dán đủ cả access token và refresh token lấy từ API Explorer của Zalo.")
    expected = account.oa_id
    db.session.rollback()  # no transaction while we wait for Zalo
    _require_same(asyncio.run(_owner_of(hosts, access_token)), expected)
    account = db.session.scalars(query.with_for_update()).one()
    account.keep_tokens(access_token, refresh_token, now() + PASTED_LIFETIME)
    db.session.commit()
    log.info("oa_connected", tenant=account.tenant_id, oa=account_key, by="pasted_tokens")
    return account


async def _owner_of(hosts: Hosts, access_token: str) -> str:
    async with aiohttp.ClientSession() as session:
        return (await ZaloClient(hosts, session).oa_info(access_token)).oa_id


async def _exchange(
    hosts: Hosts, app_id: str, app_secret: str, code: str, verifier: str
) -> tuple[oauth.TokenPair, str]:
    """The pair, and the id of the OA that it really opens."""
    async with aiohttp.ClientSession() as session:
        pair = await oauth.exchange_code(session, hosts, app_id, app_secret, code, verifier)
        info = await ZaloClient(hosts, session).oa_info(pair.access_token)
    return pair, info.oa_id


def _require_same(found: str, expected: str) -> None:
    if found != expected:
        raise ConsentRefused(
            f"OA vừa cấp quyền (mã {found[:30]}) không phải OA đã khai cho tỉnh (mã {expected}). "
            "Xin bấm “Kết nối” lại và chọn đúng OA trên trang của Zalo."
        )


def _app_of(account: OfficialAccount) -> ZaloApp:
    app = db.session.get(ZaloApp, account.app_id)
    if app is None:
        raise Misconfigured(
            f"Chưa khai khóa của ứng dụng Zalo {account.app_id}. Xin nhà cung cấp chạy `motcua zalo-app set`."
        )
    return app


def _read(secret_key: str, state: str) -> tuple[str, str]:
    try:
        tenant_id, nonce = _signer(secret_key).loads(state)
    except (BadSignature, ValueError, TypeError) as error:
        raise ConsentRefused from error
    return tenant_id, nonce


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="oa-consent")
