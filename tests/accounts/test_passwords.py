"""Which passwords are refused, and how the others are kept."""

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.accounts import passwords
from motcua.core.database import db
from tests.accounts.conftest import STRONG, again
from tests.factories import make_staff

OURS = passwords._hasher  # before the tests' quick one takes its place
ABOUT = ["Phạm Thu Hà", "ha.pham@binhthuan.gov.vn", "Bình Thuận"]


@pytest.mark.parametrize(
    "plain",
    ["ngắn quá", "matkhau123456", "Mật khẩu 2026!", "aaaaaaaaaaaaaaaa", "qwertyuiop123", "123456789012", "abcabcabcabc",
     "phamthuha1990", "PhamThuHa@2026", "binhthuan2026", "Bình Thuận 1234", "binhthuan.gov.vn", "anhyeuem123456",
     "motcua-motcua-1", "Password12345", "vietnamvodich1", "ha.pham@binhthuan", "19051890190518"],
)  # fmt: skip
def test_a_short_common_or_personal_password_is_refused_with_a_remedy(plain):
    with pytest.raises(passwords.PasswordWeak, match="Xin") as refused:
        passwords.refuse_weak(plain, ABOUT)

    assert refused.value.status == 422


@pytest.mark.parametrize(
    "plain", [STRONG, "x7#Kq9!vTz2mW", "cà phê tím chạy lùi", "thuyền giấy ngủ quên bếp"]
)
def test_a_long_one_that_nobody_would_try_is_taken_without_special_characters(plain):
    assert passwords.refuse_weak(plain, ABOUT) is None


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=passwords.SHORTEST - 1))
def test_nothing_shorter_than_the_least_is_ever_taken(plain):
    with pytest.raises(passwords.PasswordWeak, match=str(passwords.SHORTEST)):
        passwords.refuse_weak(plain, [])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_an_answer_and_never_an_accident(plain):
    try:
        passwords.refuse_weak(plain, ABOUT)
    except passwords.PasswordWeak as refused:
        assert refused.message.endswith((".", "nhau."))
    else:
        assert passwords.SHORTEST <= len(plain) <= passwords.LONGEST


def test_the_parameters_are_the_librarys_and_at_least_those_of_rfc_9106(province):
    memory_kib, passes = OURS.memory_cost, OURS.time_cost

    assert make_staff(province).password_hash.startswith("$argon2id$")
    assert (memory_kib, passes) >= (65536, 3)


def test_one_keyboard_writes_a_letter_whole_and_another_in_parts(province):
    person = make_staff(province)
    person.set_password(unicodedata.normalize("NFC", STRONG))

    assert passwords.is_right(person, unicodedata.normalize("NFD", STRONG))


def test_a_password_kept_with_weaker_parameters_is_hashed_anew_at_the_next_sign_in(province, visitor):
    person = make_staff(province)
    person.password_hash = old = PasswordHasher(time_cost=1, memory_cost=1024).hash(STRONG)
    db.session.add(person)
    db.session.commit()

    assert visitor().log_in(person, STRONG).status_code == 303

    kept = again(person).password_hash
    assert kept != old and not passwords._hasher.check_needs_rehash(kept)


@pytest.mark.parametrize("given", [{"is_enabled": False}, {"password_hash": ""}], ids=["disabled", "invited"])
def test_who_may_not_sign_in_is_wrong_whatever_they_type(province, given):
    person = make_staff(province)
    for name, value in given.items():
        setattr(person, name, value)

    assert not passwords.is_right(person, "mật khẩu của cán bộ")
    assert not passwords.is_right(person, "nobody has this password")
