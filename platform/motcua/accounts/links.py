"""Links by which a person sets a password: signed, good once, and for a while.

The address holds a row's number and nonce under the installation's signature; the row says whether it still opens.
So a stolen table opens nothing, and a letter can be written later from the row alone.
"""

import secrets
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import NotFound

from . import realms, sessions

LASTS = {"invitation": timedelta(days=7), "reset": timedelta(hours=2)}


class LinkGone(NotFound):
    code = "link_gone"
    message = (
        "Đường dẫn này đã dùng, đã hết hạn hoặc đã có đường dẫn mới thay thế. "
        "Xin bấm “Quên mật khẩu” ở trang đăng nhập, hoặc nhờ quản trị viên gửi lại."
    )


def make(person, purpose: str, made_by: str):
    """A new link's row in place of the person's earlier ones. Does not commit."""
    kind = realms.of(person).link
    db.session.execute(
        db.delete(kind).where(kind.person_id == person.id, kind.created_at < now() - sessions.REMEMBERED)
    )
    withdraw(person)
    row = kind(
        person_id=person.id,
        purpose=purpose,
        nonce=secrets.token_urlsafe(16),
        made_by=made_by,
        expires_at=now() + LASTS[purpose],
    )
    db.session.add(row)
    db.session.flush()
    return row


def withdraw(person) -> None:
    kind = realms.of(person).link
    db.session.execute(
        db.update(kind).where(kind.person_id == person.id, kind.used_at.is_(None)).values(used_at=now())
    )


def address(realm: realms.Realm, row) -> str:
    """Absolute, on the province's first host, or on the vendor's."""
    return realms.public_url(realm, f"{realm.host_path}/password/{token(realm, row)}")


def token(realm: realms.Realm, row) -> str:
    return _signer(realm).dumps([row.id, row.nonce])


def find(realm: realms.Realm, given: str):
    """(row, person) that a link opens now. Raises LinkGone, with one sentence whatever the cause."""
    try:
        number, nonce = _signer(realm).loads(given)
    except (BadSignature, ValueError, TypeError) as error:
        raise LinkGone from error
    found = db.session.execute(
        db.select(realm.link, realm.person)
        .join(realm.person, realm.person.id == realm.link.person_id)
        .where(
            realm.link.id == number,
            realm.link.nonce == nonce,
            realm.link.used_at.is_(None),
            realm.link.expires_at > now(),
            realm.person.is_enabled,
        )
    ).first()
    if found is None:
        raise LinkGone
    return found


def use_up(row) -> None:
    """Of two who come with one link at once, one passes; the other gets LinkGone. Does not commit."""
    kind = type(row)
    done = db.session.execute(
        db.update(kind)
        .where(kind.id == row.id, kind.used_at.is_(None), kind.expires_at > now())
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise LinkGone


def newest(person):
    """The link the person can still open, if any."""
    kind = realms.of(person).link
    query = db.select(kind).where(
        kind.person_id == person.id, kind.used_at.is_(None), kind.expires_at > now()
    )
    return db.session.scalars(query.order_by(kind.id.desc())).first()


def _signer(realm: realms.Realm) -> URLSafeSerializer:
    whose = scope.current() or "" if realm is realms.STAFF else ""
    key = current_app.config["SETTINGS"].secret_key
    return URLSafeSerializer(key, salt=f"motcua.link|{realm.name}|{whose}")
