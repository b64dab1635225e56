"""What services make of their published data, made once in a process and kept while it is in use."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog

from motcua.core import scope
from motcua.core.database import db

from . import data, registry
from .contract import Published, Service
from .models import ServiceDataVersion

MOST = 64

log = structlog.get_logger(__name__)

_kept: OrderedDict[tuple, Any] = OrderedDict()
_lock = threading.Lock()
_making: dict[tuple, threading.Lock] = {}


Standing = tuple[int, int | None]  # a version's id, and that of the one before it


def of(service: Service, standing: Sequence[Standing]) -> Any:
    """`service.prepare` of these versions of the tenant in scope; two who ask at once wait for one making.

    A version never changes once it is loaded, so what was made of it never goes out of date.
    """
    # Without data of the province's own it is the same for all provinces.
    owner = scope.required() if service.dataset is not None else ""
    key = (owner, service.code, tuple(standing), id(service))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        making = _making.setdefault(key, threading.Lock())
    with making:
        with _lock:
            if key in _kept:
                return _kept[key]
        made = service.prepare(_published(standing))
        with _lock:
            _kept[key] = made
            _making.pop(key, None)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return made


def warm() -> None:
    """Make what all provinces share before anybody asks; a service that cannot is met again at its first question."""
    for service in registry.all_services():
        if service.dataset is None:
            try:
                of(service, ())
            except Exception as error:  # a third party's too: it must not keep the rest from starting
                log.error("service_not_warmed", service=service.code, error=type(error).__name__)


def forget() -> None:
    with _lock:
        _kept.clear()


def _published(standing: Sequence[Standing]) -> list[Published]:
    published = [data.with_rows(_version(number), _version(former)) for number, former in standing]
    db.session.rollback()  # no transaction while a service is at work
    return published


def _version(number: int | None) -> ServiceDataVersion | None:
    return number and db.session.get_one(ServiceDataVersion, (scope.required(), number))
