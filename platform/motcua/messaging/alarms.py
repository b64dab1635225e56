"""What of messages waits for a province's admin: money that runs out, and templates that cannot be sent."""

from motcua.alerts.models import Alert
from motcua.alerts.watching import Watch, watch
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy.models import OfficialAccount

from .channels import rules
from .channels.purposes import PURPOSES
from .channels.zbs_templates import judge
from .limits import spending
from .limits.costs import WARN_AT

SPEND_NEAR, SPEND_CAP, TEMPLATE = "spend_near", "spend_cap", "zbs_template"
SENTENCES = {
    SPEND_NEAR: (
        "Tiền gửi tin tháng {subject} đã qua 80% mức chi. Xin xem mục “Kênh, giờ gửi và chi phí”: nâng mức hoặc "
        "tắt bớt tin mất phí."
    ),
    SPEND_CAP: (
        "Tiền gửi tin tháng {subject} đã đến mức chi: tin mất phí không khẩn đang chờ, tin khẩn đi tiếp đến mức thứ "
        "hai. Xin nâng mức ở mục “Kênh, giờ gửi và chi phí”, hoặc để đến tháng sau."
    ),
}


def _causes() -> list[tuple[str, str]]:
    found = rules.rules_of(scope.required())
    return [*_of_money(found), *_of_templates(found)]


def _of_money(found: rules.Rules) -> list[tuple[str, str]]:
    budget = found.budget
    if budget.cap_vnd is None or budget.spent_vnd < budget.cap_vnd * WARN_AT:
        return []
    month = f"{spending.month_of(now()):%m/%Y}"
    kinds = [SPEND_NEAR] if budget.allows(1, is_urgent=False) else [SPEND_CAP]
    return [(kind, month) for kind in kinds]


def _of_templates(found: rules.Rules) -> list[tuple[str, str]]:
    """A template that Zalo itself does not let pass; what merely may be cut stands on the page."""
    if not found.synced:
        return []
    return [
        (TEMPLATE, f"{account.key}/{purpose}")
        for account in db.session.scalars(
            db.select(OfficialAccount).where(OfficialAccount.id.in_(found.synced))
        )
        for purpose, template_id in account.templates.items()
        if not judge(purpose, template_id, found.templates.get((account.id, template_id)))[1]
    ]


def _sentence(alert: Alert) -> str | None:
    if alert.kind != TEMPLATE:
        return SENTENCES[alert.kind].format(subject=alert.subject)
    key, _, purpose = alert.subject.partition("/")
    account = db.session.scalar(db.select(OfficialAccount).where(OfficialAccount.key == key))
    template_id = account and account.templates.get(purpose)
    if template_id is None:
        return None
    found = rules.rules_of(scope.required())
    sentences, is_sent = judge(purpose, template_id, found.templates.get((account.id, template_id)))
    title = PURPOSES[purpose].title if purpose in PURPOSES else purpose
    return None if is_sent else f"Mẫu ZBS cho “{title}” của OA “{account.name}”: {' '.join(sentences)}"


watch(Watch((SPEND_NEAR, SPEND_CAP, TEMPLATE), _causes, _sentence))
