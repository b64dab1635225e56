"""The settings for what the sources disagree on."""

import pytest

from motcua.core.errors import Misconfigured
from motcua.zalo.dialect import Dialect


def test_settings_become_a_dialect():
    given = {"hashed_phone_path": "/message/template/hash_phone", "nested_recipient": True}

    assert Dialect.from_settings(given) == Dialect(
        hashed_phone_path="/message/template/hash_phone", nested_recipient=True
    )
    assert Dialect.from_settings({}) == Dialect()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hashed_phone_path", "/message"),
        ("visitor_path", ""),
        ("user_update_path", None),
        ("report_method", "get"),
        ("rsa_mask_hash", "md5"),
        ("nested_recipient", "yes"),
        ("rating_method", "GET"),
    ],
)
def test_an_unknown_reading_is_named_with_what_is_known(name, value):
    with pytest.raises(Misconfigured) as refused:
        Dialect.from_settings({name: value})

    (sentence,) = refused.value.details[name]
    assert name in sentence and "Xin đặt là" in sentence
