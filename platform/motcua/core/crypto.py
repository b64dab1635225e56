"""Encryption of personal data and secrets, and blind indexes to find them again.

Keys are derived per tenant and purpose (HKDF-SHA256) from the installation's key ring, so a
ciphertext moved to another tenant or column does not open. Values are AES-256-GCM:
`<key name>:<base64(nonce 12 | ciphertext | tag)>`.
"""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import Misconfigured

VENDOR = "_vendor"  # the "tenant" of what belongs to the platform itself


class Keyring:
    """The installation's keys; the first encrypts, every one decrypts."""

    def __init__(self, keys: tuple[tuple[str, bytes], ...]):
        self._keys = dict(keys)
        self._newest = keys[0][0]
        self._index_key = keys[-1][1]  # the oldest: an index must not change when a key is added

    def encrypt(self, tenant_id: str, purpose: str, plain: str) -> str:
        nonce = os.urandom(12)
        box = _box(self._keys[self._newest], tenant_id, purpose)
        sealed = nonce + box.encrypt(nonce, plain.encode(), None)
        return f"{self._newest}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, tenant_id: str, purpose: str, stored: str) -> str:
        """Raises Misconfigured when the key is gone or the value is not of this tenant and purpose."""
        name, _, encoded = stored.partition(":")
        return self._open(name, tenant_id, purpose, base64.b64decode(encoded)).decode()

    def _open(self, name: str, tenant_id: str, purpose: str, sealed: bytes) -> bytes:
        key = self._keys.get(name)
        if key is None:
            raise Misconfigured(
                f"Thiếu khóa giải mã {name}. Xin thêm lại khóa này vào MOTCUA_ENCRYPTION_KEYS."
            )
        try:
            box = _box(key, tenant_id, purpose)
            return box.decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag as error:
            raise Misconfigured(
                "Không giải mã được dữ liệu đã lưu. Xin kiểm tra MOTCUA_ENCRYPTION_KEYS có đúng bộ khóa cũ."
            ) from error

    def encrypt_bytes(self, tenant_id: str, purpose: str, plain: bytes) -> bytes:
        """`<key name>:<nonce 12 | ciphertext | tag>`, for what is too large for letters."""
        nonce = os.urandom(12)
        box = AESGCM(_derive(self._keys[self._newest], tenant_id, purpose))
        return self._newest.encode() + b":" + nonce + box.encrypt(nonce, plain, None)

    def decrypt_bytes(self, tenant_id: str, purpose: str, stored: bytes) -> bytes:
        """Raises Misconfigured, like `decrypt`."""
        name, _, sealed = stored.partition(b":")
        return self._open(name.decode(), tenant_id, purpose, sealed)

    def blind_index(self, tenant_id: str, purpose: str, value: str) -> str:
        """Keyed fingerprint for equality look-ups: 64 hex digits, different in every tenant."""
        key = _derive(self._index_key, tenant_id, "index:" + purpose)
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4096)
def _derive(key: bytes, tenant_id: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"motcua|{tenant_id}|{purpose}".encode()).derive(key)


@lru_cache(maxsize=4096)
def _box(key: bytes, tenant_id: str, purpose: str) -> AESGCM:
    return AESGCM(_derive(key, tenant_id, purpose))


_ring: Keyring | None = None


def use(keys: tuple[tuple[str, bytes], ...]) -> None:
    """Install the key ring of this process (`create_app` does)."""
    global _ring
    _ring = Keyring(keys)


def keyring() -> Keyring:
    if _ring is None:
        raise Misconfigured("Chưa nạp khóa mã hóa. Xin gọi create_app() trước khi dùng dữ liệu.")
    return _ring


def seal_json(tenant_id: str, purpose: str, value) -> str:
    return keyring().encrypt(tenant_id, purpose, json.dumps(value, ensure_ascii=False))


def open_json(tenant_id: str, purpose: str, stored: str):
    return json.loads(keyring().decrypt(tenant_id, purpose, stored))
