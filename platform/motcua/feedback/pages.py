"""`/phan-anh`: the public list, the form for reporting without Zalo, and the page of one's own report."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from motcua.catalogue import communes
from motcua.core import attempts
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError, NotFound, TooManyAttempts
from motcua.tenancy import current
from motcua.zalo.phone import normalise_phone

from . import drafts, handling, kinds, pictures, publishing, scanning
from .models import Feedback, sealed
from .wording import RATINGS, STATE_NAMES

bp = Blueprint("feedback", __name__, url_prefix="/phan-anh")

MOST_OF_AN_ADDRESS, WITHIN_S = 20, 3600
MOST_BODY = drafts.MOST_PHOTOS * pictures.MOST_BYTES + 1_000_000


@bp.context_processor
def words():
    return {
        "kind_name": kinds.name_of,
        "place_name": communes.namer(),
        "states": STATE_NAMES,
        "ratings": RATINGS,
        "photos_of": handling.photos,
    }


@bp.get("/")
def listed():
    kind, commune = request.args.get("loai", ""), request.args.get("xa", "")
    before = request.args.get("truoc", type=int)
    return render_template(
        "feedback/listed.html",
        found=publishing.published(kind, commune, before),
        kinds=kinds.all_kinds(),
        communes=communes.existing(),
        kind=kind,
        commune=commune,
    )


@bp.get("/<int:number>")
def show(number: int):
    return render_template("feedback/published.html", one=publishing.find(number))


@bp.get("/<int:number>/anh/<int:position>")
def public_photo(number: int, position: int):
    return picture(publishing.public_photo(number, position).body, cached=True)


@bp.get("/gui")
def form():
    return _form({}, {})


@bp.post("/gui")
def send():
    """Everything is checked before anything is kept; what was written comes back with the errors."""
    request.max_content_length = MOST_BODY
    request.max_form_memory_size = 200_000
    given = {
        name: request.form.get(name, "").strip()
        for name in ("kind", "text", "place", "commune", "phone", "publish")
    }
    try:
        attempts.take({f"feedback:{current.tenant().id}:{request.remote_addr}": MOST_OF_AN_ADDRESS}, WITHIN_S)
    except TooManyAttempts as error:
        raise TooManyAttempts(
            "Nhiều phản ánh vừa được gửi từ mạng này. Xin đợi một giờ rồi gửi tiếp, hoặc nhắn qua Zalo.",
            details=error.details,
        ) from error
    errors: dict[str, str] = {}
    remade = _pictures(errors)
    phone = _phone(given["phone"], errors)
    if kinds.find(given["kind"]) is None:
        errors["kind"] = "Xin chọn một loại việc."
    if not drafts.SHORTEST <= len(given["text"]) <= drafts.LONGEST:
        errors["text"] = f"Xin mô tả từ {drafts.SHORTEST} đến {drafts.LONGEST} ký tự."
    if not errors:
        try:
            sent = _keep(given, phone, remade, consents=given["publish"] == "yes")
        except Invalid as error:
            errors["place"] = error.message
    if errors:
        db.session.rollback()
        return _form(given, errors), 422
    db.session.commit()
    return redirect(url_for("feedback.mine", token=sent.token), 303)


@bp.get("/theo-doi/<token>")
def mine(token: str):
    one = handling.by_token(token)
    main = db.session.get(Feedback, (one.tenant_id, one.merged_into)) if one.merged_into else None
    response = Response(render_template("feedback/mine.html", one=one, about=main or one))
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/theo-doi/<token>")
def change(token: str):
    one = handling.by_token(token, lock=True)
    try:
        match request.form.get("action"):
            case "more":
                handling.add_more(one, request.form.get("text", ""))
                said = "Đã chuyển phần bổ sung cho cơ quan."
            case "rate":
                handling.rate(one, request.form.get("rating", 0, int))
                said = "Cảm ơn ông/bà đã đánh giá."
            case "publish" | "hide" as wish:
                handling.agree_to_publish(one, wish == "publish")
                said = (
                    "Đã ghi: phản ánh có thể được công khai, không kèm tên và số điện thoại."
                    if wish == "publish"
                    else "Đã ghi: phản ánh không được công khai."
                )
            case _:
                raise Invalid("Không có việc này. Xin dùng các nút trên trang.")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash(said, "success")
    return redirect(url_for("feedback.mine", token=token), 303)


@bp.get("/theo-doi/<token>/anh/<int:position>")
def own_photo(token: str, position: int):
    return picture(handling.photo(handling.by_token(token), position).body)


def picture(body: bytes, *, cached: bool = False) -> Response:
    """A JPEG that nothing can take for a page."""
    response = Response(body, content_type="image/jpeg")
    response.headers["Content-Disposition"] = 'inline; filename="anh.jpg"'
    response.headers["Cache-Control"] = "public, max-age=3600" if cached else "private, no-store"
    return response


def _keep(given: dict, phone: str | None, remade: list[pictures.Picture], *, consents: bool) -> Feedback:
    draft = drafts.begin(given["kind"], "web")
    drafts.put(draft, place=given["place"], commune_code=given["commune"] or None)
    drafts.write(draft, given["text"])
    for one in remade:
        drafts.attach(draft, one)
    draft.phone_encrypted = sealed(phone) if phone else None
    draft.may_publish = consents
    return drafts.send(draft)


def _pictures(errors: dict[str, str]) -> list[pictures.Picture]:
    files = [one for one in request.files.getlist("photos") if one.filename]
    if len(files) > drafts.MOST_PHOTOS:
        errors["photos"] = f"Chỉ gửi được {drafts.MOST_PHOTOS} ảnh. Xin bỏ bớt ảnh."
        return []
    remade = []
    for at, file in enumerate(files, 1):
        body = file.read(pictures.MOST_BYTES + 1)
        try:
            scanning.scan(body)
            remade.append(pictures.remade(body))
        except MotcuaError as error:
            errors["photos"] = f"Ảnh thứ {at}: {error.message}"
            return []
    return remade


def _phone(given: str, errors: dict[str, str]) -> str | None:
    if not given:
        return None
    try:
        return normalise_phone(given)
    except MotcuaError:
        errors["phone"] = "Số điện thoại chưa đúng. Xin ghi 10 chữ số, hoặc để trống."
        return None


def _form(given: dict, errors: dict) -> str:
    if not kinds.all_kinds():
        raise NotFound
    return render_template(
        "feedback/form.html",
        given=given,
        errors=errors,
        kinds=kinds.all_kinds(),
        communes=communes.existing(),
        most_photos=drafts.MOST_PHOTOS,
        longest=drafts.LONGEST,
        shortest=drafts.SHORTEST,
        account=current.official_account(),
        chat_url=current.chat_url,
        contact=current.contact_words(),
    )
