"""Examples of questions, from the province's own data where a service can make one of a row."""

from dataclasses import replace

import structlog

from motcua.tenancy import current

from . import data
from .contract import Field, Service

log = structlog.get_logger(__name__)


def line_of(service: Service) -> str:
    """A line that the chat understands as a question for this service."""
    phrase = service.phrases[0] if service.phrases else service.name.lower()
    if own := _of_data(service):
        return f"{phrase} {own}"
    if service.examples:
        return service.examples[0]
    free = next((field.example for field in service.form if field.free_text), "")
    return f"{phrase} {free}".strip()


def form_of(service: Service) -> tuple[Field, ...]:
    """The form, the example of its free text taken from the province's data."""
    own = _of_data(service)
    return tuple(replace(one, example=own) if own and one.free_text else one for one in service.form)


def _of_data(service: Service) -> str:
    if service.dataset is None or type(service).example_of is Service.example_of:
        return ""
    holding = data.in_force(service.code, current.today())
    rows = data.sample(holding[0][0], 1) if holding else []
    try:
        return service.example_of(rows[0][1]) if rows else ""
    except Exception as error:  # a third party's too: a page without an example is better than none
        log.error("service_failed", service=service.code, error=type(error).__name__, place="example_of")
        return ""
