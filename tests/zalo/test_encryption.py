"""Templates that travel encrypted: what we close, the holder of the private key can open."""

import base64
import textwrap

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from motcua.core.errors import Invalid
from motcua.zalo.dialect import Dialect
from motcua.zalo.encryption import RsaKey
from motcua.zalo.errors import ZaloRejected, ZaloUnavailable, ZaloUncertain
from motcua.zalo.messages import ZbsTemplate
from tests.zalo.scripted import ask, ok, refusal

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
DER = PRIVATE.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)
TEXT = base64.b64encode(DER).decode()
PEM = "-----BEGIN PUBLIC KEY-----\n" + "\n".join(textwrap.wrap(TEXT, 64)) + "\n-----END PUBLIC KEY-----\n"
HASHES = {"sha256": hashes.SHA256, "sha1": hashes.SHA1}
TEMPLATE = ZbsTemplate("300001", {"ho_ten": "Nguyễn Văn A", "ma_ho_so": "HS-001"})


def opened(closed: str, mask: str = "sha256") -> str:
    oaep = padding.OAEP(padding.MGF1(HASHES[mask]()), hashes.SHA256(), None)
    return PRIVATE.decrypt(base64.b64decode(closed), oaep).decode()


@pytest.mark.parametrize(
    "text", [TEXT, PEM, "\n".join(textwrap.wrap(TEXT, 76))], ids=["bare", "PEM", "wrapped"]
)
@pytest.mark.parametrize("mask", HASHES)
def test_what_is_closed_can_be_opened(text, mask):
    key = RsaKey(text)

    first, second = (key.encrypt("phone", "84912345678", mask) for _ in range(2))

    assert opened(first, mask) == opened(second, mask) == "84912345678"
    assert first != second and TEXT[:20] not in repr(key)


EC_TEXT = base64.b64encode(
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.mark.parametrize("text", ["", "???", "aGVsbG8=", EC_TEXT, TEXT[:-20], "é" * 100, "x" * 100_000])
def test_what_is_no_key_is_told(text):
    with pytest.raises(ZaloUnavailable):
        RsaKey(text)


def test_a_value_too_long_for_the_key_is_named():
    RsaKey(TEXT).encrypt("ho_ten", "x" * 190)

    with pytest.raises(ZaloRejected) as refused:
        RsaKey(TEXT).encrypt("ho_ten", "x" * 191)

    assert list(refused.value.details) == ["ho_ten"]


@pytest.mark.parametrize("data", [{"public_key": TEXT}, {"publicKey": PEM}, {"key": TEXT}, TEXT])
def test_the_key_is_asked_for_in_any_form(data):
    key, zalo = ask(ok(data), do=lambda c: c.rsa_key("t"))

    assert opened(key.encrypt("x", "y")) == "y"
    assert (zalo.asked[0].method, zalo.asked[0].path) == ("GET", "/business/rsa/key/get")


def test_a_first_key_is_made_and_a_lost_answer_may_have_made_it():
    _key, zalo = ask(ok({"public_key": TEXT}), do=lambda c: c.rsa_key_create("t"))
    lost, _zalo = ask(b"", do=lambda c: c.rsa_key_create("t"), timeout_s=0.3)

    assert (zalo.asked[0].method, zalo.asked[0].path) == ("GET", "/business/rsa/key/gen")
    assert type(lost) is ZaloUncertain


@pytest.mark.parametrize("data", [None, {}, {"public_key": 7}, []])
def test_an_answer_without_a_key_is_no_key(data):
    assert type(ask(ok(data), do=lambda c: c.rsa_key("t"))[0]) is ZaloUnavailable


def test_a_missing_key_is_said_by_code():
    error, _zalo = ask(refusal(-142), do=lambda c: c.rsa_key("t"))

    assert (type(error), error.zalo_code) == (ZaloRejected, -142)


@pytest.mark.parametrize("mask", HASHES)
def test_neither_phone_nor_values_travel_in_the_open(mask):
    sent, zalo = ask(
        ok({"msg_id": "m-1", "sent_time": "1"}),
        do=lambda c: c.send_template_encrypted("t", RsaKey(TEXT), "0912345678", TEMPLATE, "t-1"),
        dialect=Dialect(rsa_mask_hash=mask),
    )

    (asked,) = zalo.asked
    body = asked.json
    assert (sent.message_id, asked.path) == ("m-1", "/business/rsa/message/template")
    assert set(body) == {"rsa_phone", "template_id", "template_data", "tracking_id"}
    assert opened(body["rsa_phone"], mask) == "84912345678"
    assert {name: opened(value, mask) for name, value in body["template_data"].items()} == TEMPLATE.data
    assert b"84912345678" not in asked.body and "Nguyễn".encode() not in asked.body


def test_a_number_that_is_no_mobile_is_refused_before_it_is_closed():
    error, zalo = ask(
        ok(), do=lambda c: c.send_template_encrypted("t", RsaKey(TEXT), "1900 1234", TEMPLATE, "t-1")
    )

    assert (type(error), zalo.asked) == (Invalid, [])
