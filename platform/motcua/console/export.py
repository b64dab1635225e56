"""`/console/export`: everything of the province as one file."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wsgi import FileWrapper

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.exports import making, parts

bp = Blueprint("export", __name__, url_prefix="/console/export")

STATES = {
    "waiting": "đang chờ",
    "making": "đang lập",
    "ready": "tải được",
    "failed": "không lập được: xin báo nhà cung cấp",
    "expired": "đã hết hạn tải",
}


@bp.get("/")
@requires("export.make")
def listed():
    found = making.listed()
    return render_template(
        "console/export.html",
        exports=found,
        is_busy=any(one.state in making.BUSY for one in found),
        states=STATES,
        hours=int(making.LASTS.total_seconds() // 3600),
    )


@bp.post("/")
@requires("export.make")
def ask():
    try:
        making.ask(current_user.full_name)
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash("Đang lập bản xuất. Trang này tự cập nhật; có thể làm việc khác trong lúc chờ.", "success")
    return redirect(url_for("export.listed"), 303)


@bp.get("/<int:number>.zip")
@requires("export.make")
def download(number: int):
    export = making.find(number)
    size, digest, file = export.size, export.digest, parts.Stored(export)
    audit.record("export.download", f"export {number}")
    db.session.commit()
    answer = Response(
        FileWrapper(file, parts.PART_BYTES), mimetype="application/zip", direct_passthrough=True
    )
    answer.content_length = size
    answer.headers.set("Content-Disposition", "attachment", filename=f"xuat-du-lieu-{number}.zip")
    answer.set_etag(digest)
    return answer.make_conditional(request, accept_ranges=True, complete_length=size)
