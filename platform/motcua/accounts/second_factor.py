"""The second factor: codes by time (RFC 6238, SHA-1, six digits, 30 seconds) and recovery codes on paper.

A code is taken one step early or late, and each step once: whoever reads it over a shoulder is too late.
"""

import re
import secrets

import pyotp

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid

from . import realms

STEP_S = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_SECRET = "totp_secret"  # noqa: S105 - the purpose of a key, no key


class CodeWrong(Invalid):
    code = "second_factor_wrong"
    message = "Mã chưa đúng hoặc đã dùng rồi. Xin đợi ứng dụng hiện mã mới rồi nhập lại."


def new_secret() -> str:
    """160 random bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def uri(person, secret: str, issuer: str) -> str:
    """What an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)


def set_up(person, secret: str, code: str) -> list[str]:
    """Begin using `secret`, proven by one code of it; returns the recovery codes, readable this once.

    Raises CodeWrong, and Conflict where the person has a second factor already. Does not commit.
    """
    db.session.refresh(person, with_for_update=True)  # of two browsers that set one up at once, one does
    if person.has_second_factor:
        raise Conflict("Tài khoản đã có mã xác thực. Muốn đổi điện thoại, xin tắt mã cũ trước rồi cài lại.")
    step = matching_step(secret, code)
    if step is None:
        raise CodeWrong
    person.totp_secret_encrypted = crypto.keyring().encrypt(person.secret_owner, _SECRET, secret)
    person.second_factor_since, person.totp_last_step = now(), step
    return renew_recovery_codes(person)


def matching_step(secret: str, code: str) -> int | None:
    """The time step whose code this is, among the current one and its neighbours."""
    digits = "".join(code.split())
    if not re.fullmatch("[0-9]{6}", digits):
        return None
    current, totp = int(now().timestamp()) // STEP_S, pyotp.TOTP(secret)
    steps = range(max(current - DRIFT_STEPS, 0), current + DRIFT_STEPS + 1)
    fitting = [step for step in steps if secrets.compare_digest(totp.generate_otp(step), digits)]
    return fitting[-1] if fitting else None


def secret_of(person) -> str:
    return crypto.keyring().decrypt(person.secret_owner, _SECRET, person.totp_secret_encrypted)


def current_code(person) -> str:
    """What the person's phone shows now: for the demonstration and for tests."""
    return code_of(secret_of(person))


def code_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(now())


def take(person, code: str) -> str | None:
    """Use up a code of the phone or a recovery code: "phone", "recovery", or None where it is neither.

    Of two who bring the same code at once, one gets in. Does not commit.
    """
    if not person.has_second_factor:
        return None
    step = matching_step(secret_of(person), code)
    if step is not None:
        return "phone" if _use_step(person, step) else None
    return "recovery" if _use_recovery_code(person, code) else None


def _use_step(person, step: int) -> bool:
    kind = type(person)
    done = db.session.execute(
        db.update(kind)
        .where(kind.id == person.id, db.or_(kind.totp_last_step.is_(None), kind.totp_last_step < step))
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount == 1


def _use_recovery_code(person, code: str) -> bool:
    kind = realms.of(person).recovery_code
    done = db.session.execute(
        db.update(kind)
        .where(kind.person_id == person.id, kind.digest == _digest(person, code), kind.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    return done.rowcount == 1


def renew_recovery_codes(person) -> list[str]:
    """Ten fresh ones in place of all earlier ones, readable this once. Does not commit."""
    _drop_recovery_codes(person)
    codes = ["-".join(_some_letters(4) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    kind = realms.of(person).recovery_code
    db.session.add_all([kind(person_id=person.id, digest=_digest(person, code)) for code in codes])
    db.session.flush()
    return codes


def recovery_codes_left(person) -> int:
    kind = realms.of(person).recovery_code
    query = db.select(db.func.count()).where(kind.person_id == person.id, kind.used_at.is_(None))
    return db.session.scalar(query)


def remove(person) -> None:
    """The person signs in with the password alone, or sets a second factor up anew. Does not commit."""
    person.totp_secret_encrypted = person.totp_last_step = person.second_factor_since = None
    _drop_recovery_codes(person)


def _drop_recovery_codes(person) -> None:
    kind = realms.of(person).recovery_code
    db.session.execute(db.delete(kind).where(kind.person_id == person.id))


def _some_letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _digest(person, code: str) -> str:
    bare = re.sub("[^a-z0-9]", "", code.lower())[:40]
    return crypto.keyring().blind_index(person.secret_owner, "recovery_code", f"{person.id}:{bare}")
