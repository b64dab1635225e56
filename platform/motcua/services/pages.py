"""`/tra-cuu`: the province's services on the web, from their declarations, without JavaScript.

What is not personal is asked by address, so that an answer can be passed on; what is personal is posted and stands
in no address.
"""

import threading
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from motcua.core import language
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.tenancy import current

from . import asking, exemplifying, registry, switching, waiting
from .asking import Asked
from .contract import ANYBODY, Asker, QuestionRefused, Service, ServiceUnavailable
from .wording import as_json

bp = Blueprint("lookups", __name__, url_prefix="/tra-cuu")

AT_ONCE_S, PATIENTLY_S = 0.2, 1.0
REFRESH_S = 2
# A web process has few threads: only so many of them wait longer than a blink for a slow source.
_patience = threading.BoundedSemaphore(2)


class AnswerGone(NotFound):
    code = "answer_gone"
    message = "Câu trả lời này không còn được giữ. Xin hỏi lại."


@bp.get("/")
def index():
    return render_template("services/index.html", services=switching.all_on())


@bp.route("/<string:code>", methods=["GET", "POST"])
def show(code: str):
    """The form; with values in the address (or posted, where they are personal) the answer too."""
    service = _on(code)
    given = request.form if request.method == "POST" else request.args
    values = {field.name: given.get(field.name, "")[: field.longest + 1] for field in service.form}
    asks = any(values.values()) or request.method == "POST" or (not service.form and "ask" in given)
    if service.level > ANYBODY or not asks:
        return _page(service, values if service.level == ANYBODY else {})
    if is_personal(service) and request.method == "GET":
        return redirect(
            url_for("lookups.show", code=code), 303
        )  # not from an address, where it would be kept
    return _ask(service, values)


@bp.get("/<string:code>/cho/<string:token>")
def later(code: str, token: str):
    """Whoever waits for a slow source: looks again by itself until there is an answer."""
    service, row = _on(code), waiting.find(token)
    if row is None or row.service != service.code:
        raise AnswerGone
    if row.state == "waiting":
        response = make_response(
            render_template("services/waiting.html", service=service, seconds=waiting.promised_s(service))
        )
        response.headers["Refresh"] = str(REFRESH_S)
        return response
    outcome = waiting.outcome_of(row) or {"unavailable": asking.ServiceTimedOut.message}
    return _page(service, {}, **outcome)


def is_personal(service: Service) -> bool:
    return any(field.personal for field in service.form)


def _ask(service: Service, values: dict[str, str]):
    try:
        asked = asking.begin(
            service, values, Asker(), channel="page", who=f"address:{request.remote_addr or ''}"
        )
        if not asked.work.wait(AT_ONCE_S) and _patience.acquire(blocking=False):
            try:
                asked.work.wait(PATIENTLY_S)
            finally:
                _patience.release()
    except (QuestionRefused, asking.TooManyQuestions, ServiceUnavailable) as error:
        return _page(service, values, **_said_of(error)), error.status
    if asked.work.wait(0):
        outcome, status = _outcome(asked)
        return _page(service, values, **outcome), status
    token = waiting.wait(asked, _keep).token
    db.session.commit()
    return redirect(url_for("lookups.later", code=service.code, token=token), 303)


def _keep(asked: Asked, number: int) -> bool:
    """Beside the request: the answer for whoever fetches it."""
    is_ours = waiting.claim(number, _outcome(asked)[0])
    db.session.commit()
    return is_ours


def _outcome(asked: Asked) -> tuple[dict[str, Any], int]:
    """What `_page` shows of work that is done, and the HTTP status."""
    try:
        return {"answer": as_json(asked.work.result(), asked.sources)}, 200
    except (QuestionRefused, ServiceUnavailable) as error:
        return _said_of(error), error.status


def _said_of(error: MotcuaError) -> dict[str, Any]:
    if isinstance(error, QuestionRefused):
        return {"refused": error.message, "wrong_field": next(iter(error.details), "")}
    return {"unavailable": error.message}


def _page(service: Service, values: dict[str, str], **outcome):
    account = current.official_account()
    return render_template(
        "services/service.html",
        service=service,
        values=values,
        is_personal=is_personal(service),
        needs_proof=service.level > ANYBODY,
        account=account,
        chat_url=current.chat_url(account.oa_id) if account else None,
        form=exemplifying.form_of(service),
        not_ready=service.not_ready(switching.settings_of(service.code), language.current()),
        say_in_chat=exemplifying.line_of(service),
        **({"answer": None, "refused": "", "wrong_field": "", "unavailable": ""} | outcome),
    )


def _on(code: str) -> Service:
    """Raises ServiceNotFound, also for one that the province has not switched on."""
    if not switching.is_on(code):
        raise registry.ServiceNotFound
    return registry.find(code)
