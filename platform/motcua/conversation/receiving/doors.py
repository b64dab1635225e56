"""Whose webhook it is, and which secret signs it: found once a process, and proven again with each event stored."""

from dataclasses import dataclass, field

from motcua.core.database import db, tenant_scope
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.zalo.webhook_events import Event


@dataclass(frozen=True)
class Door:
    """One OA of a province, and what signs its webhooks.

    `proof` is what stood in the database when this was read (`store_webhook_events` compares it); the secrets
    in it are encrypted.
    """

    tenant_id: str
    oa_id: str
    secret: str = field(repr=False)
    proof: str = field(repr=False)


_known: dict[tuple[str, str], Door] = {}  # by app and OA


def recall(event: Event) -> Door | None:
    """The door of an event as this process last saw it; None when it must be looked up."""
    app_id, found = event.app_id, None
    for oa_id in event.oa_candidates:
        door = _known.get((app_id, oa_id))
        if door is not None:
            if found is not None:
                return None
            found = door
    return found


def look_up(event: Event) -> tuple[Door | None, str | None]:
    """The one OA of ours that the event is about, if it granted the app that signed; and the secret that
    must have signed it, None for an app we do not know.

    Two ids that are both OAs of ours would be a guess between two provinces: no door.
    """
    app_id = event.app_id or ""
    app = db.session.get(ZaloApp, app_id, populate_existing=True)
    apps_secret, apps_sealed = (app.webhook_secret, app.webhook_secret_encrypted) if app else (None, None)
    found = routes.known_oas(event.oa_candidates) if app else []
    db.session.rollback()  # that looked without a tenant
    account = _account(*found[0]) if len(found) == 1 else None
    if account is None or account.app_id != app_id:
        return None, apps_secret
    sealed = (app_id, apps_sealed, account.webhook_secret_encrypted)
    door = _known[app_id, account.oa_id] = Door(
        account.tenant_id,
        account.oa_id,
        secret=account.webhook_secret or apps_secret,
        proof="|".join(one for one in sealed if one is not None),
    )
    return door, door.secret


def _account(oa_id: str, tenant_id: str) -> OfficialAccount | None:
    with tenant_scope(tenant_id):
        return db.session.scalar(
            db.select(OfficialAccount)
            .where(OfficialAccount.oa_id == oa_id)
            .execution_options(populate_existing=True)
        )
