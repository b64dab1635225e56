"""One's own account: password, second factor, recovery codes, and where one is signed in."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user

from motcua.core import attempts
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, MotcuaError, NotFound

from . import gate, invitations, passwords, second_factor, sessions, signing_in
from .permissions import for_readers, marked


def own_account():
    return _page()


def change_own_password():
    person, form = _me(), request.form
    key = f"{person.secret_owner}:own:{person.id}"
    try:
        attempts.take({key: attempts.MOST_WRONG})
        if not passwords.is_right(person, form.get("current", "")[: passwords.LONGEST]):
            raise Invalid("Mật khẩu hiện tại chưa đúng. Xin nhập lại.")
        attempts.forget(key)
        if form.get("password", "") != form.get("again", ""):
            raise Invalid("Hai lần gõ mật khẩu mới chưa giống nhau. Xin gõ lại cả hai ô.")
        invitations.change_password(person, form.get("password", ""))
    except MotcuaError as error:
        return _refused(error)
    gate.sign_in(person)
    db.session.commit()
    flash("Đã đổi mật khẩu. Các thiết bị khác đã bị đăng xuất.", "success")
    return redirect(url_for(".own_account"), 303)


def end_own_session(number: int):
    if not sessions.end(_me(), number):
        raise NotFound("Không có thiết bị này trong danh sách của ông/bà. Xin mở lại trang.")
    db.session.commit()
    flash("Đã đăng xuất thiết bị ấy.", "success")
    return redirect(url_for(".own_account", _anchor="devices"), 303)


def end_other_sessions():
    count = sessions.end_all(_me(), but=session.get(gate.TOKEN))
    db.session.commit()
    flash(f"Đã đăng xuất {count} thiết bị khác.", "success")
    return redirect(url_for(".own_account", _anchor="devices"), 303)


def own_second_factor():
    if _me().has_second_factor:
        return redirect(url_for(".own_account"), 303)
    return render_template("accounts/own_second_factor.html", **signing_in.offer(_me()))


def set_up_own_second_factor():
    person = _me()
    try:
        codes = signing_in.prove_new_secret(person, request.form.get("code", ""))
    except second_factor.CodeWrong as error:
        flash(error.message, "error")
        return render_template("accounts/own_second_factor.html", **signing_in.offer(person)), 422
    sessions.end_all(person, but=session.get(gate.TOKEN))
    db.session.commit()
    return _codes_page(codes)


def remove_own_second_factor():
    """With a code of it. Who must have one goes on to set up the next at once."""
    person = _me()
    try:
        _prove(person)
    except MotcuaError as error:
        return _refused(error)
    second_factor.remove(person)
    if person.needs_second_factor:
        sessions.end_all(person)
        answer = signing_in.lead_to_setting_up(person)
    else:
        sessions.end_all(person, but=session.get(gate.TOKEN))
        flash("Đã tắt mã xác thực. Từ nay đăng nhập chỉ cần mật khẩu.", "success")
        answer = redirect(url_for(".own_account"), 303)
    db.session.commit()
    return answer


def renew_own_recovery_codes():
    person = _me()
    try:
        _prove(person)
    except MotcuaError as error:
        return _refused(error)
    codes = second_factor.renew_recovery_codes(person)
    db.session.commit()
    return _codes_page(codes)


VIEWS = (
    ("GET", "", own_account),
    ("POST", "/password", change_own_password),
    ("POST", "/sessions/<int:number>/end", end_own_session),
    ("POST", "/sessions/end-others", end_other_sessions),
    ("GET", "/second-factor", own_second_factor),
    ("POST", "/second-factor", set_up_own_second_factor),
    ("POST", "/second-factor/remove", remove_own_second_factor),
    ("POST", "/recovery-codes", renew_own_recovery_codes),
)


def add_to(blueprint: Blueprint, permission: str) -> None:
    """`permission` is what opens the console itself: everybody has an account of their own."""
    for method, rule, view in VIEWS:
        guarded = for_readers(marked(view, permission))
        blueprint.add_url_rule(f"/account{rule}", view.__name__, guarded, methods=[method])


def _me():
    person = current_user._get_current_object()
    if not hasattr(person, "password_hash"):
        raise NotFound(
            "Người vào hỗ trợ không có tài khoản ở tỉnh này. Xin đổi mật khẩu ở trang của nhà cung cấp."
        )
    return person


def _prove(person) -> None:
    """Raises CodeWrong, Conflict without a second factor, TooManyAttempts."""
    if not person.has_second_factor:
        raise Conflict("Tài khoản chưa có mã xác thực. Xin cài mã trước.")
    key = f"{person.secret_owner}:code:{person.id}"
    attempts.take({key: attempts.MOST_WRONG})
    if second_factor.take(person, request.form.get("code", "")[:60]) is None:
        raise second_factor.CodeWrong
    attempts.forget(key)


def _refused(error: MotcuaError):
    db.session.rollback()
    flash(error.message, "error")
    return _page(), error.status


def _page() -> str:
    person = _me()
    return render_template(
        "accounts/own_account.html",
        person=person,
        devices=sessions.open_ones(person),
        this_device=gate.this_sign_in(),
        shortest=passwords.SHORTEST,
        codes_left=second_factor.recovery_codes_left(person) if person.has_second_factor else 0,
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/own_recovery_codes.html", codes=codes, onward=url_for(".own_account"))
