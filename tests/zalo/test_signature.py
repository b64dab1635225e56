import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.zalo.signature import is_probe, sign, verify

APP_ID, SECRET, TIMESTAMP = "1234567890123456789", "SIM_OA_SECRET_KEY", "1760000000000"
BODY = (
    '{"app_id":"1234567890123456789","user_id_by_app":"552177279717587730","event_name":"user_send_text",'
    '"timestamp":"1760000000000","sender":{"id":"246845883529197922"},"recipient":{"id":"388613280878808645"},'
    '"message":{"msg_id":"96d3cdf3af150460909","text":"Tra cứu hồ sơ"}}'
).encode()
MAC = "0a4be872fcc6d134b85fcf748824a9a9be1f61a2da5723e91a319f32728cf47d"


def test_the_published_sample_is_signed_the_same():
    assert sign(APP_ID, BODY, TIMESTAMP, SECRET) == MAC


@pytest.mark.parametrize(
    "header",
    [f"mac={MAC}", f"mac = {MAC}", MAC, f"mac={MAC.upper()}", f"MAC={MAC}", f"  mac= {MAC}  "],
)
def test_every_form_of_the_header_is_accepted(header):
    assert verify(BODY, header, None, APP_ID, [SECRET])


@pytest.mark.parametrize(
    "header", [None, "", "mac=", f"mac={MAC[:-1]}", f"mac={MAC}0", f"sha={MAC}", "é" * 64]
)
def test_a_missing_or_broken_header_is_not(header):
    assert not verify(BODY, header, TIMESTAMP, APP_ID, [SECRET])


def test_the_headers_timestamp_may_be_the_signed_one():
    mac = sign(APP_ID, BODY, "1760000000999", SECRET)

    assert verify(BODY, f"mac={mac}", "1760000000999", APP_ID, [SECRET])
    assert not verify(BODY, f"mac={mac}", None, APP_ID, [SECRET])


def test_a_timestamp_written_as_a_number_counts_by_its_digits():
    body = b'{"event_name":"follow","timestamp":1760000000000}'

    assert verify(body, sign(APP_ID, body, TIMESTAMP, SECRET), None, APP_ID, [SECRET])


def test_any_of_the_secrets_will_do_while_one_is_being_replaced():
    assert verify(BODY, MAC, None, APP_ID, ["new", SECRET])
    assert not verify(BODY, MAC, None, APP_ID, ["new"])


def test_an_empty_secret_verifies_nothing():
    assert not verify(BODY, sign(APP_ID, BODY, TIMESTAMP, ""), None, APP_ID, ["", ""])
    assert not verify(BODY, MAC, None, APP_ID, [])


@pytest.mark.parametrize(
    ("body", "app_id"),
    [(BODY + b" ", APP_ID), (BODY.replace(b"Tra", b"tra"), APP_ID), (BODY, "1234567890123456788")],
    ids=["a blank more", "another letter", "another app"],
)
def test_a_changed_body_or_app_does_not_verify(body, app_id):
    assert not verify(body, MAC, TIMESTAMP, app_id, [SECRET])


@given(st.binary(max_size=300), st.none() | st.text(), st.none() | st.text(), st.text(alphabet="0123456789"))
def test_nothing_hostile_raises_or_verifies(body, signature, timestamp, app_id):
    assert verify(body, signature, timestamp, app_id, [SECRET]) is False


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=5),
    st.integers(min_value=0, max_value=2**60),
    st.text(min_size=1, alphabet=st.characters(codec="utf-8")),
)
def test_whatever_is_signed_verifies(fields, timestamp, secret):
    body = json.dumps(fields | {"timestamp": timestamp}).encode()

    assert verify(body, sign(APP_ID, body, str(timestamp), secret), None, APP_ID, [secret])


@pytest.mark.parametrize("body", [b"{}", b" { } ", b"{}\n"])
def test_the_empty_object_is_the_probe(body):
    assert is_probe(body)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":1}', b"{}{}", b" " * 10_000 + b"{}"])
def test_anything_else_is_not(body):
    assert not is_probe(body)
