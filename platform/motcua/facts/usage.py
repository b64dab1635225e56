"""What a province used in a month, for the vendor's invoice."""

from datetime import date

from motcua.core.database import db, tenant_scope
from motcua.messaging.limits.spending import MessageSpend
from motcua.messaging.models import CHANNELS

from .models import FactDossier, FactLookup, FactMessage, FactMonth
from .spans import month_of

ACCEPTED = ("sent", "delivered", "seen")


def usage_of_month(tenant_id: str, year: int, month: int) -> dict[str, int]:
    """`messages_<channel>` accepted by Zalo (by the day they were written), `cost_vnd_<channel>` and `cost_vnd` (by
    the day they were sent, VND before tax), `messages`, `active_citizens`, `dossiers` received, `lookups`."""
    span = month_of(date(year, month, 1))
    with tenant_scope(tenant_id):
        sent = dict(
            db.session.execute(
                db.select(FactMessage.channel, db.func.sum(FactMessage.messages))
                .where(FactMessage.day.between(span.first, span.last), FactMessage.state.in_(ACCEPTED))
                .group_by(FactMessage.channel)
            ).all()
        )
        cost = dict(
            db.session.execute(
                db.select(MessageSpend.channel, db.func.sum(MessageSpend.amount_vnd))
                .where(MessageSpend.month == span.first)
                .group_by(MessageSpend.channel)
            ).all()
        )
        dossiers = _sum(FactDossier.received, FactDossier.day, span)
        lookups = _sum(FactLookup.asked, FactLookup.day, span)
        active = db.session.scalar(db.select(FactMonth.active_citizens).where(FactMonth.month == span.first))
    return {
        **{f"messages_{channel}": int(sent.get(channel, 0)) for channel in CHANNELS},
        **{f"cost_vnd_{channel}": int(cost.get(channel, 0)) for channel in CHANNELS},
        "messages": int(sum(sent.values())),
        "cost_vnd": int(sum(cost.values())),
        "active_citizens": int(active or 0),
        "dossiers": dossiers,
        "lookups": lookups,
    }


def _sum(column, day, span) -> int:
    return int(
        db.session.scalar(
            db.select(db.func.coalesce(db.func.sum(column), 0)).where(day.between(span.first, span.last))
        )
    )
