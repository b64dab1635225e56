"""The wide part of the door: batches and sync payloads."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from motcua.accounts.permissions import requires
from motcua.core import scope
from motcua.core.errors import Invalid, MotcuaError
from motcua.dossiers import examples
from motcua.dossiers.api import BROKEN
from motcua.dossiers.once import settle
from motcua.dossiers.schemas import ErrorBody

from . import batch, changes, chunk, lines, sync_payload

NDJSON = "application/x-ndjson"

bp = Blueprint("door", __name__, url_prefix="/api/v1", description="Nhận nhiều thay đổi một lần")


class WrongType(Invalid):
    code, status = "unsupported_media_type", 415
    message = "Kiểu nội dung chưa đúng. Xin gửi mỗi dòng một JSON với Content-Type: application/x-ndjson."


class NothingSent(Invalid):
    code = "nothing_sent"
    message = "Nội dung gửi lên trống. Xin gửi mỗi dòng một JSON."


class LineResult(Schema):
    """What became of one dossier or entry. `status`: 201 new, 200 known already, 404 or 422 refused."""

    line = fields.Integer(required=True, metadata={"description": "Thứ tự trong yêu cầu, từ 1."})
    code = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True, validate=validate.OneOf([200, 201, 404, 422]))
    ignored = fields.Integer(metadata={"description": "Số mục không biết nên đã bỏ qua."})
    error = fields.Nested(ErrorBody)


class ResultsOut(Schema):
    results = fields.List(fields.Nested(LineResult), required=True)


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
    # The example stands once, under the type that every tool can send.
    "content": {
        NDJSON: {"schema": {"type": "string", "minLength": 1}},
        "text/plain": {"schema": {"type": "string", "minLength": 1}, "examples": examples.BATCH},
    },
}


@bp.route("/dossiers:batch", methods=["POST"])
@requires("dossier.write")
@bp.doc(parameters=[BATCH_ID], requestBody=BODY)
@bp.response(200, {"type": "string"}, content_type=NDJSON, description=ANSWER_LINES)
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
        batch.answers(app, tenant_id, file, name, is_test=is_test),
        content_type=NDJSON,
        direct_passthrough=True,
    )


MOST_PAYLOADS = 500


def _sync_body(what: str, shown: dict) -> dict:
    one = {"type": "object"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_PAYLOADS}
    return {
        "required": True,
        "description": what,
        "content": {"application/json": {"schema": {"anyOf": [one, many]}, "examples": shown}},
    }


SYNC_DOSSIER = (
    "Một hồ sơ hoặc danh sách đến 500 hồ sơ, theo tên mục của gói đồng bộ quốc gia: MaHoSo, MaTTHC, KenhThucHien, "
    "ChuHoSo, SoGiayTo hoặc DinhDanhCHS, SoDienThoai, TrichYeuHoSo, NgayNopHoSo, NgayTiepNhan, NgayHenTra, "
    "NgayKetThucXuLy, NgayTra, NgayTuChoi, TrangThaiHoSo, DonViXuLy, GhiChu, TaiLieuNop, DanhSachLePhi, "
    "DanhSachHoSoBoSung, DanhSachGiayToKetQua. Thời điểm: yyyyMMddHHmmss, yyyy-MM-dd HH:mm:ss hoặc ISO 8601; "
    "không ghi múi giờ thì hiểu là UTC+7. Mục không biết được bỏ qua và đếm trong `ignored`."
)
SYNC_PROGRESS = (
    "Một hoặc nhiều bước xử lý: MaHoSo, NguoiXuLy, ChucDanh, PhongBanXuLy, ThoiDiemXuLy, NoiDungXuLy, TrangThai, "
    "NgayBatDau, NgayKetThucTheoQuyDinh."
)


@bp.route("/sync/dossiers", methods=["POST"])
@requires("dossier.write")
@bp.doc(requestBody=_sync_body(SYNC_DOSSIER, examples.SYNC_DOSSIERS))
@bp.response(200, ResultsOut, description="Mỗi hồ sơ một kết quả, theo thứ tự gửi.")
@bp.alt_response(422, **BROKEN)
def sync_dossiers() -> dict:
    """Nhận hồ sơ theo gói đồng bộ quốc gia."""
    return _synced(sync_payload.read_dossier)


@bp.route("/sync/progress", methods=["POST"])
@requires("dossier.write")
@bp.doc(requestBody=_sync_body(SYNC_PROGRESS, examples.SYNC_STEPS))
@bp.response(200, ResultsOut, description="Mỗi bước một kết quả, theo thứ tự gửi.")
@bp.alt_response(422, **BROKEN)
def sync_progress() -> dict:
    """Nhận bước xử lý theo gói đồng bộ quốc gia: cán bộ nào, phòng ban nào đang giữ hồ sơ."""
    return _synced(sync_payload.read_progress)


def _synced(reading: Callable[[Any], sync_payload.Read]) -> dict:
    said = request.get_json()
    payloads = said if isinstance(said, list) else [said]
    if not all(isinstance(one, dict) for one in payloads) or not 1 <= len(payloads) <= MOST_PAYLOADS:
        raise Invalid(
            f"Nội dung phải là một hồ sơ hoặc danh sách 1–{MOST_PAYLOADS} hồ sơ. Xin đặt trong ngoặc nhọn."
        )
    results = chunk.take([_change(line, one, reading) for line, one in enumerate(payloads, 1)])
    settle()
    return {"results": results}


def _change(line: int, said: dict, reading: Callable[[Any], sync_payload.Read]) -> changes.Change:
    try:
        return changes.from_sync(line, reading(said))
    except MotcuaError as error:
        return changes.Change(line, error=error)
