"""`/data-copies/<key>`: the citizen's copy of their data, behind a link that opens once."""

from flask import Blueprint, Response, render_template, request

from . import copying

bp = Blueprint("data_copies", __name__)


@bp.route("/data-copies/<token>", methods=["GET", "POST"])
def show(token: str):
    """GET only shows a button: a messenger that looks at the link for a preview must not use it up."""
    if request.method == "GET":
        return render_template("data_requests/offer.html", found=copying.find(token))
    response = Response(copying.take(token), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="ban-sao-du-lieu.zip"'
    return response
