"""The wide part of the door: batches and sync payloads."""

from flask import Response, current_app, g, request
from flask_smorest import Blueprint

from motcua.accounts.permissions import requires
from motcua.core import scope
from motcua.core.errors import Invalid
from motcua.dossiers.api import BROKEN, KEY_REFUSED, NOT_ALLOWED
from motcua.dossiers.schemas import ErrorOut

from . import batch, examples, lines

NDJSON = "application/x-ndjson"

bp = Blueprint("door", __name__, url_prefix="/api/v1", description="Nhận nhiều thay đổi một lần")


class WrongType(Invalid):
    code, status = "unsupported_media_type", 415
    message = "Kiểu nội dung chưa đúng. Xin gửi mỗi dòng một JSON với Content-Type: application/x-ndjson."


class NothingSent(Invalid):
    code = "nothing_sent"
    message = "Nội dung gửi lên trống. Xin gửi mỗi dòng một JSON."


class BatchNameInvalid(Invalid):
    code = "batch_id_invalid"


BATCH_ID = {
    "in": "header",
    "name": "Batch-Id",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": batch.NAME.pattern},
    "description": (
        "Tên lần gửi. Khi đứt giữa chừng, gửi lại nguyên văn với cùng Batch-Id: dòng đã xong được trả lời "
        "đúng như lần trước (giữ 3 ngày), phần còn lại được làm tiếp."
    ),
}
ANSWER_LINES = (
    "Mỗi dòng gửi lên một dòng trả lời, theo đúng thứ tự: `line` (số dòng), `code`, `status` (201 có thay đổi mới, "
    "200 đã biết từ trước, 404 chưa có hồ sơ, 422 dữ liệu sai) và `error` khi bị từ chối."
)
BODY = {
    "required": True,
    "description": (
        "NDJSON: mỗi dòng một JSON `{code, dossier}`, `{code, event}` hoặc `{sync}`; tối đa 10.000 dòng, 256 KB mỗi "
        "dòng, 64 MB một lần. `dossier` như PUT /dossiers/{code}, `event` như POST /dossiers/{code}/events, `sync` là "
        "gói đồng bộ (MaHoSo, TrangThaiHoSo…)."
    ),
    "content": {
        kind: {"schema": {"type": "string", "minLength": 1}, "examples": examples.BATCH}
        for kind in (NDJSON, "text/plain")
    },
}
TOO_MUCH = {"schema": ErrorOut, "description": "Quá nhiều dòng hoặc quá lớn; không có gì được lưu."}
WRONG_TYPE = {"schema": ErrorOut, "description": "Kiểu nội dung không phải NDJSON."}


@bp.route("/dossiers:batch", methods=["POST"])
@requires("dossier.write")
@bp.doc(parameters=[BATCH_ID], requestBody=BODY)
@bp.response(200, {"type": "string"}, content_type=NDJSON, description=ANSWER_LINES)
@bp.alt_response(401, **KEY_REFUSED)
@bp.alt_response(403, **NOT_ALLOWED)
@bp.alt_response(413, **TOO_MUCH)
@bp.alt_response(415, **WRONG_TYPE)
@bp.alt_response(422, **BROKEN)
def post_batch() -> Response:
    """Nhận đến 10.000 thay đổi một lần. Mỗi dòng có kết quả riêng; gửi lại không làm gì hai lần."""
    if request.mimetype not in (NDJSON, "text/plain", "application/jsonl"):
        raise WrongType
    name = request.headers.get("Batch-Id")
    if name is not None and not batch.NAME.match(name):
        sentence = "Batch-Id phải có 1–200 ký tự ASCII, không dấu cách. Xin dùng UUID."
        raise BatchNameInvalid(sentence, details={"Batch-Id": [sentence]})
    request.max_content_length = lines.MOST_BYTES
    is_test = g.api_key.is_test
    most = batch.MOST_TEST_LINES if is_test else lines.MOST_LINES
    app, tenant_id = current_app._get_current_object(), scope.required()
    file = lines.keep(request.stream, most)
    if lines.size(file) == 0:
        file.close()
        raise NothingSent
    return Response(
        batch.answers(app, tenant_id, file, name, is_test=is_test), content_type=NDJSON, direct_passthrough=True
    )
