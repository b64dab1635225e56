"""The door of a console: password, then code; a forgotten password; a link that sets one.

The same pages for a province's staff and the vendor's people: `add_to` hangs them into a blueprint of either.
"""

import hashlib
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for

from motcua.core import attempts, qr
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import TooManyAttempts

from . import gate, invitations, jobs, links, passwords, realms, second_factor

MOST_WRONG_OF_AN_ADDRESS = 50  # a whole office shares one
MOST_FORGOTTEN = 3
PASSED_LASTS_S = 600
_PASSED, _SECRET, _EMAIL = "passed", "new_secret", "email"  # the last: whose password was just set here
WRONG = (
    "Email hoặc mật khẩu chưa đúng. Xin nhập lại, bấm “Quên mật khẩu”, "
    "hoặc nhờ quản trị viên gửi đường dẫn đặt lại."
)


def login():
    return _page("login", email=session.get(_EMAIL, ""))


def sign_in():
    email = request.form.get("email", "").strip().lower()[:200]
    limits = _limits("login", email)
    try:
        attempts.take(limits)
    except TooManyAttempts as error:
        return _refused("login", error.message, 429, email=email)
    person = invitations.find(gate.realm(), email)
    if not passwords.is_right(person, request.form.get("password", "")[: passwords.LONGEST]):
        _note_refusal(person)
        return _refused("login", WRONG, 401, email=email)
    _let_off("login", email)
    target = _inside(request.args.get("next"))
    if person.has_second_factor or person.needs_second_factor:
        _remember_password(person, target)
        db.session.commit()
        return redirect(url_for(".ask_code" if person.has_second_factor else ".offer_second_factor"), 303)
    gate.sign_in(person)
    db.session.commit()
    return redirect(target, 303)


def ask_code():
    person = _who_passed()
    if person is None or not person.has_second_factor:
        return _begin_again()
    return _page("code")


def check_code():
    person = _who_passed()
    if person is None or not person.has_second_factor:
        return _begin_again()
    who = str(person.id)
    try:
        attempts.take(_limits("code", who))
    except TooManyAttempts as error:
        return _refused("code", error.message, 429)
    how = second_factor.take(person, request.form.get("code", "")[:60])
    if how is None:
        db.session.rollback()
        _note_refusal(person)
        return _refused("code", second_factor.CodeWrong.message, 401)
    _let_off("code", who)
    target = session[_PASSED]["target"]
    gate.sign_in(person)
    db.session.commit()
    if how == "recovery":
        left = second_factor.recovery_codes_left(person)
        flash(
            f"Đã dùng một mã khôi phục, còn {left} mã. Nếu mất điện thoại, xin cài mã xác thực mới ở đây.",
            "info",
        )
        return redirect(url_for(".own_account"), 303)
    return redirect(target, 303)


def offer_second_factor():
    """Nothing else opens before: who must have a second factor is not signed in without."""
    person = _who_passed()
    if person is None or person.has_second_factor:
        return _begin_again()
    return _page("second_factor", **offer(person))


def set_up_second_factor():
    person = _who_passed()
    if person is None or person.has_second_factor:
        return _begin_again()
    try:
        codes = second_factor.set_up(person, session.get(_SECRET, ""), request.form.get("code", ""))
    except second_factor.CodeWrong as error:
        return _refused("second_factor", error.message, 422, **offer(person))
    target = session[_PASSED]["target"]
    gate.sign_in(person)
    db.session.commit()
    return _page("recovery_codes", codes=codes, onward=target)


def offer(person) -> dict:
    """A secret that this browser keeps until a code proves it, as the page of setting up shows it."""
    secret = session.setdefault(_SECRET, second_factor.new_secret())
    issuer = f"Một Cửa {realms.name_of_place(gate.realm())}"
    address = second_factor.uri(person, secret, issuer)
    in_fours = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"qr": qr.for_page(address), "secret": in_fours, "address": address}


def prove_new_secret(person, code: str) -> list[str]:
    """Set up the secret that `offer` showed in this browser. Raises CodeWrong."""
    codes = second_factor.set_up(person, session.get(_SECRET, ""), code)
    session.pop(_SECRET)
    return codes


def lead_to_setting_up(person):
    """Sign out, and on to a second factor: for who gave one up and must have one."""
    gate.leave_session()
    _remember_password(person, _inside(None))
    return redirect(url_for(".offer_second_factor"), 303)


def forgot():
    return _page("forgot", mail=jobs.is_possible())


def ask_link():
    """The answer is the same whether or not anybody has this address."""
    email = request.form.get("email", "").strip().lower()[:200]
    keys = {_key("forgot", email): MOST_FORGOTTEN, _address_key("forgot"): MOST_WRONG_OF_AN_ADDRESS}
    try:
        attempts.take(keys)
    except TooManyAttempts as error:
        return _refused("forgot", _asked_too_often(error), 429, mail=jobs.is_possible())
    invitations.forgot(gate.realm(), email)
    db.session.commit()
    return _page("forgot", mail=jobs.is_possible(), asked=True)


def _asked_too_often(error: TooManyAttempts) -> str:
    minutes = -(-error.details["retry_after_s"] // 60)
    return f"Đã xin đường dẫn nhiều lần. Xin xem hộp thư, kể cả thư rác, hoặc đợi {minutes} phút rồi thử lại."


def choose_password(token: str):
    row, person = links.find(gate.realm(), token)
    return _page("password", person=person, purpose=row.purpose, shortest=passwords.SHORTEST)


def set_password(token: str):
    realm = gate.realm()
    row, person = links.find(realm, token)
    plain = request.form.get("password", "")
    try:
        if plain != request.form.get("again", ""):
            raise passwords.PasswordWeak("Hai lần gõ chưa giống nhau. Xin gõ lại cả hai ô.")
        invitations.set_password(realm, token, plain)
    except passwords.PasswordWeak as error:
        known = {"person": person, "purpose": row.purpose, "shortest": passwords.SHORTEST}
        return _refused("password", error.message, 422, **known)
    gate.note("person.password", person)
    gate.leave_session()
    db.session.commit()
    session[_EMAIL] = person.email
    flash("Đã đặt mật khẩu. Xin đăng nhập bằng mật khẩu mới.", "success")
    return redirect(url_for(".login"), 303)


VIEWS = (
    ("GET", "/login", login),
    ("POST", "/login", sign_in),
    ("GET", "/login/code", ask_code),
    ("POST", "/login/code", check_code),
    ("GET", "/login/second-factor", offer_second_factor),
    ("POST", "/login/second-factor", set_up_second_factor),
    ("GET", "/forgot", forgot),
    ("POST", "/forgot", ask_link),
    ("GET", "/password/<token>", choose_password),
    ("POST", "/password/<token>", set_password),
)


def add_to(blueprint: Blueprint) -> None:
    for method, rule, view in VIEWS:
        blueprint.add_url_rule(rule, view.__name__, view, methods=[method])


def public(blueprint: str) -> frozenset[str]:
    """The endpoints that must open to who is not signed in yet."""
    return frozenset(f"{blueprint}.{view.__name__}" for _, _, view in VIEWS)


def _page(name: str, **words) -> str:
    return render_template(f"accounts/{name}.html", place=realms.name_of_place(gate.realm()), **words)


def _refused(name: str, sentence: str, status: int, **words):
    flash(sentence, "error")
    return _page(name, **words), status


def _note_refusal(person) -> None:
    """Somebody did not get in. Commits. Noted for addresses without an account too, so that all take as long."""
    gate.note("person.refused", person, is_proven=False)
    db.session.commit()


def _begin_again():
    flash("Đã quá lâu từ lúc nhập mật khẩu. Xin đăng nhập lại.", "error")
    return redirect(url_for(".login"), 303)


def _remember_password(person, target: str) -> None:
    """In the signed cookie: that this browser knew the password a moment ago. Opens nothing by itself."""
    session.clear()
    session[_PASSED] = {
        "id": person.id,
        "at": int(now().timestamp()),
        "stamp": _stamp(person),
        "target": target,
    }


def _who_passed():
    passed = session.get(_PASSED)
    if not passed or not 0 <= now().timestamp() - passed["at"] < PASSED_LASTS_S:
        return None
    kind = gate.realm().person
    person = db.session.scalar(db.select(kind).where(kind.id == passed["id"], kind.is_enabled))
    return person if person is not None and _stamp(person) == passed["stamp"] else None


def _stamp(person) -> str:
    """Another province's cookie, or one from before a change of password or second factor, fits nobody."""
    known = f"{person.secret_owner}|{person.password_hash}|{person.second_factor_since}"
    return hashlib.sha256(known.encode()).hexdigest()[:32]


def _limits(step: str, who: str) -> dict[str, int]:
    return {_key(step, who): attempts.MOST_WRONG, _address_key(step): MOST_WRONG_OF_AN_ADDRESS}


def _let_off(step: str, who: str) -> None:
    attempts.give_back([_address_key(step)])
    attempts.forget(_key(step, who))


def _key(step: str, who: str) -> str:
    return f"{_whose()}:{step}:{who}"


def _address_key(step: str) -> str:
    return f"{_whose()}:{step}:address:{request.remote_addr}"


def _whose() -> str:
    return "_vendor" if gate.realm() is realms.VENDOR else g.tenant.id


def _inside(target: str | None) -> str:
    """Only a path of this console; anything else could lead a signed-in person astray."""
    home = f"{gate.realm().host_path}/"
    parts = urlsplit(target or "")
    is_inside = target and target.startswith(home) and not parts.netloc and not parts.scheme
    return target if is_inside and "\\" not in target else home
