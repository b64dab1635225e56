"""`/assets/<mark>/<name>`: the files of the list, to be kept by browsers for a year."""

from flask import Blueprint, Response, request, url_for

from motcua.core.errors import NotFound

from . import files

bp = Blueprint("assets", __name__)


@bp.app_template_global()
def asset_url(name: str) -> str:
    return url_for("assets.show", mark=files.asset(name).mark, name=name)


@bp.get("/assets/<mark>/<name>")
def show(mark: str, name: str):
    asset = files.asset(name)
    if mark != asset.mark:
        raise NotFound
    packed = request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if packed else asset.content, content_type=asset.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
