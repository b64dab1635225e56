"""Secrets and personal data at rest."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.config import Settings
from motcua.core.crypto import Keyring
from motcua.core.errors import Misconfigured

OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)


@given(st.text(max_size=200))
def test_what_is_sealed_opens_again(plain):
    ring = Keyring((OLD,))

    assert ring.decrypt("da-nang", "phone", ring.encrypt("da-nang", "phone", plain)) == plain


def test_after_a_new_key_old_values_still_open_and_new_ones_use_the_new_key():
    sealed = Keyring((OLD,)).encrypt("da-nang", "phone", "84912345678")
    ring = Keyring((NEW, OLD))

    assert ring.decrypt("da-nang", "phone", sealed) == "84912345678"
    assert ring.encrypt("da-nang", "phone", "x").startswith("k2:")


def test_a_new_key_does_not_change_the_fingerprints():
    before = Keyring((OLD,)).blind_index("da-nang", "phone", "84912345678")

    assert Keyring((NEW, OLD)).blind_index("da-nang", "phone", "84912345678") == before


def test_without_its_key_a_value_does_not_open_and_the_remedy_is_named():
    sealed = Keyring((OLD,)).encrypt("da-nang", "phone", "84912345678")

    with pytest.raises(Misconfigured, match="MOTCUA_ENCRYPTION_KEYS"):
        Keyring((NEW,)).decrypt("da-nang", "phone", sealed)


def test_the_same_value_never_looks_the_same_twice():
    ring = Keyring((OLD,))

    assert ring.encrypt("da-nang", "phone", "1") != ring.encrypt("da-nang", "phone", "1")


def test_production_does_not_start_without_its_secrets(tmp_path):
    with pytest.raises(Misconfigured, match="MOTCUA_SECRET_KEY"):
        Settings.from_env({"MOTCUA_ENV": "production", "MOTCUA_VAR": str(tmp_path)})


@pytest.mark.parametrize("keys", ["k1", "k1:short", ":" + base64.b64encode(b"1" * 32).decode(), "k1:%%%"])
def test_a_malformed_key_ring_is_refused_with_its_form(tmp_path, keys):
    env = {"MOTCUA_VAR": str(tmp_path), "MOTCUA_SECRET_KEY": "x", "MOTCUA_ENCRYPTION_KEYS": keys}

    with pytest.raises(Misconfigured, match="base64"):
        Settings.from_env(env)


def test_development_secrets_are_made_once_and_for_the_owners_eyes_only(tmp_path):
    first = Settings.from_env({"MOTCUA_VAR": str(tmp_path)})
    second = Settings.from_env({"MOTCUA_VAR": str(tmp_path)})

    assert (first.secret_key, first.encryption_keys) == (second.secret_key, second.encryption_keys)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_settings_do_not_print_their_secrets(tmp_path):
    settings = Settings.from_env(
        {"MOTCUA_VAR": str(tmp_path), "DATABASE_URL": "postgresql://a:pass-word@h/d"}
    )

    shown = repr(settings)
    assert settings.secret_key not in shown and "pass-word" not in shown
