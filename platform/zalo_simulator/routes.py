"""Every path of the simulated Zalo and the endpoint behind it."""

from aiohttp import web

from .business import authoring, reports, sending, templates
from .errors import ZaloError
from .gateway import Gateway
from .graph import Graph
from .oauth.consent import Consent
from .oauth.exchange import TokenEndpoint
from .openapi import account, articles, broadcast, consultation, history, tags, uploads, users
from .services import Services

_OPENAPI = (
    ("POST", "/v3.0/oa/message/cs", consultation.send),
    ("POST", "/v3.0/oa/message/template", sending.send_by_uid),
    ("POST", "/v3.0/oa/message/transaction", broadcast.closed),
    ("POST", "/v3.0/oa/message/promotion", broadcast.closed),
    ("GET", "/v3.0/oa/message/status", reports.message_status),
    ("POST", "/v2.0/oa/message", broadcast.send_v2),
    ("GET", "/v3.0/oa/user/detail", users.detail),
    ("GET", "/v3.0/oa/user/getlist", users.get_list),
    ("POST", "/v3.0/oa/user/update", users.update),
    ("POST", "/v2.0/oa/updatefollowerinfo", users.update),
    ("GET", "/v3.0/oa/userfield/get", users.user_fields_get),
    ("POST", "/v3.0/oa/userfield/create", users.user_fields_change("create")),
    ("POST", "/v3.0/oa/userfield/update", users.user_fields_change("update")),
    ("POST", "/v3.0/oa/userfield/delete", users.user_fields_change("delete")),
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
    ("POST", "/v2.0/oa/upload/image", uploads.upload(uploads.IMAGE)),
    ("POST", "/v2.0/oa/upload/gif", uploads.upload(uploads.GIF)),
    ("POST", "/v2.0/oa/upload/file", uploads.upload(uploads.FILE)),
    ("POST", "/v3.0/oa/upload/image", uploads.upload(uploads.IMAGE)),
    ("POST", "/v3.0/oa/upload/gif", uploads.upload(uploads.GIF)),
    ("POST", "/v3.0/oa/upload/file", uploads.upload(uploads.FILE)),
    ("POST", "/v2.0/article/create", articles.create),
    ("POST", "/v2.0/article/update", articles.update),
    ("POST", "/v2.0/article/verify", articles.verify),
    ("POST", "/v2.0/article/remove", articles.remove),
    ("GET", "/v2.0/article/getdetail", articles.get_detail),
    ("GET", "/v2.0/article/getslice", articles.get_slice),
)
# Zalo's own listing shows recent chats, conversation and account under v2.0; newer clients try v3.0 first.
_ALSO_V3 = ("/v2.0/oa/listrecentchat", "/v2.0/oa/conversation", "/v2.0/oa/getoa")

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
)


def _wrong_method(_call) -> None:
    raise ZaloError(-106)


def add_zalo_routes(app: web.Application, services: Services) -> None:
    gateway, add = Gateway(services), app.router.add_route
    for method, path, endpoint in _OPENAPI:
        add(method, "/openapi" + path, gateway.handler(endpoint, "oa"))
        if path in _ALSO_V3:
            add(method, "/openapi" + path.replace("/v2.0/", "/v3.0/"), gateway.handler(endpoint, "oa"))
    for method, path, endpoint in _BUSINESS:
        add(method, "/business" + path, gateway.handler(endpoint, "zbs"))
    for path in sorted({path for _, path, _ in _BUSINESS}):
        add("*", "/business" + path, gateway.handler(_wrong_method, "zbs"))

    consent, exchange, graph = Consent(services), TokenEndpoint(services, gateway), Graph(services)
    add("GET", "/oauth/v4/oa/permission", consent.show)
    add("POST", "/oauth/v4/oa/permission", consent.agree)
    add("GET", "/oauth/v4/permission/error", consent.show_error)
    add("POST", "/oauth/v4/oa/access_token", exchange.handle)
    add("GET", "/graph/v2.0/me", graph.me)
    add("GET", "/graph/v2.0/me/info", graph.info)
    for prefix in ("/oauth", "/openapi", "/business", "/graph"):
        add("*", prefix + "/{rest:.*}", _nothing_here)


async def _nothing_here(_request: web.Request) -> web.Response:
    return web.json_response({"error": 404, "message": "Empty api"}, status=404)
