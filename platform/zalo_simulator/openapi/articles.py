from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..world.ids import new_token
from .buttons import read_text
from .uploads import VIDEO, take_file
from .users import read_page

PROCESSING_MS = 1_000
"""Virtual time an article takes until `verify` knows its id; before that -214."""


VIDEO_MS = 10_000
"""Virtual time a video takes until it can be used."""


def create(call: Call) -> dict:
    """POST /v2.0/article/create: asynchronous, answers a token."""
    article = _read(call)
    token, article_id = new_token()[:48], new_token()[:32]
    now = call.now_ms
    call.world.articles[article_id] = article | {
        "id": article_id,
        "token": token,
        "oa_id": call.oa.oa_id,
        "ready_at_ms": now + PROCESSING_MS,
        "create_date": now,
        "update_date": now,
        "total_view": 0,
        "total_share": 0,
    }
    call.world.touch()
    return {"token": token}


def update(call: Call) -> dict:
    """POST /v2.0/article/update"""
    row = _find(call, call.fields().get("id"))
    row |= _read(call) | {
        "token": new_token()[:48],
        "update_date": call.now_ms,
        "ready_at_ms": call.now_ms + PROCESSING_MS,
    }
    call.world.touch()
    return {"token": row["token"]}


def verify(call: Call) -> dict:
    """POST /v2.0/article/verify"""
    token = call.fields().get("token")
    for row in call.world.articles.values():
        if row["token"] == token and row["oa_id"] == call.oa.oa_id:
            _check_ready(call, row)
            return {"id": row["id"]}
    raise ZaloError(-201, "token is invalid")


def remove(call: Call) -> dict:
    """POST /v2.0/article/remove"""
    row = _find(call, call.fields().get("id"))
    del call.world.articles[row["id"]]
    call.world.touch()
    return {}


def get_detail(call: Call) -> dict:
    """GET /v2.0/article/getdetail"""
    row = _find(call, call.arguments().get("id"))
    return {name: value for name, value in row.items() if name not in ("token", "oa_id", "ready_at_ms")}


def get_slice(call: Call) -> dict:
    """GET /v2.0/article/getslice"""
    arguments = call.arguments()
    offset, limit = read_page({"offset": arguments.get("offset", 0), "count": arguments.get("limit", 10)}, 10)
    kind = arguments.get("type", "normal")
    mine = [r for r in call.world.articles.values() if (r["oa_id"], r["type"]) == (call.oa.oa_id, kind)]
    names = ("id", "type", "title", "status", "total_view", "total_share", "create_date", "update_date")
    rows = [{name: row[name] for name in names} for row in mine[offset : offset + limit]]
    return {"medias": rows, "total": len(mine)}


def find_published(call: Call, article_id: Any) -> dict:
    """An article ready to be broadcast."""
    row = _find(call, article_id)
    _check_ready(call, row)
    if row["status"] != "show":
        raise ZaloError(-201, "article is hidden")
    return row


def _find(call: Call, article_id: Any) -> dict:
    row = call.world.articles.get(article_id) if isinstance(article_id, str) else None
    if row is None or row["oa_id"] != call.oa.oa_id:
        raise ZaloError(-201, "id is invalid")
    return row


def _check_ready(call: Call, row: dict) -> None:
    if row["ready_at_ms"] > call.now_ms:
        raise ZaloError(-214)


def _read(call: Call) -> dict:
    fields = call.fields()
    is_video = fields.get("type") == "video"
    article = {
        "type": fields.get("type", "normal"),
        "title": read_text(fields.get("title"), "title", 150),
        "author": "" if is_video else read_text(fields.get("author"), "author", 50),
        "description": read_text(fields.get("description"), "description", 300),
        "cover": {"photo_url": fields.get("avatar", "")} if is_video else fields.get("cover"),
        "body": fields.get("body"),
        "status": fields.get("status", "show"),
        "comment": fields.get("comment", "show"),
        "related_medias": fields.get("related_medias", []),
        "tracking_link": fields.get("tracking_link", ""),
    }
    if article["type"] not in ("normal", "video"):
        raise ZaloError(-201, "type is invalid")
    if article["status"] not in ("show", "hide") or article["comment"] not in ("show", "hide"):
        raise ZaloError(-201, "status or comment is invalid")
    if not isinstance(article["cover"], dict):
        raise ZaloError(-201, "cover is invalid")
    if article["type"] == "video":
        _check_video(call, fields)
        article |= {"video_id": fields["video_id"], "avatar": fields.get("avatar", "")}
    blocks = article["body"]
    if article["type"] == "normal" and not (
        isinstance(blocks, list) and blocks and all(_is_block(block) for block in blocks)
    ):
        raise ZaloError(-201, "body is invalid")
    return article


def _check_video(call: Call, fields: dict) -> None:
    mine = [row for row in call.world.videos.values() if row["oa_id"] == call.oa.oa_id]
    if not any(row["video_id"] == fields.get("video_id") for row in mine):
        raise ZaloError(-201, "video_id is invalid")


def _is_block(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") in ("text", "image", "video", "product")


def prepare_video(call: Call) -> dict:
    """POST /v2.0/article/upload_video/preparevideo: MP4 or AVI up to 50 MB; converted for a while."""
    token = take_file(call, VIDEO)
    row = {"oa_id": call.oa.oa_id, "video_id": new_token()[:32], "started_at_ms": call.now_ms}
    call.world.videos[token] = row
    call.world.touch()
    return {"token": token}


def verify_video(call: Call) -> dict:
    """GET /v2.0/article/upload_video/verify: status 3 while converting, 1 when video_id can be used."""
    arguments = call.any_arguments()
    token = arguments.get("token") or call.request.headers.get("token", "")
    row = call.world.videos.get(str(token))
    if row is None or row["oa_id"] != call.oa.oa_id:
        raise ZaloError(-201, "token is invalid")
    percent = min(100, 100 * (call.now_ms - row["started_at_ms"]) // VIDEO_MS)
    if percent < 100:
        return {"status": 3, "status_message": "Converting", "video_id": "", "convert_percent": percent}
    return {"status": 1, "status_message": "Ready", "video_id": row["video_id"], "convert_percent": 100}
