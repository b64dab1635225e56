"""A request by staff: every one that changes something is in the log, finer or at least by its name."""

from dataclasses import replace

from flask import Flask, request

from motcua.core import scope
from motcua.core.database import db

from . import recording, watching
from .actors import SYSTEM, Actor, act_as

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UNTOLD = frozenset({"csrf_token", "next"})
SECRET_ARGUMENTS = frozenset({"token"})


def begin(who: Actor) -> None:
    """The gate calls it last: `who` acts from here on, and what this request commits is theirs."""
    act_as(replace(who, address=request.remote_addr or ""))
    if request.method not in SAFE:
        fields = sorted({*request.form, *request.files} - UNTOLD)
        watching.begin(
            watching.Watch(request.endpoint, subject_of_address(), {"fields": fields} if fields else {})
        )


def subject_of_address() -> str:
    """`code H17.44 · number 3`: the ids in the request's address."""
    given = request.view_args or {}
    return " · ".join(
        f"{name} {'…' if name in SECRET_ARGUMENTS else value}" for name, value in sorted(given.items())
    )


def install(app: Flask) -> None:
    @app.after_request
    def record_what_did_not_say_so(response):
        watch = watching.current()
        if watch is not None and not watch.recorded and response.status_code < 400:
            db.session.rollback()  # what the view left uncommitted must not slip in with the entry
            write = recording.record if scope.current() else recording.record_platform
            write(watch.action, watch.subject, watch.detail)
            db.session.commit()
        return response

    @app.teardown_request
    def nobody_acts_any_more(error):
        watching.end()
        act_as(SYSTEM)
