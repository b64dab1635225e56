"""The front door of a host: what a citizen sees at `/`, and what Zalo looks for there."""

import html

from flask import Blueprint, Response, abort, current_app, render_template, request

from motcua.accounts import gate
from motcua.broadcasts import content, publishing
from motcua.core import qr
from motcua.feedback import kinds
from motcua.provinces import confirming
from motcua.services import switching
from motcua.tenancy import current, domains, features

from . import figures, file, offices

bp = Blueprint("front", __name__)

NEWS_SHOWN = 3


@bp.get("/")
def home():
    """The province's page, or on the vendor's host the product's."""
    proof = domains.proof_of(_host())
    try:
        gate.enter_by_host()
    except gate.UnknownHost:
        if _host() != current_app.config["SETTINGS"].vendor_host:
            raise
        return render_template("front/vendor.html", proof=proof)
    account = current.official_account()
    chat_url = current.chat_url(account.oa_id) if account else None
    return render_template(
        "front/province.html",
        proof=proof,
        account=account,
        chat_url=chat_url,
        qr=qr.for_page(chat_url) if chat_url else None,
        feedback=kinds.all_kinds() if features.is_on("feedback") else [],
        situations=file.situations(),
        news=publishing.newest(1)[0][:NEWS_SHOWN] if features.is_on("broadcasts") else [],
        news_kinds=content.KIND_NAMES,
        services=switching.all_on() if features.is_on("lookups") else [],
        centres=offices.centres() if offices.has_directory() else [],
        office_state=offices.state_words,
        figures=figures.newest(),
        privacy=confirming.privacy_notice(),
    )


@bp.get("/zalo_verifier<token>.html")
def zalo_verifier(token: str):
    """The file by which Zalo verifies a host. Its content comes from outside: it may run nothing."""
    proof = domains.proof_of(_host())
    if proof is None or proof.token != token:
        abort(404)
    body = proof.sentence or _meta_page(proof.token)
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


def _meta_page(token: str) -> str:
    return f'<meta name="zalo-platform-site-verification" content="{html.escape(token)}"/>'


def _host() -> str:
    return request.host.partition(":")[0].lower()
