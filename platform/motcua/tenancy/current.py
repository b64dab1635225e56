"""The province in scope, as pages and messages name it."""

from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db

from .models import OfficialAccount, Tenant
from .province import NewsRules


def tenant() -> Tenant:
    """Raises RuntimeError outside a tenant's scope."""
    found = db.session.get(Tenant, scope.required())
    if found is None:
        raise RuntimeError(f"Tenant {scope.required()!r} has no row.")
    return found


def today() -> date:
    return now().astimezone(ZoneInfo(tenant().settings["timezone"])).date()


def name_on(settings: dict, day: date) -> dict:
    """The entry of `names` that holds on `day`: provinces are renamed and merged.

    A day before the first known name gets that one.
    """
    names = settings["names"]
    holding = (
        entry
        for entry in names
        if (entry["valid_from"] or "0001-01-01") <= day.isoformat() <= (entry["valid_to"] or "9999-12-31")
    )
    return next(holding, names[0])


def province_name() -> str:
    """The short name that citizens know their OA by."""
    return name_on(tenant().settings, today())["short_name"]


def public_url(path: str) -> str:
    """Absolute address on the province's first host."""
    return current_app.config["SETTINGS"].public_url(tenant().settings["hosts"][0], path)


def picture_url(file: str) -> str:
    """A picture for a Zalo card. Zalo only takes https, also where development serves pages by http."""
    settings = current_app.config["SETTINGS"]
    port = f":{settings.public_port}" if settings.public_port and settings.public_scheme == "https" else ""
    return f"https://{tenant().settings['hosts'][0]}{port}/static/{file}"


def chat_url(oa_id: str) -> str:
    """Opens the chat with an OA: Zalo's public link, or the simulated phone."""
    simulator = current_app.config["SETTINGS"].zalo_base_url
    return f"{simulator}/?oa={oa_id}" if simulator else f"https://zalo.me/{oa_id}"


def news_rules() -> NewsRules:
    """What the tenant in scope tells citizens."""
    return NewsRules(**tenant().settings.get("news", {}))


def official_account() -> OfficialAccount | None:
    """The OA to invite citizens to: the first that is connected, else the first there is."""
    accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    return next((one for one in accounts if one.state == "connected"), accounts[0] if accounts else None)


def connected_oas() -> frozenset[str]:
    """Zalo's ids of the OAs that messages can go through now."""
    connected = db.select(OfficialAccount.oa_id).where(OfficialAccount.state == "connected")
    return frozenset(db.session.scalars(connected))


def contact_words() -> dict:
    """Where else citizens may turn: {"hotline", "portal"}, None where the province names none."""
    contact = tenant().settings.get("contact") or {}
    return {"hotline": contact.get("hotline"), "portal": contact.get("portal_url")}
