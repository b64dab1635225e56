"""What the page behind the QR shows, weightiest first, and no more than was proven."""

from motcua.core import language
from motcua.core.clock import now
from motcua.tenancy import current

from . import news_words, promising, records, requests, workflow
from .models import Dossier, DossierEvent
from .record_models import DossierFee, DossierSupplement
from .statuses import FINISHED, Status

OTHERS_TURN = FINISHED | {
    Status.SUPPLEMENT,
    Status.FEE,
}  # no wait of ours: it ended, or the citizen has to act
PAPER_LENGTH = 500  # a page has room


def contents(dossier: Dossier, *, proven: bool) -> dict:
    made = records.standing(dossier)
    calendar = promising.offices().of(dossier.agency_code)
    at, spoken = now(), language.current()
    events = workflow.line(dossier)[::-1]

    def left(until):
        return news_words.days_left(calendar, at, until, spoken)

    return {
        "dossier": dossier,
        "proven": proven,
        "events": events if proven else milestones(events),
        "supplement": _supplement(made.supplement, proven),
        "supplement_left": left(made.supplement and made.supplement.respond_by),
        "fee": made.fee,
        "fee_words": _fee(made.fee) if proven else None,
        "fee_left": left(made.fee and made.fee.pay_by),
        "apology": made.apology if not dossier.is_finished else None,
        "due_left": None if dossier.is_finished else left(dossier.due_at),
        "is_overdue": bool(dossier.due_at and dossier.due_at <= at and dossier.status not in OTHERS_TURN),
        "is_early": bool(dossier.ready_at and dossier.promised_at and dossier.ready_at < dossier.promised_at),
        "result": news_words.of_result(made.result, spoken) if proven else {},
        "has_file": proven and dossier.status in (9, 10) and news_words.has_file(made.result),
        "requests": requests.of(dossier) if proven else [],
        "may_ask": {
            kind: names[language.is_english()]
            for kind, names in requests.KINDS.items()
            if proven and dossier.status not in requests.TOO_LATE[kind]
        },
        "hotline": (current.tenant().settings.get("contact") or {}).get("hotline"),
    }


def milestones(events: list[DossierEvent]) -> list[DossierEvent]:
    """Without proof only changes of status show, not who handed what to whom."""
    shown: list[DossierEvent] = []
    for event in events:
        if shown and shown[-1].status == event.status:
            shown[-1] = event
        else:
            shown.append(event)
    return shown


def _supplement(supplement: DossierSupplement | None, proven: bool) -> dict | None:
    if supplement is None:
        return None
    shown = {"number": supplement.number, "respond_by": supplement.respond_by}
    if not proven:
        return shown
    return shown | {
        "papers": [news_words.paper(one, language.current(), PAPER_LENGTH) for one in supplement.items],
        "reason": supplement.reason,
        "contact_phone": supplement.contact_phone,
    }


def _fee(fee: DossierFee | None) -> dict | None:
    if fee is None:
        return None
    spoken = language.current()
    may_pay = news_words.may_link(fee.pay_url, current.news_rules().pay_hosts)
    return {
        "amount": news_words.money(fee.amount_vnd, spoken),
        "items": [f"{one['name']}: {news_words.money(one['amount_vnd'], spoken)}" for one in fee.items],
        "pay_url": fee.pay_url if may_pay else None,
    }
