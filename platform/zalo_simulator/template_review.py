"""The life of a template between author and reviewer, told to the apps by webhook."""

import asyncio

from .services import Services
from .webhooks import events
from .world.records import Template

STATUSES = ("DRAFT", "PENDING_REVIEW", "ENABLE", "REJECT", "DISABLE", "DELETE")
_reviews: set[asyncio.Task] = set()


def set_status(services: Services, template: Template, status: str, reason: str = "") -> None:
    """Change the status and send change_template_status; the same status again says nothing."""
    before = template.status
    template.status, template.reason = status, reason
    services.world.touch()
    if before != status:
        body = events.template_status(template.oa_id, template.template_id, before, status, reason)
        services.webhooks.emit(template.oa_id, "", "change_template_status", body)


def submit(services: Services, template: Template) -> None:
    """Hand in for review; enabled by itself after settings.template_review_s when that is set."""
    set_status(services, template, "PENDING_REVIEW")
    if services.world.settings.template_review_s:
        task = asyncio.get_running_loop().create_task(_review_later(services, template))
        _reviews.add(task)
        task.add_done_callback(_reviews.discard)


async def _review_later(services: Services, template: Template) -> None:
    await services.world.clock.sleep(services.world.settings.template_review_s)
    if template.status == "PENDING_REVIEW" and services.world.templates.get(template.template_id) is template:
        set_status(services, template, "ENABLE")
