"""Every path of the simulated Zalo and the endpoint behind it.

Zalo lives on several hosts. Here they share one port, and one endpoint answers to several spellings, so that any
client finds it: under its house (`/openapi/v3.0/…`), under the real host's name (`/openapi.zalo.me/v3.0/…`), and bare
(`/v3.0/…`, for clients with one base URL or with host names that lead to this port); with or without a last slash;
and, for the OpenAPI, as v2.0 or v3.0.
"""

from aiohttp import web

from .business import authoring, journeys, reports, rsa, sending, templates
from .errors import ZaloError
from .gateway import Gateway
from .graph import Graph
from .oauth.consent import Consent
from .oauth.exchange import TokenEndpoint
from .oauth.social import SocialLogin
from .openapi import (
    account,
    articles,
    broadcast,
    calls,
    consultation,
    group_messages,
    groups,
    history,
    purchases,
    tags,
    uid_sends,
    uploads,
    user_fields,
    users,
)
from .services import Services

_OPENAPI = (
    ("POST", "/v3.0/oa/message/cs", consultation.send),
    ("POST", "/v3.0/oa/message/template", sending.send_by_uid),
    ("POST", "/v3.0/oa/message/transaction", uid_sends.transaction),
    ("POST", "/v3.0/oa/message/promotion", uid_sends.promotion),
    ("GET", "/v3.0/oa/message/status", reports.message_status),
    ("POST", "/v2.0/oa/message", broadcast.send_v2),
    ("GET", "/v3.0/oa/user/detail", users.detail),
    ("GET", "/v3.0/oa/user/getlist", users.get_list),
    ("POST", "/v3.0/oa/user/update", users.update),
    ("POST", "/v2.0/oa/updatefollowerinfo", users.update),
    ("POST", "/v2.0/oa/deletefollowerinfo", users.forget),
    ("GET", "/v3.0/oa/user/detail/custominfo", user_fields.show_values),
    ("POST", "/v3.0/oa/user/update/custominfo", user_fields.change_values),
    ("GET", "/v3.0/oa/userfield/get", user_fields.show),
    ("POST", "/v3.0/oa/userfield/get", user_fields.show),
    ("POST", "/v3.0/oa/userfield/create", user_fields.create),
    ("POST", "/v3.0/oa/userfield/update", user_fields.update),
    ("POST", "/v3.0/oa/userfield/delete", user_fields.delete),
    ("GET", "/v2.0/oa/getprofile", users.legacy_profile),
    ("GET", "/v2.0/oa/getfollowers", users.legacy_followers),
    ("POST", "/v2.0/oa/tag/tagfollower", tags.add),
    ("POST", "/v2.0/oa/tag/rmfollowerfromtag", tags.remove_user),
    ("POST", "/v2.0/oa/tag/rmtag", tags.delete),
    ("GET", "/v2.0/oa/tag/gettagsofoa", tags.list_all),
    ("GET", "/v2.0/oa/listrecentchat", history.recent_chats),
    ("GET", "/v2.0/oa/conversation", history.conversation),
    ("GET", "/v2.0/oa/getoa", account.get_account),
    ("POST", "/v3.0/oa/quota/message", account.message_quota),
    ("POST", "/v2.0/oa/quota/message", account.legacy_quota),
    ("POST", "/v3.0/oa/menu", account.set_menu),
    ("GET", "/v3.0/oa/menu", account.get_menu),
    ("GET", "/v3.0/oa/getmessagestatus", reports.message_status),
    ("POST", "/v3.0/oa/quota/group", groups.quota),
    ("POST", "/v3.0/oa/group/creategroupwithoa", groups.create),
    ("GET", "/v3.0/oa/group/getgroupsofoa", groups.list_all),
    ("GET", "/v3.0/oa/group/getgroup", groups.detail),
    ("POST", "/v3.0/oa/group/updateinfo", groups.update),
    ("POST", "/v3.0/oa/group/updateasset", groups.update_asset),
    ("POST", "/v3.0/oa/group/delete", groups.delete),
    ("GET", "/v3.0/oa/group/listmember", groups.members),
    ("GET", "/v3.0/oa/group/listpendinginvite", groups.pending),
    ("POST", "/v3.0/oa/group/message", group_messages.send),
    ("GET", "/v3.0/oa/group/conversation", group_messages.conversation),
    ("GET", "/v3.0/oa/group/listrecentchat", group_messages.recent_chats),
    *(("POST", f"/v3.0/oa/group/{action}", groups.change_members(action)) for action in groups.ACTIONS),
    ("POST", "/v2.0/oa/call/requestconsent", calls.request_consent),
    ("GET", "/v2.0/oa/call/checkconsent", calls.check_consent),
    ("POST", "/v3.0/oa/call/outbound", calls.outbound_link),
    ("POST", "/v3.0/oa/call/inbound", calls.inbound_link),
    ("GET", "/v3.0/oa/call/getmccinfo", calls.contact_centre),
    ("POST", "/v3.0/oa/purchase/create_order", purchases.create_order),
    ("POST", "/v3.0/oa/purchase/confirm_order", purchases.confirm_order),
    ("POST", "/v2.0/oa/upload/image", uploads.upload(uploads.IMAGE)),
    ("POST", "/v2.0/oa/upload/gif", uploads.upload(uploads.GIF)),
    ("POST", "/v2.0/oa/upload/file", uploads.upload(uploads.FILE)),
    ("POST", "/v2.0/article/create", articles.create),
    ("POST", "/v2.0/article/update", articles.update),
    ("POST", "/v2.0/article/verify", articles.verify),
    ("POST", "/v2.0/article/remove", articles.remove),
    ("GET", "/v2.0/article/getdetail", articles.get_detail),
    ("GET", "/v2.0/article/getslice", articles.get_slice),
    ("POST", "/v2.0/article/upload_video/preparevideo", articles.prepare_video),
    ("GET", "/v2.0/article/upload_video/verify", articles.verify_video),
)

_BUSINESS = (
    ("POST", "/message/template", sending.send_by_phone),
    ("POST", "/message/template/hashphone", sending.send_by_hash),
    ("POST", "/message/template/hash_phone", sending.send_by_hash),
    ("GET", "/message/status", reports.message_status),
    ("GET", "/message/quota", reports.message_quota),
    ("GET", "/message/template-tag", reports.template_tags),
    ("GET", "/quality", reports.quality),
    ("GET", "/template/all", templates.list_all),
    ("GET", "/template/info/v2", templates.info),
    ("GET", "/template/info", templates.info),
    ("GET", "/template/sample-data", templates.sample_data),
    ("POST", "/template/create", authoring.create),
    ("POST", "/template/edit", authoring.edit),
    ("POST", "/upload/image", uploads.upload(uploads.ZBS_IMAGE)),
    ("GET", "/rating/get", reports.ratings),
    ("POST", "/rating/get", reports.ratings),
    ("GET", "/response/get", reports.responses),
    ("POST", "/response/get", reports.responses),
    ("GET", "/rsa/key/gen", rsa.generate),
    ("POST", "/rsa/key/gen", rsa.generate),
    ("GET", "/rsa/key/get", rsa.show),
    ("POST", "/rsa/message/template", sending.send_encrypted),
    ("POST", "/journey/get-token", journeys.get_token),
    ("GET", "/journey/check-token", journeys.check_token),
)
_HOUSES = {
    "/oauth": ("/oauth.zaloapp.com",),
    "/openapi": ("/openapi.zalo.me", "/openapi.zaloapp.com"),
    "/business": ("/business.openapi.zalo.me",),
    "/graph": ("/graph.zalo.me", "/graph.zaloapp.com"),
}


def _wrong_method(_call) -> None:
    raise ZaloError(-106)


def add_zalo_routes(app: web.Application, services: Services) -> None:
    gateway = Gateway(services)

    def add(method: str, house: str, path: str, handler) -> None:
        for start in ("", house, *_HOUSES[house]):
            for end in ("", "/"):
                app.router.add_route(method, start + path + end, handler)

    for method, path, endpoint in _OPENAPI + _other_versions(_OPENAPI):
        add(method, "/openapi", path, gateway.handler(endpoint, "oa", "/openapi" + path))
    for method, path, endpoint in _BUSINESS:
        add(method, "/business", path, gateway.handler(endpoint, "zbs", "/business" + path))
    for path in sorted({path for _, path, _ in _BUSINESS}):
        add("*", "/business", path, gateway.handler(_wrong_method, "zbs", "/business" + path))

    consent, exchange = Consent(services), TokenEndpoint(services, gateway)
    graph, social = Graph(services), SocialLogin(services)
    for method, path, handler in (
        ("GET", "/v4/oa/permission", consent.show),
        ("POST", "/v4/oa/permission", consent.agree),
        ("GET", "/v4/permission/error", consent.show_error),
        ("POST", "/v4/oa/access_token", exchange.handle),
        ("GET", "/v4/permission", social.show),
        ("POST", "/v4/permission", social.agree),
        ("POST", "/v4/access_token", social.exchange),
    ):
        add(method, "/oauth", path, handler)
    add("GET", "/graph", "/v2.0/me", graph.me)
    add("GET", "/graph", "/v2.0/me/info", graph.info)
    for prefix in (
        *_HOUSES,
        *(name for names in _HOUSES.values() for name in names),
        "/v2.0",
        "/v3.0",
        "/v4",
    ):
        app.router.add_route("*", prefix + "/{rest:.*}", _nothing_here)


def _other_versions(endpoints: tuple) -> tuple:
    """The same endpoints as v3.0 where documented as v2.0 and the other way round: clients write both."""
    known = {(method, path) for method, path, _ in endpoints}
    swapped = []
    for method, path, endpoint in endpoints:
        other = "/v3.0/" + path[6:] if path.startswith("/v2.0/") else "/v2.0/" + path[6:]
        if (method, other) not in known:
            swapped.append((method, other, endpoint))
    return tuple(swapped)


async def _nothing_here(_request: web.Request) -> web.Response:
    return web.json_response({"error": 404, "message": "Empty api"}, status=404)
