"""By which OAs an announcement can be paid for, and at what price: judged as when its messages leave."""

from motcua.core import scope
from motcua.core.database import db
from motcua.messaging.channels import routing, rules
from motcua.tenancy.models import OfficialAccount

from . import content, sealing
from .content import TEMPLATE
from .models import Broadcast


def prices(one: Broadcast) -> dict[str, int]:
    """OA id -> what a message to one of its followers costs, in VND; OAs by which none can leave are left out.

    Empty where the province does not pay for this broadcast.
    """
    if not one.pays or one.channel != "chat":
        return {}
    known, said = rules.rules_of(scope.required()), sealing.of(one).template
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
