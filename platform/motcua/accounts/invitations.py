"""Inviting somebody, and letting somebody set the password anew: each time a link.

For a province's staff in its scope, for the vendor's people outside any; `realm` says which.
"""

import re

from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid

from . import jobs, links, passwords, realms, sessions

EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']{1,185}\.[^@\s.,;<>\"']{2,}")


class AlreadyThere(Conflict):
    code = "person_exists"


def invite(
    email: str, full_name: str, role: str, agency_code: str | None = None, *, by: str = "hệ thống"
) -> str:
    """Invite somebody to the province in scope; the link, to hand over where no letter arrives. Does not commit.

    Raises Invalid by field (email, full_name, role), and AlreadyThere. That `agency_code` exists is the caller's care.
    """
    return invite_to(realms.STAFF, email, full_name, role, by=by, agency_code=agency_code)


def invite_to(realm: realms.Realm, email: str, full_name: str, role: str, *, by: str, **more) -> str:
    email, full_name = email.strip().lower(), " ".join(full_name.split())
    _refuse_wrong(realm, email, full_name, role)
    if find(realm, email) is not None:
        raise AlreadyThere(
            f"Đã có tài khoản với email {email}. Xin tìm người này trong danh sách và đổi vai trò."
        )
    person = realm.person(email=email, full_name=full_name, role=role, **more)
    db.session.add(person)
    db.session.flush()
    return send(person, by=by)


def send(person, *, by: str) -> str:
    """A fresh link: an invitation to who has no password yet, else to reset it. Mailed where mail is set up.

    Earlier links of the person open nothing from then on. Does not commit.
    """
    realm = realms.of(person)
    if not person.is_enabled:
        raise Conflict("Tài khoản này đang ngừng. Xin mở lại tài khoản trước khi gửi đường dẫn.")
    row = links.make(person, "reset" if person.has_password else "invitation", by)
    jobs.mail_soon(realm, row)
    return links.address(realm, row)


def forgot(realm: realms.Realm, email: str) -> None:
    """Mail a link to whoever has this address, if anybody has. The asker is told the same either way."""
    person = find(realm, email.strip().lower())
    if person is not None and person.is_enabled and jobs.is_possible():
        send(person, by=person.full_name)


def set_password(realm: realms.Realm, token: str, plain: str):
    """What the link was for; the person, whose other browsers are signed out. Does not commit.

    Raises LinkGone and PasswordWeak.
    """
    row, person = links.find(realm, token)
    change_password(person, plain, lambda: links.use_up(row))
    return person


def change_password(person, plain: str, before=lambda: None) -> None:
    """Raises PasswordWeak before `before` is called. Does not commit."""
    place = realms.name_of_place(realms.of(person))
    passwords.refuse_weak(plain, [person.full_name, person.email, place])
    before()
    person.set_password(plain)
    links.withdraw(person)
    sessions.end_all(person)


def find(realm: realms.Realm, email: str):
    """Whoever has this address, in lower case; None for nobody's, and for what can be no address."""
    if not email.isprintable():
        return None
    return db.session.scalar(db.select(realm.person).where(realm.person.email == email))


def _refuse_wrong(realm: realms.Realm, email: str, full_name: str, role: str) -> None:
    faults = {}
    if not EMAIL.fullmatch(email):
        faults["email"] = ["Email chưa đúng. Xin ghi đầy đủ, ví dụ ha@binhthuan.gov.vn."]
    if not 2 <= len(full_name) <= 100 or not full_name.isprintable():
        faults["full_name"] = ["Họ tên phải có từ 2 đến 100 chữ. Xin ghi đủ họ tên."]
    if role not in realm.role_names:
        faults["role"] = [f"Xin chọn một vai trò: {', '.join(realm.role_names.values())}."]
    if faults:
        raise Invalid(" ".join(sentence for one in faults.values() for sentence in one), details=faults)
