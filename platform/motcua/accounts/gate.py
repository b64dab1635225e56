"""Before every view: find the tenant, find out who asks, and check the view's permission."""

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Forbidden, NotFound
from motcua.tenancy import routes

from . import api_keys
from .models import Staff

login_manager = LoginManager()


class UnknownHost(NotFound):
    code = "unknown_host"
    message = "Địa chỉ này không thuộc tỉnh nào trên hệ thống. Xin kiểm tra lại tên miền."


class Suspended(UnknownHost):
    """The province is ours, but serves nobody for now."""

    code, status = "suspended", 503
    message = (
        "Trang này của tỉnh đang tạm dừng. Hồ sơ đã nộp vẫn được giải quyết như đã hẹn: xin hỏi bộ phận một cửa nơi "
        "nộp hồ sơ, hoặc xem trên Cổng Dịch vụ công quốc gia."
    )


def install(app: Flask, public: frozenset[str], tenantless: frozenset[str]) -> None:
    """Guard every endpoint of `app`.

    `public` endpoints need no identity; `tenantless` ones need no tenant either. An endpoint that is
    in neither and names no permission is refused: forgetting is safe.
    """
    login_manager.init_app(app)

    @app.before_request
    def guard():
        view = current_app.view_functions.get(request.endpoint)
        if view is None or request.endpoint in tenantless:
            return None
        permission = _permission_of(view, request.method)
        if request.path.startswith("/api/"):
            _enter_by_api_key()
            _check(g.api_key.permissions, permission)
            return None
        enter_by_host()
        if request.endpoint in public:
            return None
        if not current_user.is_authenticated:
            return redirect(url_for("console.login", next=request.full_path.rstrip("?")))
        return _check(current_user.permissions, permission)

    @app.after_request
    def say_that_it_was_a_test(response):
        if "api_key" in g and g.api_key.is_test:
            response.headers["Motcua-Test"] = "true"
        return response

    @app.teardown_request
    def leave(error):
        token = g.pop("scope_token", None)
        if token is not None:
            db.session.rollback()
            scope.leave(token)


def _permission_of(view, method: str) -> str | None:
    """The permission marked on a function view, or on the method of a class-based one."""
    view_class = getattr(view, "view_class", None)
    marked = getattr(view_class, method.lower(), None) if view_class else view
    return getattr(marked, "permission", None)


def _check(held: frozenset[str], permission: str | None) -> None:
    if permission is None or permission not in held:
        raise Forbidden


def may(permission: str) -> bool:
    """Whether the signed-in member of staff, if any, has this permission."""
    return current_user.is_authenticated and permission in current_user.permissions


def _enter(tenant_id: str) -> None:
    db.session.rollback()  # the look-up ran without a tenant; the work begins a transaction of its own
    g.scope_token = scope.enter(tenant_id)
    g.tenant = routes.find_tenant(tenant_id)
    if g.tenant is None:
        raise UnknownHost
    if g.tenant.status == "suspended":
        raise Suspended


def _enter_by_api_key() -> None:
    tenant_id, key_id, secret = api_keys.tenant_of(request.headers.get("Authorization", ""))
    _enter(tenant_id)
    g.api_key = api_keys.authenticate(key_id, secret)
    api_keys.note_use(g.api_key)
    db.session.expunge(g.api_key)  # who asks is known until the answer is out, also after a rollback


def enter_by_host() -> None:
    """Work for the tenant whose host was asked, until the request ends. Raises UnknownHost."""
    host = request.host.partition(":")[0].lower()
    tenant_id = routes.tenant_of("host", host)
    if tenant_id is None:
        raise UnknownHost
    _enter(tenant_id)


@login_manager.user_loader
def load_staff(identity: str) -> Staff | None:
    """A session cookie of one province opens nothing in another: its tenant must be the host's."""
    tenant_id, _, staff_id = identity.partition("/")
    if tenant_id != scope.current() or not staff_id.isdigit():
        return None
    staff = db.session.get(Staff, (tenant_id, int(staff_id)))
    return staff if staff is not None and staff.is_enabled else None
