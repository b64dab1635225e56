"""Encrypted sends: RSA/ECB/OAEP with SHA-256 in hash and mask, values in base64."""

import base64
import binascii

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..call import Call
from ..errors import ZaloError
from ..world.records import RsaKey

BITS = 2048
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def generate(call: Call) -> dict:
    """GET /rsa/key/gen: one key pair per app and account."""
    place = (call.app.app_id, call.oa.oa_id)
    if place in call.world.rsa_keys:
        raise ZaloError(-143)
    if call.world.settings.rsa_keys == "fail":
        raise ZaloError(-129)
    private = rsa.generate_private_key(public_exponent=65_537, key_size=BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    call.world.rsa_keys[place] = RsaKey(*place, pem.decode(), base64.b64encode(public).decode())
    call.world.touch()
    return _public(call.world.rsa_keys[place])


def show(call: Call) -> dict:
    """GET /rsa/key/get"""
    key = call.world.rsa_keys.get((call.app.app_id, call.oa.oa_id))
    if key is None:
        raise ZaloError(-142)
    return _public(key)


def open_fields(call: Call) -> dict:
    """The body of /rsa/message/template in plain text: -128 without a key, -123 when a value cannot be opened."""
    fields = call.fields()
    key = call.world.rsa_keys.get((call.app.app_id, call.oa.oa_id))
    if key is None:
        raise ZaloError(-128)
    private = serialization.load_pem_private_key(key.private_pem.encode(), password=None)
    data = fields.get("template_data")
    if isinstance(data, dict):
        data = {name: _decrypt(private, value) for name, value in data.items()}
    phone = _decrypt(private, fields.get("rsa_phone", fields.get("phone")))
    return fields | {"phone": phone, "template_data": data}


def _decrypt(private: rsa.RSAPrivateKey, value: object) -> str:
    if not isinstance(value, str):
        raise ZaloError(-123)
    try:
        return private.decrypt(base64.b64decode(value, validate=True), _OAEP).decode()
    except (binascii.Error, ValueError):
        raise ZaloError(-123) from None


def _public(key: RsaKey) -> dict:
    """The key under both names that clients look for."""
    return {"publicKey": key.public_der_base64, "public_key": key.public_der_base64}
