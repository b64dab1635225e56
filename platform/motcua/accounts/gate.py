"""Before every view: find the tenant, find out who asks, and check the view's permission.

Pages of blueprints named `vendor…` belong to no tenant: they stand on the vendor's own host and nowhere else.
"""

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user

from motcua import audit
from motcua.audit import requests as audited
from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound, Unauthenticated
from motcua.tenancy import features, routes

from . import api_keys, realms, sessions, support
from .granting import NotAllowed
from .vendor_models import VendorStaff

# Names in the cookie under which the token of a sign-in stands, and that of a visit of the vendor's.
TOKEN, VISIT = "token", "visit"
NOBODY = audit.Actor("system", "", "Người chưa đăng nhập")

login_manager = LoginManager()


class UnknownHost(NotFound):
    code = "unknown_host"
    message = "Địa chỉ này không thuộc tỉnh nào trên hệ thống. Xin kiểm tra lại tên miền."


class ProvinceSuspended(MotcuaError):
    """The vendor stopped the province for a while; what Zalo reports is kept all the same."""

    code, status = "province_suspended", 503
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
    audited.install(app)

    @app.before_request
    def guard():
        view = current_app.view_functions.get(request.endpoint)
        if view is None or request.endpoint in tenantless:
            return None
        permission = _permission_of(view, request.method)
        if request.path.startswith("/api/"):
            _enter_by_api_key()
            _check(g.api_key.permissions, permission, "api_key")
            audit.act_as(audit.Actor("api_key", g.api_key.key_id, g.api_key.label))
            return None
        if is_vendors(request.blueprint):
            _enter_as_vendor()
        else:
            enter_by_host()
        if request.endpoint in public:
            _check_door(request.endpoint)
            return None
        if not current_user.is_authenticated:
            return redirect(url_for(_login_page(), next=request.full_path.rstrip("?")))
        _check(current_user.permissions, permission, realm().name)
        _keep_readers_from_changing(view, permission)
        audited.begin(_actor(current_user))
        return None

    @app.after_request
    def say_that_it_was_a_test(response):
        if "api_key" in g and g.api_key.is_test:
            response.headers["Motcua-Test"] = "true"
        return response

    @app.teardown_request
    def leave(error):
        token = g.pop("scope_token", None)
        if token is not None or g.get("at_vendor"):
            db.session.rollback()
        if token is not None:
            scope.leave(token)


def is_vendors(blueprint: str | None) -> bool:
    return (blueprint or "").startswith("vendor")


def _login_page() -> str:
    return "vendor_door.login" if g.get("at_vendor") else "console.login"


def _permission_of(view, method: str) -> str | None:
    """The permission marked on a function view, or on the method of a class-based one."""
    view_class = getattr(view, "view_class", None)
    marked = getattr(view_class, method.lower(), None) if view_class else view
    return getattr(marked, "permission", None)


def _check(held: frozenset[str], permission: str | None, kind: str) -> None:
    """Two layers: what the tenant has, and what the person or key may. Raises NotAllowed."""
    if permission is not None and not _tenant_has(permission):
        raise features.FeatureOff(features.of_permission(permission))
    if permission is None or permission not in held:
        raise NotAllowed(permission, kind)


def _check_door(endpoint: str) -> None:
    """A public page of a feature that the province does not have is not there."""
    feature = features.of_endpoint(endpoint)
    if feature is not None and scope.current() is not None and not features.is_on(feature):
        raise NotFound


def _keep_readers_from_changing(view, permission: str) -> None:
    """Who only reads changes nothing, whatever permission a view that changes something may name one day."""
    changes = request.method not in ("GET", "HEAD", "OPTIONS")
    if changes and current_user.is_read_only and not getattr(view, "is_for_readers", False):
        raise NotAllowed(permission, realm().name, reads_only=True)


def _tenant_has(permission: str) -> bool:
    """The first layer: whether the province has the feature behind a permission at all."""
    feature = features.of_permission(permission)
    return feature is None or scope.current() is None or features.is_on(feature)


def may(permission: str) -> bool:
    """Whether the signed-in person, if any, has this permission."""
    return (
        current_user.is_authenticated and _tenant_has(permission) and permission in current_user.permissions
    )


def vendor_person() -> VendorStaff:
    """Who of the vendor is signed in, on one of the vendor's pages."""
    if not isinstance(current_user._get_current_object(), VendorStaff):
        raise Unauthenticated
    return current_user._get_current_object()


def _enter(tenant_id: str) -> None:
    db.session.rollback()  # the look-up ran without a tenant; the work begins a transaction of its own
    g.scope_token = scope.enter(tenant_id)
    g.tenant = routes.find_tenant(tenant_id)
    if g.tenant is None:
        raise UnknownHost
    if g.tenant.status == "suspended":
        raise ProvinceSuspended


def _enter_by_api_key() -> None:
    tenant_id, key_id, secret = api_keys.tenant_of(request.headers.get("Authorization", ""))
    _enter(tenant_id)
    g.api_key = api_keys.authenticate(key_id, secret)
    api_keys.note_use(g.api_key)
    db.session.expunge(g.api_key)  # who asks is known until the answer is out, also after a rollback


def asked_host() -> str:
    return request.host.partition(":")[0].lower()


def _enter_as_vendor() -> None:
    """As if there were no such page on every host but the vendor's: nobody learns elsewhere that there is."""
    if asked_host() != current_app.config["SETTINGS"].vendor_host:
        abort(404)
    g.at_vendor = True


def enter_by_host() -> None:
    """Work for the tenant whose host was asked, until the request ends. Raises UnknownHost."""
    tenant_id = routes.tenant_of("host", asked_host())
    if tenant_id is None:
        raise UnknownHost
    _enter(tenant_id)


def realm() -> realms.Realm:
    """Whose pages these are."""
    return realms.VENDOR if g.get("at_vendor") else realms.STAFF


def sign_in(person) -> None:
    """Open a session of its own in this browser; whatever session it had before is worth nothing from now on."""
    leave_session()
    token = sessions.begin(person, request.remote_addr, request.user_agent.string)
    session[TOKEN] = token
    note("person.sign_in", person)


def note(action: str, person, *, is_proven: bool = True) -> None:
    """In the log of whose pages these are: what happened before anybody was signed in.

    `person`: whose account it was, None for nobody's; not `is_proven`: somebody else may have been at the keys.
    """
    audited.begin(_actor(person) if is_proven else NOBODY)
    write = audit.record_platform if g.get("at_vendor") else audit.record
    write(action, f"{realm().name} {person.id if person else '?'}")


def _actor(person) -> audit.Actor:
    kind = "vendor" if g.get("at_vendor") or isinstance(person, support.SupportVisitor) else "staff"
    return audit.Actor(kind, str(person.id), person.full_name)


def has_cookie() -> bool:
    """Whether this browser says that somebody signed in: a cheap look before anything is read, and no proof."""
    return TOKEN in session or VISIT in session


def sign_in_visitor(token: str) -> None:
    """The same for the vendor's visit that `token` stands for."""
    leave_session()
    session[VISIT] = token


def leave_session() -> None:
    """End the sign-in of this browser, if any."""
    token, visitor = session.get(TOKEN), support.visitor_of(session.get(VISIT))
    session.clear()
    if isinstance(token, str):
        sessions.end_token(realm(), token)
    if visitor is not None:
        support.end(visitor.entry.id, visitor.full_name)


def this_sign_in():
    """The row of this browser's own sign-in; None without one."""
    return g.get("sign_in")


@login_manager.request_loader
def _who_asks(asked):
    """By the token in the cookie. One province's opens nothing in another, nor at the vendor's: no row there."""
    if scope.current() is None and not g.get("at_vendor"):
        return None
    found = sessions.person_of(realm(), session.get(TOKEN))
    if found is None:
        return None if g.get("at_vendor") else support.visitor_of(session.get(VISIT))
    person, g.sign_in = found
    # Whoever must have a second factor and has none is not in yet: see `signing_in.offer_second_factor`.
    return None if person.needs_second_factor and not person.has_second_factor else person
