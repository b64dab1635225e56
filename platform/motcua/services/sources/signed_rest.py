"""A province's API, asked with a signed POST: nothing personal in an address, nothing that can be sent again.

Headers: `X-Motcua-Time` (unix seconds), `X-Motcua-Nonce` (32 hex digits), `X-Motcua-Signature`
(`v1=` and the lower-case hex HMAC-SHA256, with the shared secret, of time, nonce, method, path and the body's
SHA-256 in hex, joined by line ends). The other side refuses a time more than five minutes off and a nonce it knows.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog

from motcua.core import background_loop, json_calls

from ..contract import ServiceUnavailable

CONNECT_S, TOTAL_S = 2.0, 2.5  # three tries with their pauses stay below a service's ten seconds
_OURSELVES = ("localhost", "127.0.0.1", "::1")

log = structlog.get_logger(__name__)


def signature(secret: str, moment: str, nonce: str, method: str, path: str, body: bytes) -> str:
    """What stands behind `v1=`."""
    said = "\n".join((moment, nonce, method, path, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class SignedRest:
    """`url` with or without a trailing slash; https, except on this machine."""

    url: str
    secret: str = field(repr=False)

    def post(self, path: str, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The JSON object it answers with; None for 404. Raises ServiceUnavailable."""
        url = self.url.rstrip("/") + path
        parts = urlsplit(url)
        if not self.secret or not (parts.scheme == "https" or parts.hostname in _OURSELVES):
            log.error("service_source_misconfigured", host=parts.hostname, has_secret=bool(self.secret))
            raise ServiceUnavailable
        body = json.dumps(question, ensure_ascii=False).encode()

        def headers() -> dict[str, str]:
            moment, nonce = str(int(time.time())), secrets.token_hex(16)
            signed = signature(self.secret, moment, nonce, "POST", parts.path, body)
            return {
                "Content-Type": "application/json",
                "X-Motcua-Time": moment,
                "X-Motcua-Nonce": nonce,
                "X-Motcua-Signature": f"v1={signed}",
            }

        call = json_calls.Call("POST", url, body=body, headers=headers, connect_s=CONNECT_S, total_s=TOTAL_S)
        try:
            said = background_loop.run(json_calls.ask(call))
        except json_calls.Unanswered as error:
            raise ServiceUnavailable from error
        except json_calls.Refused as error:
            if error.status == 404:
                return None
            log.error("service_source_refused", host=parts.hostname, status=error.status)
            raise ServiceUnavailable from error
        if not isinstance(said, dict):
            log.error("service_source_unreadable", host=parts.hostname)
            raise ServiceUnavailable
        return said
