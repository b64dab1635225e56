"""The Flask application: settings in, guarded views out."""

import secrets
from contextlib import suppress
from datetime import timedelta

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from motcua import describing, health, page_delivery
from motcua.accounts import gate, support, vendor_pages
from motcua.alerts import watching
from motcua.appointments import pages as visit_pages
from motcua.assets import files as asset_files
from motcua.assets import pages as asset_pages
from motcua.broadcasts import pages as announcement_pages
from motcua.console import (
    agencies,
    api_keys,
    audit,
    broadcast_audience,
    broadcasts,
    catalogue_imports,
    complaints,
    conversations,
    dashboards,
    data_requests,
    deliveries,
    export,
    feedback,
    forms,
    message_channels,
    message_switches,
    message_texts,
    official_accounts,
    pauses,
    privacy,
    province,
    questions,
    readiness,
    renewing,
    requests,
    satisfaction,
    service_data,
    services,
    shell,
    statuses,
    trial,
    visit_desks,
    visits,
)
from motcua.console import calendar as calendar_pages
from motcua.console import catalogue as catalogue_pages
from motcua.console import pages as console_pages
from motcua.console.desk import pages as desk_pages
from motcua.conversation.receiving import webhook
from motcua.core import crypto, language, log, queue, roles, scope
from motcua.core.config import Settings
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.data_requests import pages as data_copies
from motcua.dossiers import api as dossiers_api
from motcua.dossiers import pages as tracking_pages
from motcua.dossiers import result_pages, wording
from motcua.dossiers.door import api as door_api
from motcua.dossiers.door import feed_api
from motcua.dossiers.forms import emblem
from motcua.feedback import pages as feedback_pages
from motcua.open_doors import PUBLIC, TENANTLESS
from motcua.portal import home as front
from motcua.portal import pages as portal_pages
from motcua.reports import pages as public_figures
from motcua.services import pages as lookup_pages
from motcua.surveys import pages as survey_pages
from motcua.tenancy import current
from motcua.vendor import apps as vendor_apps
from motcua.vendor import features as vendor_features
from motcua.vendor import notices as vendor_notices
from motcua.vendor import support as vendor_support
from motcua.vendor import tenant as vendor_tenant
from motcua.vendor import tenants as vendor_tenants
from motcua.vendor import usage as vendor_usage
from motcua.zalo.dialect import Dialect

API = (dossiers_api.bp, door_api.bp, feed_api.bp)

VENDOR = (
    vendor_tenants.bp,
    vendor_tenant.bp,
    vendor_apps.bp,
    vendor_features.bp,
    vendor_usage.bp,
    vendor_notices.bp,
    vendor_support.bp,
)

SENTENCES = {
    400: "Yêu cầu không đọc được. Xin kiểm tra lại nội dung gửi lên.",
    404: "Không tìm thấy trang này. Xin kiểm tra lại đường dẫn.",
    405: "Đường dẫn này không nhận cách gửi như vậy. Xin xem tài liệu API.",
    413: "Nội dung gửi lên quá lớn. Xin gửi ít hơn.",
    415: "Kiểu nội dung chưa đúng. Xin gửi JSON với Content-Type: application/json.",
    422: "Dữ liệu gửi lên chưa đúng. Xin sửa các mục được nêu rồi gửi lại.",
    500: MotcuaError.message,
}
BUSY = "Hệ thống đang bận hoặc đang khởi động lại. Xin thử lại sau ít phút."


def create_app(settings: Settings) -> Flask:
    """An application for these settings; `settings` must name a database and Redis (see `motcua.boot`)."""
    Dialect.from_settings(settings.zalo_dialect)  # a wrong one stops us here, not at the first message
    asset_files.check()
    app = Flask(
        "motcua",
        root_path=str(settings.home),
        template_folder=str(settings.home / "templates"),
        static_folder=str(settings.home / "platform" / "motcua" / "static"),
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_ENGINES=None,
        SQLALCHEMY_DATABASE_URI=settings.database_urls["app"],
        SQLALCHEMY_ENGINE_OPTIONS={
            "connect_args": roles.connect_args("app"),
            "pool_pre_ping": True,
            "hide_parameters": True,  # an error's text may reach a log; the values in a statement must not
            "pool_size": 10,
            "max_overflow": 10,
        },
        SESSION_COOKIE_NAME="motcua",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_scheme == "https",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        REMEMBER_COOKIE_DURATION=timedelta(0),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=2_000_000,
        API_TITLE="Một Cửa",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Cửa nhận hồ sơ từ hệ thống một cửa của tỉnh. Mỗi khóa API thuộc về một tỉnh."
            },
            "components": {"securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}}},
            "security": [{"apiKey": []}],
        },
    )
    if settings.production:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)
    app.json.ensure_ascii = False
    log.configure()
    crypto.use(settings.encryption_keys)
    queue.use(settings.redis_url)
    db.init_app(app)
    page_delivery.install(app)
    language.install(app)
    _harden(app)  # before whatever may refuse a request: a refusal is a page too
    csrf = CSRFProtect(app)
    describing.describe(app, API)
    for blueprint in API:
        csrf.exempt(blueprint)  # bearer keys, no cookies
    csrf.exempt(webhook.bp)  # signed by Zalo
    for blueprint in (
        health.bp,
        asset_pages.bp,
        shell.bp,
        front.bp,
        portal_pages.bp,
        tracking_pages.bp,
        visit_pages.bp,
        survey_pages.bp,
        public_figures.bp,
        announcement_pages.bp,
        result_pages.bp,
        console_pages.bp,
        vendor_pages.bp,
        forms.bp,
        desk_pages.bp,
        conversations.bp,
        deliveries.bp,
        requests.bp,
        questions.bp,
        statuses.bp,
        visits.bp,
        visit_desks.bp,
        complaints.bp,
        feedback.bp,
        feedback_pages.bp,
        broadcasts.bp,
        broadcast_audience.bp,
        satisfaction.bp,
        dashboards.bp,
        message_texts.bp,
        message_switches.bp,
        message_channels.bp,
        catalogue_pages.bp,
        catalogue_imports.bp,
        calendar_pages.bp,
        official_accounts.bp,
        official_accounts.return_bp,
        audit.bp,
        agencies.bp,
        api_keys.bp,
        data_requests.bp,
        export.bp,
        data_copies.bp,
        services.bp,
        service_data.bp,
        lookup_pages.bp,
        readiness.bp,
        privacy.bp,
        privacy.public_bp,
        province.bp,
        trial.bp,
        pauses.bp,
        *VENDOR,
    ):
        app.register_blueprint(blueprint)
    webhook.install(app)
    renewing.install(app)
    gate.install(app, PUBLIC, TENANTLESS)
    _answer_errors(app)
    return app


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(MotcuaError)
    def ours(error: MotcuaError):
        fields = error.details if error.status == 422 else {}
        response = _error(error.status, error.code, error.message, fields, error.details.get("grant"))
        if "retry_after_s" in error.details:
            response.headers["Retry-After"] = str(error.details["retry_after_s"])
        return response

    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError):
        return _error(400, "form_expired", "Biểu mẫu đã hết hạn. Xin tải lại trang rồi gửi lại.", {})

    @app.errorhandler(HTTPException)
    def werkzeug(error: HTTPException):
        status = error.code or 500
        if error.response is not None or status < 400:
            return error
        fields = getattr(error, "data", {}).get("messages", {}) if status == 422 else {}
        fields = fields.get("json", fields) if isinstance(fields, dict) else {}
        sentence = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
        response = _error(status, error.name.lower().replace(" ", "_"), sentence, fields)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(RecursionError)
    def nested_too_deep(error: RecursionError):
        return _error(400, "bad_request", SENTENCES[400], {})

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError):
        db.session.rollback()
        return _error(503, "busy", BUSY, {})


def _error(status: int, code: str, message: str, fields: dict, grant: dict | None = None) -> Response:
    """`grant`: whose permission it would take, and who can give it (`accounts.granting`)."""
    if request.path.startswith(("/api/", "/webhooks/")):
        body = {"error": {"code": code, "message": message} | ({"fields": fields} if fields else {})}
        body["error"] |= {"grant": grant} if grant else {}
        response = current_app.json.response(body)
    else:
        _see_whose_page()
        page = render_template(_error_page(), status=status, message=message, grant=grant)
        response = current_app.make_response(page)
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _see_whose_page() -> None:
    """A refusal from before the gate looked wears the province's colours too, where the host is a province's."""
    if scope.current() is None and not g.get("at_vendor"):
        with suppress(MotcuaError, OperationalError):
            gate.enter_by_host()


def _error_page() -> str:
    return "error.html" if request.path.startswith(language.STAFF) else "public/error.html"


def _harden(app: Flask) -> None:
    @app.before_request
    def nonce():
        g.csp_nonce = secrets.token_urlsafe(16)

    @app.context_processor
    def expose():
        words = {
            "csp_nonce": g.get("csp_nonce", ""),
            "moment": lambda at: wording.moment(at, language.current()),
            "percent": lambda value, places=1: wording.decimal(value, language.current(), places) + " %",
            "decimal": lambda value, places=1: wording.decimal(value, language.current(), places),
            "number": lambda value: wording.whole(value, language.current()),
            "status_words": lambda one: wording.status(one, language.current()),
        }
        if g.get("tenant") is not None:
            settings = g.tenant.settings
            words |= {
                "province": current.name_on(settings, current.today()),
                "branding": settings["branding"],
                "emblem": emblem.address,
                "tenant_status": g.tenant.status,
            }
            if request.path.startswith("/console") and gate.may("console.open"):
                words["support_visits"] = support.open_entries()
                words["may_end_support"] = gate.may("support.view")
                words["alerts"] = watching.shown() if gate.may("oa.manage") else []
        return words

    @app.after_request
    def headers(response: Response) -> Response:
        nonce = g.get("csp_nonce", "")
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; "
            f"style-src 'self' 'nonce-{nonce}' {g.get('style_digest', '')}; "
            "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
