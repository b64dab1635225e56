"""The one-stop system's door: REST, described in OpenAPI 3.1."""

from flask import Response, g, render_template, request
from flask_smorest import Blueprint

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.tenancy import current

from . import codes, examples, finding, intake, news, receipts, records, workflow
from .forms import papers
from .models import Dossier
from .once import answer_once
from .schemas import DossierIn, DossierOut, ErrorOut, EventAnswer, EventIn

bp = Blueprint("dossiers_api", __name__, url_prefix="/api/v1/dossiers", description="Hồ sơ một cửa")

CODE = {
    "in": "path",
    "name": "code",
    "required": True,
    "schema": {"type": "string", "pattern": codes.CODE.pattern, "example": "000.00.01.H11-241126-0007"},
    "description": "Mã hồ sơ như in trên giấy tiếp nhận; phần ngày phải có thật và không ở tương lai.",
}
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    "description": "Gửi lại cùng khóa và cùng nội dung thì nhận lại đúng câu trả lời cũ; không có gì xảy ra hai lần.",
}
UNKNOWN = {"schema": ErrorOut, "description": "Không có hồ sơ này (hoặc không thuộc tỉnh của khóa)."}
BROKEN = {
    "schema": ErrorOut,
    "description": "Dữ liệu sai; `fields` nêu từng mục và cách sửa. Không có gì được lưu.",
}


@bp.route("/<string:code>", methods=["PUT"], parameters=[CODE])
@requires("dossier.write")
@bp.doc(parameters=[IDEMPOTENCY])
@bp.arguments(DossierIn, examples=examples.DOSSIERS)
@bp.response(200, DossierOut, description="Hồ sơ đã có, nay đúng như nội dung gửi.")
@bp.alt_response(201, schema=DossierOut, description="Hồ sơ mới.", success=True)
@bp.alt_response(422, **BROKEN)
def put_dossier(data: dict, code: str) -> Response:
    """Tạo hồ sơ hoặc cập nhật cho đúng với hệ thống một cửa."""

    def work():
        dossier, is_new = intake.put(code, data)
        return dump(dossier), 201 if is_new else 200

    return answer_once(work)


@bp.route("/<string:code>", methods=["GET"], parameters=[CODE])
@requires("dossier.view")
@bp.response(200, DossierOut)
@bp.alt_response(404, **UNKNOWN)
def get_dossier(code: str) -> dict:
    """Hồ sơ và toàn bộ diễn biến."""
    return as_dict(intake.find(code))


@bp.route("/<string:code>/events", methods=["POST"], parameters=[CODE])
@requires("dossier.write")
@bp.doc(parameters=[IDEMPOTENCY])
@bp.arguments(EventIn, examples=examples.EVENTS)
@bp.response(200, EventAnswer, description="Diễn biến này đã có từ trước; không có gì thay đổi.")
@bp.alt_response(201, schema=EventAnswer, description="Diễn biến mới đã được ghi.", success=True)
@bp.alt_response(404, **UNKNOWN)
@bp.alt_response(422, **BROKEN)
def post_event(data: dict, code: str) -> Response:
    """Ghi một diễn biến. Đến muộn, đến hai lần hay sai thứ tự đều được nhận và đánh dấu."""

    def work():
        told = intake.add_event(code, data)
        answer = {
            "known": told.known,
            "is_late": told.is_late,
            "is_unexpected": told.is_unexpected,
            "dossier": dump(told.dossier),
        }
        return answer, 200 if told.known else 201

    return answer_once(work)


@bp.route("/<string:code>/receipt", methods=["GET"], parameters=[CODE])
@requires("dossier.print")
@bp.response(200, {"type": "string"}, content_type="text/html", description="Giấy tiếp nhận để in.")
@bp.alt_response(404, **UNKNOWN)
@bp.doc(
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
    description="`Accept: application/pdf` cho tệp PDF/A theo mẫu 01; hồ sơ chưa tiếp nhận thì chưa có tệp này.",
)
def get_receipt(code: str) -> Response:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả, có mã QR theo dõi."""
    dossier = intake.find(code)
    if request.accept_mimetypes.best_match(["text/html", "application/pdf"]) == "application/pdf":
        paper = papers.make(dossier, papers.RECEIPT, by=f"Khóa API {g.api_key.label}")
        db.session.commit()
        response = Response(paper.pdf, mimetype="application/pdf")
    else:
        response = Response(render_template("dossiers/receipt.html", **receipts.contents(dossier)))
    response.vary.add("Accept")
    return response


def dump(dossier: Dossier) -> dict:
    return DossierOut().dump(as_dict(dossier))


def as_dict(dossier: Dossier) -> dict:
    db.session.flush()
    columns = {column.key: getattr(dossier, column.key) for column in Dossier.__table__.columns}
    return (
        columns
        | records.of(dossier)
        | {
            "status_name": dossier.status_name,
            "tracking_url": news.tracking_url(dossier),
            "receipt_url": current.public_url(f"/console/dossiers/{dossier.code}/receipt"),
            "aliases": finding.aliases(dossier),
            "events": workflow.line(dossier),
        }
    )
