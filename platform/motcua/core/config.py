"""Settings from the environment, and the development secrets kept under var/."""

import base64
import json
import os
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from .errors import Misconfigured

SOURCE_HOME = Path(__file__).resolve().parents[3]


def home_of(env: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds `tenants/`, `templates/` and `migrations/`."""
    return Path(env.get("MOTCUA_HOME", SOURCE_HOME)).resolve()


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another.

    `database_urls` has one SQLAlchemy URL per role: "app", "owner", "report".
    `encryption_keys` are (name, 32 bytes), the newest first: the first encrypts, all decrypt.
    `zalo_base_url` None means the real Zalo; else the base under which a simulator answers.
    `zalo_dialect` holds what `motcua.zalo.dialect` may be told, by name.
    `drop_folder` is where provinces' systems leave files (`<slug>/in/*.csv`); None: nowhere.
    `scan_command` is the virus scanner that sees citizens' files first; empty: none.
    `smtp_url` None means that admins are told in the console only.
    A sign-in ends `session_lasts` after it began, and `session_idles` after the last page.
    """

    home: Path
    var: Path
    production: bool
    secret_key: str = field(repr=False)
    encryption_keys: tuple[tuple[str, bytes], ...] = field(repr=False)
    database_urls: dict[str, str] = field(default_factory=dict, repr=False)
    redis_url: str = field(default="", repr=False)
    zalo_base_url: str | None = None
    zalo_dialect: dict[str, str | bool] = field(default_factory=dict)
    public_scheme: str = "http"
    public_port: int | None = 8000
    vendor_host: str = "localhost"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "motcua@localhost"
    drop_folder: Path | None = None
    scan_command: tuple[str, ...] = ()
    session_lasts: timedelta = timedelta(hours=12)
    session_idles: timedelta = timedelta(hours=2)

    @classmethod
    def from_env(cls, env: dict[str, str] | None = None) -> "Settings":
        """Read the environment; the database and Redis may still be missing (see `motcua.boot`).

        Raises Misconfigured in production when a secret is missing or malformed.
        """
        env = dict(os.environ if env is None else env)
        home = home_of(env)
        var = Path(env.get("MOTCUA_VAR", home / "var")).resolve()
        production = env.get("MOTCUA_ENV") == "production"
        secret_key, keys = env.get("MOTCUA_SECRET_KEY"), env.get("MOTCUA_ENCRYPTION_KEYS")
        if production and not (secret_key and keys):
            raise Misconfigured(
                "Thiếu MOTCUA_SECRET_KEY hoặc MOTCUA_ENCRYPTION_KEYS. "
                "Xin đặt cả hai biến môi trường (xem README, mục Vận hành) rồi khởi động lại."
            )
        if not (secret_key and keys):
            kept = _development_secrets(var)
            secret_key, keys = secret_key or kept["secret_key"], keys or kept["encryption_keys"]
        port = env.get("MOTCUA_PUBLIC_PORT", "" if production else "8000")
        return cls(
            home=home,
            var=var,
            production=production,
            secret_key=secret_key,
            encryption_keys=_parse_keys(keys),
            database_urls=_database_urls(env),
            redis_url=env.get("REDIS_URL", ""),
            zalo_base_url=env.get("ZALO_BASE_URL") or None,
            zalo_dialect=_named_values(env.get("MOTCUA_ZALO_DIALECT", "")),
            public_scheme=env.get("MOTCUA_PUBLIC_SCHEME", "https" if production else "http"),
            public_port=int(port) if port else None,
            vendor_host=env.get("MOTCUA_VENDOR_HOST", "localhost"),
            smtp_url=env.get("MOTCUA_SMTP_URL") or None,
            mail_from=env.get("MOTCUA_MAIL_FROM", "motcua@localhost"),
            drop_folder=Path(env["MOTCUA_DROP_FOLDER"]).resolve() if env.get("MOTCUA_DROP_FOLDER") else None,
            scan_command=tuple(shlex.split(env.get("MOTCUA_SCAN_COMMAND", ""))),
            session_lasts=timedelta(minutes=int(env.get("MOTCUA_SESSION_MINUTES") or 720)),
            session_idles=timedelta(minutes=int(env.get("MOTCUA_SESSION_IDLE_MINUTES") or 120)),
        )

    def with_services(self, database_urls: dict[str, str], redis_url: str) -> "Settings":
        return replace(self, database_urls=database_urls, redis_url=redis_url)

    def public_url(self, host: str, path: str) -> str:
        """Absolute address of `path` on a tenant's host, as citizens and QR codes see it."""
        port = f":{self.public_port}" if self.public_port else ""
        return f"{self.public_scheme}://{host}{port}{path}"


def _database_urls(env: dict[str, str]) -> dict[str, str]:
    base = env.get("DATABASE_URL")
    if not base:
        return {}
    return {
        "app": _with_driver(base),
        "owner": _with_driver(env.get("DATABASE_OWNER_URL", base)),
        "report": _with_driver(env.get("DATABASE_REPORT_URL", base)),
    }


def _with_driver(url: str) -> str:
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _named_values(text: str) -> dict[str, str | bool]:
    """`report_method=POST,nested_recipient=true`."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    truth = {"true": True, "false": False}
    return {name.strip(): truth.get(value.strip(), value.strip()) for name, _, value in pairs}


def _parse_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """`k2:<base64 of 32 bytes>,k1:<base64>`: the newest key first."""
    keys = []
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name or len(key) != 32:
            raise Misconfigured(
                "MOTCUA_ENCRYPTION_KEYS chưa đúng. Xin ghi dạng `k1:<32 byte viết bằng base64>`, "
                "nhiều khóa cách nhau bằng dấu phẩy, khóa mới nhất đứng đầu."
            )
        keys.append((name, key))
    return tuple(keys)


def _development_secrets(var: Path) -> dict[str, str]:
    """Random once per data folder, so that restarts keep sessions and ciphertexts readable."""
    file = var / "secrets.json"
    if not file.exists():
        var.mkdir(parents=True, exist_ok=True)
        fresh = {
            "secret_key": secrets.token_urlsafe(48),
            "encryption_keys": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = var / f".secrets.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(fresh, handle)
        try:
            os.link(draft, file)  # of several first starts at once exactly one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return json.loads(file.read_text())
