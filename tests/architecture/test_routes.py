"""Every door is locked: a route names its permission, or stands in a short public list."""

import contextvars

from motcua.accounts.permissions import PERMISSIONS
from motcua.app import create_app
from motcua.core.database import db
from motcua.open_doors import PUBLIC, TENANTLESS
from tests.factories import make_staff
from tests.signing_in import sign_in


def marked_permissions(app, rule) -> set[str | None]:
    view = app.view_functions[rule.endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return {getattr(view, "permission", None)}
    methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
    return {getattr(getattr(view_class, method.lower()), "permission", None) for method in methods}


def test_every_route_names_a_permission_or_is_public(shared_app):
    unguarded = [
        rule.endpoint
        for rule in shared_app.url_map.iter_rules()
        if rule.endpoint not in PUBLIC | TENANTLESS
        and not marked_permissions(shared_app, rule) <= PERMISSIONS.keys()
    ]

    assert not unguarded


def test_the_public_list_is_short_and_names_only_what_exists(shared_app):
    endpoints = {rule.endpoint for rule in shared_app.url_map.iter_rules()}

    assert endpoints >= PUBLIC | TENANTLESS
    assert len(PUBLIC | TENANTLESS) <= 70


def test_a_route_that_forgot_its_permission_is_refused_even_to_an_admin(settings, app, two_provinces):
    admin = make_staff("binh-thuan", role="province_admin")
    careless = create_app(settings)
    careless.add_url_rule("/console/forgotten", "forgotten", lambda: "open to all")
    client, host = sign_in(careless.test_client(), admin), {"Host": "binh-thuan.localhost"}

    def visit():
        assert client.get("/console/", headers=host).status_code == 200
        return client.get("/console/forgotten", headers=host).status_code

    status = contextvars.Context().run(visit)

    with careless.app_context():
        for engine in db.engines.values():
            engine.dispose()
    assert status == 403
