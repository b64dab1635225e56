"""By which OAs an announcement can be paid for, and at what price: judged as when its messages leave."""

from motcua.core import scope
from motcua.core.database import db
from motcua.messaging.channels import routing, rules
from motcua.messaging.channels.purposes import PURPOSES
from motcua.tenancy import current
from motcua.tenancy.models import OfficialAccount

from . import content
from .models import Broadcast

TEMPLATE = "announcement"  # the purpose of the OA's ZBS template
TITLE_LONGEST = 200


def words(one: Broadcast) -> dict[str, str]:
    """The parameters of the ZBS template. Before there is a number, one like it: whether it fits is asked sooner."""
    title = one.title if len(one.title) <= TITLE_LONGEST else one.title[: TITLE_LONGEST - 1] + "…"
    return {
        "tieu_de": title,
        "so_thong_bao": one.code or PURPOSES[TEMPLATE].fills["so_thong_bao"].example,
        "van_ban": one.document_number or "–",
        "co_quan": one.document_issuer or current.province_name(),
    }


def prices(one: Broadcast) -> dict[str, int]:
    """OA id -> what a message to one of its followers costs, in VND; OAs by which none can leave are left out.

    Empty where the province does not pay for this broadcast.
    """
    if not one.pays or one.channel != "chat":
        return {}
    known, said = rules.rules_of(scope.required()), words(one)
    found = {}
    for account in db.session.scalars(
        db.select(OfficialAccount).where(OfficialAccount.templates.has_key(TEMPLATE))
    ):
        options = routing.Options(
            has_consultation=False,
            has_template=True,
            uid=account.oa_id,  # anybody's
            phone=None,
            last_interaction_at=None,
            refused=frozenset(),
            event=content.event_of(one),
            lane=one.lane,
            account_id=account.id,
            template_id=account.templates[TEMPLATE],
            template_data=said,
        )
        for route in routing.paid_routes(options, known, "no_recent_interaction"):
            found[account.oa_id] = route.price_vnd
    return found
