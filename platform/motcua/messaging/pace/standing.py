"""What a tenant may send by at this moment: its Official Accounts with their tokens, its plan, its pauses.

Read in the transaction that claims, so that it costs no trip of its own, and kept for a second.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.errors import Misconfigured
from motcua.tenancy.models import CALLS_PER_MINUTE
from motcua.tenancy.tokens import REFRESH_BEFORE_EXPIRY

from .traffic import Line

KEPT_S = 1.0

log = structlog.get_logger(__name__)

STANDINGS = "SELECT * FROM standings_to_send(%(tenants)b::text[])"  # migration 0083


@dataclass(frozen=True, slots=True)
class Account:
    """One OA; `access_token` None: it must be renewed, or an admin must connect the OA, before it can be used."""

    id: int
    oa_id: str
    templates: dict[str, str]
    is_connected: bool
    access_token: str | None
    line: Line


@dataclass(frozen=True, slots=True)
class Standing:
    """`paused` holds the OA ids that are paused, "" for the whole tenant, "lane:…" for a lane of it;
    `monthly_limit` None: no limit."""

    status: str
    paused: frozenset[str]
    weight: float
    monthly_limit: int | None
    accounts: dict[str, Account]  # by OA id
    default: Account | None  # for a phone number, which belongs to no OA

    @property
    def is_held(self) -> bool:
        """Nothing of this tenant leaves at all."""
        return self.status == "suspended" or "" in self.paused

    def holds(self, oa_id: str, lane: str) -> bool:
        """What this OA sends on this lane waits."""
        return oa_id in self.paused or lane_key(lane) in self.paused


def lane_key(lane: str) -> str:
    """In place of an OA's id in a pause."""
    return f"lane:{lane}"


def standing_of(tenant_id: str, rows: list[tuple]) -> Standing:
    """From its rows of STANDINGS; of an unknown tenant nothing leaves."""
    if not rows:
        return Standing("suspended", frozenset(), 1.0, None, {}, None)
    _, status, plan, paused = rows[0][:4]
    plan = plan or {}
    accounts = [_account(tenant_id, *row[4:]) for row in rows if row[4] is not None]
    default = next((one for one in accounts if one.is_connected), accounts[0] if accounts else None)
    return Standing(
        status=status,
        paused=frozenset(paused or ()),
        weight=float(plan.get("weight", 1)),
        monthly_limit=plan.get("messages_per_month"),
        accounts={one.oa_id: one for one in accounts},
        default=default,
    )


def _account(
    tenant_id: str,
    account_id: int,
    oa_id: str,
    app_id: str,
    state: str,
    templates: dict[str, str],
    token: str | None,
    expires_at: datetime | None,
    per_minute: int | None,
    app_secret: str | None,
    app_per_minute: int | None,
) -> Account:
    connected = state == "connected"
    fresh = expires_at is not None and expires_at - now() > REFRESH_BEFORE_EXPIRY
    app_limit = app_per_minute or CALLS_PER_MINUTE
    return Account(
        id=account_id,
        oa_id=oa_id,
        templates=templates,
        is_connected=connected,
        access_token=_open(tenant_id, "oa_access_token", token) if connected and fresh else None,
        line=Line(
            app_id=app_id,
            oa_id=oa_id,
            app_secret=_open(crypto.VENDOR, "zalo_app_secret", app_secret) or "",
            app_per_minute=app_limit,
            oa_per_minute=per_minute or app_limit,
        ),
    )


def _open(owner: str, purpose: str, stored: Any) -> str | None:
    try:
        return stored and crypto.keyring().decrypt(owner, purpose, stored)
    except Misconfigured:  # one province's lost key must not hold up the others
        log.error("credential_not_opened", tenant=owner, purpose=purpose)
        return None
