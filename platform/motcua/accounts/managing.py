"""What an admin does to other people's accounts. Nobody can lock everybody out, alone or in a race."""

from dataclasses import dataclass

from motcua.core.database import LARGEST_ID, db
from motcua.core.errors import Conflict, Invalid, NotFound

from . import links, realms, second_factor, sessions

PAGE = 50


@dataclass(frozen=True)
class Page:
    people: list
    total: int
    number: int
    pages: int


class PersonNotFound(NotFound):
    code = "person_not_found"
    message = "Không tìm thấy tài khoản này. Xin mở lại danh sách."


class OwnAccount(Conflict):
    code = "own_account"
    message = "Không tự đổi vai trò hay ngừng tài khoản của chính mình được. Xin nhờ một quản trị viên khác."


class LastAdmin(Conflict):
    code = "last_admin"
    message = (
        "Đây là quản trị viên cuối cùng còn đăng nhập được, nên chưa đổi. "
        "Xin mời thêm một quản trị viên, đợi người ấy đăng nhập, rồi làm lại."
    )


def get(realm: realms.Realm, number: int):
    """Raises PersonNotFound; another province's is nobody."""
    found = None
    if number <= LARGEST_ID:
        found = db.session.scalar(db.select(realm.person).where(realm.person.id == number))
    if found is None:
        raise PersonNotFound
    return found


def listed(realm: realms.Realm) -> list:
    """Everybody, the enabled first, by name."""
    return list(db.session.scalars(_in_order(db.select(realm.person), realm.person)))


def find_page(realm: realms.Realm, words: str = "", role: str = "", number: int = 1) -> Page:
    """Of those whose name or e-mail holds `words`, in the order of `listed`; the nearest page there is."""
    kind = realm.person
    query = db.select(kind)
    if part := "".join(letter for letter in words.strip()[:100] if letter.isprintable()):
        query = query.where(
            db.or_(
                kind.full_name.icontains(part, autoescape=True), kind.email.icontains(part, autoescape=True)
            )
        )
    if role in realm.role_names:
        query = query.where(kind.role == role)
    total = db.session.scalar(db.select(db.func.count()).select_from(query.subquery()))
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    query = _in_order(query, kind).limit(PAGE).offset((number - 1) * PAGE)
    return Page(list(db.session.scalars(query)), total, number, pages)


def _in_order(query, kind):
    return query.order_by(kind.is_enabled.desc(), kind.full_name, kind.id)


def change_role(person, role: str, by) -> None:
    """Ends the person's sign-ins, so that the next page is opened with the new role. Does not commit.

    Raises Invalid, OwnAccount, LastAdmin.
    """
    realm = realms.of(person)
    if role not in realm.role_names:
        raise Invalid(f"Xin chọn một vai trò: {', '.join(realm.role_names.values())}.")
    if role == person.role:
        return
    _not_oneself(person, by)
    if person.role == realm.admin_role:
        _refuse_last_admin(person)
    person.role = role
    sessions.end_all(person)


def change_agency(person, agency_code: str | None) -> None:
    """Of a province's staff; that the agency exists is the caller's care. Does not commit."""
    if person.agency_code != agency_code:
        person.agency_code = agency_code
        sessions.end_all(person)


def disable(person, by) -> None:
    """Out at once: sign-ins end, links open nothing. Does not commit. Raises OwnAccount, LastAdmin."""
    _not_oneself(person, by)
    if person.role == realms.of(person).admin_role:
        _refuse_last_admin(person)
    person.is_enabled = False
    sessions.end_all(person)
    links.withdraw(person)


def enable(person) -> None:
    """With the password and second factor of before. Does not commit."""
    person.is_enabled = True


def reset_second_factor(person, by) -> None:
    """For a lost phone: whoever must have one sets it up anew after the next password. Does not commit.

    Raises OwnAccount: one's own is replaced with a code of it, on one's own page.
    """
    if _is_same(person, by):
        raise OwnAccount(
            "Mã xác thực của chính mình xin đổi ở trang “Tài khoản của tôi”, bằng một mã còn dùng được."
        )
    second_factor.remove(person)
    sessions.end_all(person)


def _is_same(person, by) -> bool:
    return type(person) is type(by) and person.id == by.id


def _not_oneself(person, by) -> None:
    if _is_same(person, by):
        raise OwnAccount


def _refuse_last_admin(person) -> None:
    """The admins' rows stay locked until the end of the transaction: two cannot remove each other at once."""
    realm = realms.of(person)
    kind = realm.person
    query = db.select(kind).where(kind.role == realm.admin_role, kind.is_enabled, kind.password_hash != "")
    able = db.session.scalars(
        query.order_by(kind.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    others = [one for one in able if one.id != person.id]
    if person.has_password and not others:
        raise LastAdmin
