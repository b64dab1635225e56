"""Browsers in which a person is signed in: a table, so that they can be listed and ended."""

import hashlib
import ipaddress
import re
import secrets
from datetime import timedelta

from flask import current_app

from motcua.core.clock import now
from motcua.core.database import LARGEST_ID, db

from . import realms

SEEN_EVERY = timedelta(minutes=1)
REMEMBERED = timedelta(days=90)  # long after a sign-in ended
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def begin(person, address: str | None, user_agent: str) -> str:
    """A new sign-in and the token for its cookie; nothing else ever holds the token."""
    kind, token = realms.of(person).sign_in, secrets.token_urlsafe(32)
    db.session.execute(
        db.delete(kind).where(kind.person_id == person.id, kind.created_at < now() - REMEMBERED)
    )
    row = kind(person_id=person.id, digest=digest(token), address=masked(address), device=device(user_agent))
    person.signed_in_at = now()
    db.session.add(row)
    db.session.flush()
    return token


def person_of(realm: realms.Realm, token: str):
    """(person, sign-in) whom the token of a cookie stands for, else None.

    Notes the visit to the minute; commits then. A sign-in ends 12 hours after it began or 2 hours after the last
    visit (settings), when it is ended, and with the person's account.
    """
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        return None
    found = db.session.execute(
        db.select(realm.sign_in, realm.person)
        .join(realm.person, realm.person.id == realm.sign_in.person_id)
        .where(realm.sign_in.digest == digest(token), realm.sign_in.ended_at.is_(None))
    ).first()
    if found is None:
        return None
    row, person = found
    if not person.is_enabled or has_run_out(row):
        return None
    if now() - row.last_seen_at >= SEEN_EVERY:
        row.last_seen_at = now()
        db.session.commit()
    return person, row


def has_run_out(row) -> bool:
    settings, at = current_app.config["SETTINGS"], now()
    return at - row.created_at >= settings.session_lasts or at - row.last_seen_at >= settings.session_idles


def open_ones(person) -> list:
    """Where the person is signed in now, the latest seen first."""
    kind = realms.of(person).sign_in
    query = db.select(kind).where(kind.person_id == person.id, kind.ended_at.is_(None))
    rows = db.session.scalars(query.order_by(kind.last_seen_at.desc(), kind.id.desc()))
    return [one for one in rows if not has_run_out(one)]


def end(person, number: int) -> bool:
    """End one of the person's own; False where there is none such."""
    kind = realms.of(person).sign_in
    return number <= LARGEST_ID and bool(_end(kind.person_id == person.id, kind.id == number, kind=kind))


def end_all(person, but: str | None = None) -> int:
    """End every sign-in of the person except the one with the token `but`; returns how many."""
    kind = realms.of(person).sign_in
    kept = () if but is None else (kind.digest != digest(but),)
    return _end(kind.person_id == person.id, *kept, kind=kind)


def end_token(realm: realms.Realm, token: str) -> None:
    _end(realm.sign_in.digest == digest(token), kind=realm.sign_in)


def _end(*which, kind) -> int:
    done = db.session.execute(db.update(kind).where(*which, kind.ended_at.is_(None)).values(ended_at=now()))
    return done.rowcount


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def masked(address: str | None) -> str:
    """The network an address is in, which is enough to notice a strange one: 14.161.x.x, 2001:ee0:4f01:…"""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return "không rõ"
    if known.version == 4:
        return ".".join(str(known).split(".")[:2]) + ".x.x"
    return ":".join(known.exploded.split(":")[:3]) + ":…"


def device(user_agent: str) -> str:
    """A browser in a few words: "Chrome trên Windows"."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Trình duyệt khác")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} trên {system}" if system else browser
