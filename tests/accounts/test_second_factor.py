"""Codes by time and recovery codes: within a window, and each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.accounts import second_factor
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict
from tests.accounts.conftest import again, code_now
from tests.factories import TOTP_SECRET, make_staff

NOON = datetime(2026, 11, 26, 5, 0, 0, tzinfo=UTC)
STEP = second_factor.STEP_S


@pytest.fixture
def admin(province):
    return make_staff(province, role="province_admin")


def test_the_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of its appendix B: "12345678901234567890"

    with time_machine.travel(datetime.fromtimestamp(59, UTC), tick=False):
        assert second_factor.code_of(secret) == "287082"
    with time_machine.travel(datetime.fromtimestamp(1234567890, UTC), tick=False):
        assert second_factor.code_of(secret) == "005924"


@settings(max_examples=120, deadline=None)
@given(st.integers(-600, 600), st.integers(0, 2**31))
def test_a_code_fits_exactly_one_step_early_to_one_step_late(apart_s, at):
    code = pyotp.TOTP(TOTP_SECRET).at(at)

    with time_machine.travel(datetime.fromtimestamp(max(at + apart_s, 0), UTC), tick=False):
        steps = (max(at + apart_s, 0) // STEP) - at // STEP
        found = second_factor.matching_step(TOTP_SECRET, code)

    if abs(steps) <= second_factor.DRIFT_STEPS:
        assert found is not None
    elif found is not None:  # another step's code may happen to be the same six digits
        assert pyotp.TOTP(TOTP_SECRET).generate_otp(found) == code


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_what_is_no_code_fits_nothing(said):
    found = second_factor.matching_step(TOTP_SECRET, said)

    assert found is None or "".join(said.split()).isdecimal()


def test_a_code_is_taken_once(admin):
    code = code_now()

    assert second_factor.take(admin, code) == "phone"
    assert second_factor.take(again(admin), code) is None


def test_after_a_later_code_an_earlier_one_is_gone(admin):
    with time_machine.travel(NOON, tick=False):
        assert second_factor.take(admin, code_now(1)) == "phone"
        assert second_factor.take(again(admin), code_now()) is None
        assert second_factor.take(again(admin), code_now(-1)) is None
    with time_machine.travel(NOON + timedelta(seconds=2 * STEP), tick=False):
        assert second_factor.take(again(admin), code_now()) == "phone"


@pytest.mark.parametrize("kind", ["phone", "recovery"])
def test_of_six_who_bring_one_code_at_once_one_gets_in(app, admin, kind):
    codes = second_factor.renew_recovery_codes(admin)
    db.session.commit()
    code = codes[0] if kind == "recovery" else code_now()
    key = (admin.tenant_id, admin.id)
    db.session.remove()

    def bring(_):
        with app.app_context(), tenant_scope("binh-thuan"):
            person = db.session.get(second_factor.realms.STAFF.person, key)
            how = second_factor.take(person, code)
            db.session.commit()
            return how

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(bring, range(6)))

    assert sorted(answers, key=str) == [None] * 5 + [kind]


def test_recovery_codes_are_ten_and_the_table_shows_none_of_them(admin):
    codes = second_factor.renew_recovery_codes(admin)
    db.session.commit()

    kept = db.session.execute(db.text("SELECT digest FROM staff_recovery_code")).scalars().all()
    assert len(set(codes)) == len(kept) == 10
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert all(len(one) == 64 for one in kept)


def test_a_recovery_code_may_be_typed_in_capitals_and_without_dashes(admin):
    code = second_factor.renew_recovery_codes(admin)[0]

    assert second_factor.take(admin, code.upper().replace("-", " ")) == "recovery"
    assert second_factor.recovery_codes_left(admin) == 9


def test_new_recovery_codes_take_the_place_of_the_old(admin):
    old = second_factor.renew_recovery_codes(admin)
    new = second_factor.renew_recovery_codes(admin)

    assert second_factor.take(admin, old[0]) is None
    assert second_factor.take(admin, new[0]) == "recovery"


def test_another_persons_recovery_code_opens_nothing(admin):
    other = make_staff("binh-thuan", role="province_admin")
    code = second_factor.renew_recovery_codes(other)[0]

    assert second_factor.take(admin, code) is None


def test_a_wrong_first_code_leaves_the_account_without_a_second_factor(province):
    officer = again(make_staff(province))

    with pytest.raises(second_factor.CodeWrong):
        second_factor.set_up(officer, second_factor.new_secret(), "000000")

    assert not again(officer).has_second_factor


def test_a_second_factor_is_not_set_up_over_another(admin):
    secret = second_factor.new_secret()

    with pytest.raises(Conflict):
        second_factor.set_up(again(admin), secret, second_factor.code_of(secret))


def test_the_secret_is_not_readable_in_the_table(province):
    officer, secret = again(make_staff(province)), second_factor.new_secret()
    second_factor.set_up(officer, secret, second_factor.code_of(secret))
    db.session.commit()

    kept = db.session.execute(db.text("SELECT totp_secret_encrypted FROM staff")).scalar()
    assert secret not in kept and second_factor.secret_of(again(officer)) == secret
