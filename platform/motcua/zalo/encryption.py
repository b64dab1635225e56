"""Encrypting what a template says with the key Zalo keeps for the OA (RSA-OAEP), so that it travels closed."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .errors import ZaloUnavailable
from .limits import refuse

_HASHES = {"sha256": hashes.SHA256, "sha1": hashes.SHA1}
_LONGEST_KEY = 8192


class RsaKey:
    """The public key of one OA; `text` as Zalo gives it, base64 of DER, with or without PEM's armour."""

    def __init__(self, text: str):
        """Raises ZaloUnavailable for what is no RSA public key."""
        lines = [line for line in text[:_LONGEST_KEY].split() if line]
        body = "".join(lines) if "BEGIN" not in text else _inside_armour(text)
        try:
            key = serialization.load_der_public_key(base64.b64decode(body, validate=True))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, rsa.RSAPublicKey):
            raise ZaloUnavailable(details={"cause": "unreadable_key"})
        self.text, self._key = text, key

    def __repr__(self) -> str:
        return f"<RsaKey of {self._key.key_size} bits>"

    def encrypt(self, field: str, value: str, mask_hash: str = "sha256") -> str:
        """Base64. A value too long for the key is refused under the name `field`."""
        oaep = padding.OAEP(padding.MGF1(_HASHES[mask_hash]()), hashes.SHA256(), None)
        longest = self._key.key_size // 8 - 2 * hashes.SHA256().digest_size - 2
        content = value.encode()
        if len(content) > longest:
            refuse(field, f"Mục này dài {len(content)} byte, khóa mã hóa chỉ nhận {longest}. Xin rút gọn.")
        return base64.b64encode(self._key.encrypt(content, oaep)).decode()


def _inside_armour(text: str) -> str:
    lines = text[:_LONGEST_KEY].splitlines()
    return "".join(line.strip() for line in lines if "-----" not in line)
