"""Several provinces on one simulated Zalo, with citizens who may be written to by every channel."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from motcua.citizens import registry
from motcua.core.database import db, tenant_scope
from motcua.demo.stage import template
from motcua.tenancy.models import OfficialAccount
from tests.bench import crowd
from tests.factories import APP_ID
from tests.installation import Installation

PURPOSE = "dossier_status"
FAR_AWAY = timedelta(days=5)  # beyond the free window, within Zalo's seven days


@dataclass(frozen=True)
class Province:
    """`near` may be written to for free, `far` only by template; both are ids of citizens."""

    slug: str
    oa_id: str
    near: tuple[int, ...]
    far: tuple[int, ...]


def settle(home: Installation, admin: str, provinces: int, people: int) -> list[Province]:
    """Provinces in the database and at the simulator, `people` citizens in each, one in six of them far away."""
    home.simulator.reset()  # without a webhook: following must not make the product greet anybody
    with home.app.app_context(), psycopg.connect(admin, autocommit=True) as server:
        slugs = crowd.provinces(server, provinces)
    _raise_limits(home)
    return [_settle_one(home, slug, number, people) for number, slug in enumerate(slugs)]


def open_webhooks(home: Installation) -> None:
    """Have Zalo call us; also what a person does whose webhook Zalo has disabled after an outage.

    Retries come soon, for a run of minutes; an answer may take longer than Zalo's two seconds, because what
    is measured here is loss and not how busy the machine is.
    """
    url = f"http://127.0.0.1:{home.port}/webhooks/zalo"
    home.simulator.ask("POST", "/apps", {"app_id": APP_ID, "webhook_url": url, "webhook_enabled": True})
    home.simulator.ask("POST", "/settings", {"webhook_retry_factor": 0.02, "webhook_timeout_s": 15.0})


def _raise_limits(home: Installation) -> None:
    limits = {"rate_limit_per_minute": 10_000_000, "oa_rate_limit_per_minute": 10_000_000}
    home.simulator.ask("POST", "/settings", limits)


def _settle_one(home: Installation, slug: str, number: int, people: int) -> Province:
    ask = home.simulator.ask
    with home.app.app_context(), tenant_scope(slug):
        account = db.session.scalars(db.select(OfficialAccount)).one()
        template_id = f"5{number:05d}"
        ask("POST", "/oas", {"oa_id": account.oa_id, "name": f"Dịch vụ công {slug}"})
        ask("POST", "/templates", template(account.oa_id, PURPOSE, template_id))
        grant = ask("POST", "/grants", {"app_id": APP_ID, "oa_id": account.oa_id})
        account.templates = {PURPOSE: template_id}
        expires_at = datetime.now(UTC) + timedelta(hours=24)
        account.keep_tokens(grant["access_token"], grant["refresh_token"], expires_at)
        near, far = [], []
        for at in range(people):
            name = f"c{number}-{at}"
            phone = f"849{number:02d}{at:06d}"
            ask("POST", "/citizens", {"citizen_id": name, "name": f"Công dân {at}", "phone": phone})
            uid = ask("POST", f"/citizens/{name}/chats/{account.oa_id}/follow", {})["uid"]
            is_far = at % 6 == 5
            citizen = registry.meet(account.oa_id, uid)
            citizen.is_follower = True
            registry.note_interaction(citizen, datetime.now(UTC) - (FAR_AWAY if is_far else timedelta()))
            db.session.flush()
            (far if is_far else near).append(citizen.id)
        db.session.commit()
        return Province(slug, account.oa_id, tuple(near), tuple(far))
