import hashlib
import hmac
from dataclasses import dataclass

from .clock import VirtualClock
from .ids import new_token
from .records import Record
from .settings import Settings


@dataclass(slots=True)
class Grant(Record):
    """An Official Account's consent to one app."""

    app_id: str
    oa_id: str
    active: bool = True
    granted_at_ms: int = 0


@dataclass(slots=True)
class Token(Record):
    value: str
    app_id: str
    oa_id: str
    expires_at_ms: int
    state: str = "live"  # or consumed (refresh tokens), removed


@dataclass(slots=True)
class Code(Record):
    value: str
    app_id: str
    oa_id: str
    challenge: str
    expires_at_ms: int
    used: bool = False


class TokenStore:
    """Grants, authorization codes and both kinds of token; one pair a grant, many generations."""

    def __init__(self, clock: VirtualClock, settings: Settings):
        self._clock, self._settings = clock, settings
        self.grants: dict[tuple[str, str], Grant] = {}
        self.access: dict[str, Token] = {}
        self.refresh: dict[str, Token] = {}
        self.codes: dict[str, Code] = {}
        self._apps_by_account: dict[str, list[str]] = {}

    def grant(self, app_id: str, oa_id: str) -> dict:
        self.consent(app_id, oa_id)
        return self._issue(app_id, oa_id)

    def consent(self, app_id: str, oa_id: str) -> None:
        self.grants[app_id, oa_id] = Grant(app_id, oa_id, granted_at_ms=self._clock.now_ms())
        self._apps_by_account.clear()

    def issue_code(self, app_id: str, oa_id: str, challenge: str) -> str:
        self.consent(app_id, oa_id)
        expires = self._clock.now_ms() + self._settings.code_life_s * 1000
        code = Code(new_token(), app_id, oa_id, challenge, expires)
        self.codes[code.value] = code
        return code.value

    def redeem_code(self, value: str, app_id: str) -> Code | None:
        """The code, now used; None when unknown, used, expired or another app's."""
        code = self.codes.get(value)
        if code is None or code.used or code.app_id != app_id or code.expires_at_ms < self._clock.now_ms():
            return None
        code.used = True
        return code

    def exchange_code(self, code: Code) -> dict:
        return self._issue(code.app_id, code.oa_id)

    def rotate(self, token: Token) -> dict:
        """A new pair for a live refresh token, which is consumed by it."""
        token.state = "consumed"
        if self._settings.refresh_kills_old_access_token:
            self.remove_access(token.app_id, token.oa_id)
        return self._issue(token.app_id, token.oa_id)

    def remove_access(self, app_id: str, oa_id: str) -> int:
        """Mark every access token of the grant as removed (-220); returns how many there were."""
        removed = 0
        for token in self.access.values():
            if (token.app_id, token.oa_id, token.state) == (app_id, oa_id, "live"):
                token.state = "removed"
                removed += 1
        return removed

    def expire_access(self, app_id: str, oa_id: str) -> int:
        now = self._clock.now_ms()
        mine = [t for t in self.access.values() if (t.app_id, t.oa_id) == (app_id, oa_id)]
        for token in mine:
            token.expires_at_ms = min(token.expires_at_ms, now - 1)
        return len(mine)

    def revoke(self, app_id: str, oa_id: str) -> bool:
        """The Official Account takes its consent back; False when there was none."""
        grant = self.grants.get((app_id, oa_id))
        if grant is None or not grant.active:
            return False
        grant.active = False
        self._apps_by_account.clear()
        for token in self.refresh.values():
            if (token.app_id, token.oa_id) == (app_id, oa_id):
                token.state = "removed"
        return True

    def is_granted(self, app_id: str, oa_id: str) -> bool:
        grant = self.grants.get((app_id, oa_id))
        return grant is not None and grant.active

    def apps_granted_by(self, oa_id: str) -> list[str]:
        apps = self._apps_by_account.get(oa_id)
        if apps is None:
            apps = [grant.app_id for grant in self.grants.values() if grant.oa_id == oa_id and grant.active]
            self._apps_by_account[oa_id] = apps
        return apps

    def _issue(self, app_id: str, oa_id: str) -> dict:
        now, settings = self._clock.now_ms(), self._settings
        access, refresh = new_token(), new_token()
        self._forget_old(now)
        self.access[access] = Token(access, app_id, oa_id, now + settings.access_token_life_s * 1000)
        self.refresh[refresh] = Token(refresh, app_id, oa_id, now + settings.refresh_token_life_s * 1000)
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": str(settings.access_token_life_s),
        }

    def _forget_old(self, now: int) -> None:
        if len(self.access) > 10_000:
            self.access = {v: t for v, t in self.access.items() if t.expires_at_ms > now}

    def dump(self) -> dict:
        return {
            "grants": [row.dump() for row in self.grants.values()],
            "access": [row.dump() for row in self.access.values()],
            "refresh": [row.dump() for row in self.refresh.values()],
            "codes": [row.dump() for row in self.codes.values()],
        }

    def load(self, data: dict) -> None:
        self.grants = {(row["app_id"], row["oa_id"]): Grant.load(row) for row in data["grants"]}
        self.access = {row["value"]: Token.load(row) for row in data["access"]}
        self.refresh = {row["value"]: Token.load(row) for row in data["refresh"]}
        self.codes = {row["value"]: Code.load(row) for row in data["codes"]}
        self._apps_by_account.clear()


def appsecret_proof(access_token: str, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()
