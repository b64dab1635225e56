"""OAuth v4 for Official Accounts: the consent page, the first token pair and its renewal.

A refresh token is good for one use and three months; the access token for 25 hours. Zalo answers an
already used refresh token with an empty body and HTTP 200.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from .errors import (
    NotEntitled,
    UnknownZaloCode,
    ZaloNeedsConsent,
    ZaloUnavailable,
    ZaloUncertain,
    error_for,
    masked,
)
from .hosts import Hosts
from .proof import appsecret_proof, challenge_of, pkce_pair
from .reading import as_int, as_text, read_json
from .transport import RawAnswer, exchange

__all__ = [
    "TokenPair",
    "appsecret_proof",
    "challenge_of",
    "consent_url",
    "exchange_code",
    "pkce_pair",
    "refresh",
]

_OA_LIFE_S, _PERSON_LIFE_S = 90_000, 3600
_TIMEOUT_S = 15.0
_OA_PATH, _PERSON_PATH = "/v4/oa/access_token", "/v4/access_token"


@dataclass(frozen=True, repr=False)
class TokenPair:
    """`refresh_token` is None when Zalo sent none: then the old one stays in use."""

    access_token: str
    refresh_token: str | None
    expires_in_s: int


def consent_url(hosts: Hosts, app_id: str, redirect_uri: str, challenge: str | None, state: str) -> str:
    """Where an OA's admin gives the app its rights; `challenge` None where the app uses no PKCE.

    Zalo comes back to `redirect_uri` with `code`, `oa_id` and `state`; check all three.
    """
    query = {"app_id": app_id, "redirect_uri": redirect_uri}
    if challenge:
        query["code_challenge"] = challenge
    return f"{hosts.oauth}/v4/oa/permission?{urlencode(query | {'state': state})}"


async def exchange_code(
    session: aiohttp.ClientSession,
    hosts: Hosts,
    app_id: str,
    app_secret: str,
    code: str,
    code_verifier: str | None = None,
    *,
    timeout_s: float = _TIMEOUT_S,
    person: bool = False,
) -> TokenPair:
    """The first pair for a `code` fresh from the consent page. Errors as for `refresh`.

    `code_verifier` is the one made for this consent, the fixed one where the console holds its challenge, or
    None without PKCE. `person` for somebody who signed in (`social.sign_in_url`) instead of an OA.
    """
    form = {"code": code, "app_id": app_id, "grant_type": "authorization_code"}
    if code_verifier:
        form["code_verifier"] = code_verifier
    return await _ask(session, hosts, app_secret, form, timeout_s, person)


async def refresh(
    session: aiohttp.ClientSession,
    hosts: Hosts,
    app_id: str,
    app_secret: str,
    refresh_token: str,
    *,
    timeout_s: float = _TIMEOUT_S,
    person: bool = False,
) -> TokenPair:
    """A new pair for a refresh token, which is used up by asking.

    Raises ZaloNeedsConsent when the token is dead (terminal), ZaloUnavailable when nothing happened,
    ZaloUncertain when the answer was lost: the token may be used up, so do not send it again blindly.
    """
    form = {"refresh_token": refresh_token, "app_id": app_id, "grant_type": "refresh_token"}
    return await _ask(session, hosts, app_secret, form, timeout_s, person)


async def _ask(
    session, hosts: Hosts, app_secret: str, form: dict, timeout_s: float, person: bool
) -> TokenPair:
    path = _PERSON_PATH if person else _OA_PATH
    if not app_secret.isascii() or not app_secret.isprintable():
        raise NotEntitled("Khóa bí mật của ứng dụng có ký tự lạ. Xin sao chép lại từ trang ứng dụng Zalo.")
    answer = await exchange(
        session,
        "POST",
        hosts.oauth + path,
        timeout_s=timeout_s,
        repeatable=False,
        broken_gateway=ZaloUnavailable,
        headers={"secret_key": app_secret},
        data=form,
    )
    return _token_pair(answer, "oauth" + path, _PERSON_LIFE_S if person else _OA_LIFE_S)


def _token_pair(answer: RawAnswer, endpoint: str, usual_life_s: int) -> TokenPair:
    body = answer.body.strip()
    if body.startswith(b"<") or (answer.status != 200 and not body.startswith(b"{")):
        raise ZaloUnavailable(details={"http_status": answer.status})
    if not body:
        raise ZaloNeedsConsent(details={"cause": "empty_answer"})
    try:
        given = read_json(body)
    except ValueError:
        raise ZaloUncertain(details={"cause": "unreadable_answer"}) from None
    if not isinstance(given, dict):
        raise ZaloUncertain(details={"cause": "unreadable_answer"})
    access_token = as_text(given.get("access_token"))
    if not access_token:
        _raise_refusal(given, endpoint)
    return TokenPair(
        access_token,
        as_text(given.get("refresh_token")) or None,
        as_int(given.get("expires_in")) or usual_life_s,
    )


def _raise_refusal(given: dict, endpoint: str) -> None:
    # There is no reliable `message` on this host.
    words = [as_text(given.get(key)) for key in ("error_name", "error_description", "message")]
    code = as_int(given.get("error"))
    reason = next((text for text in words if text), "")
    if not code:
        details = {"zalo_code": code, "zalo_host": "oauth", "zalo_message": masked(reason[:300])}
        raise UnknownZaloCode(details=details, zalo_message=reason[:300], endpoint=endpoint)
    raise error_for("oauth", code, reason, endpoint)
