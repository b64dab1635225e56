from dataclasses import dataclass, fields


@dataclass(slots=True)
class Settings:
    """Switches for everything the sources leave open or a test wants otherwise."""

    pkce_mode: str = "per_request"  # or console_fixed, off
    access_token_life_s: int = 90_000
    refresh_token_life_s: int = 90 * 86_400
    code_life_s: int = 600
    refresh_kills_old_access_token: bool = False
    consumed_refresh_answer: str = "empty"  # or error, then -14014
    refused_code_error: int = -14019
    refused_secret_error: int = -14019
    expired_token_error: int = -216

    cs_free_window_s: int = 48 * 3600
    cs_window_s: int = 7 * 86_400
    cs_window_error: int = -230
    cs_reply_cap: int = 0  # free replies within 48 h; 0 = unlimited, as since 2026-01-01
    cs_monthly_quota: int = 100_000  # replies between 48 h and 7 days
    v2_message: str = "closed"  # or open: /v2.0/oa/message still takes what /v3.0/oa/message/cs takes
    uid_sends: str = "by_date"  # transaction and promotion by UID end on 2026-03-01; or closed, open
    legacy_send_error: int = -240  # what closed sends answer; the sources do not say
    list_template: bool = True
    monthly_uploads: int = 5_000
    daily_template_edits: int = 100
    promotions_per_user_day: int = 1
    promotions_per_user_month: int = 4  # one source says 30
    journey_life_s: int = 7 * 86_400
    rsa_keys: str = "work"  # or fail: /rsa/key/gen answers -129
    call_consent_life_s: int = 86_400

    night_from_hour: int = 22
    night_to_hour: int = 6
    unknown_phone: str = "adopt"  # or no_zalo: a number nobody registered answers -118
    echo_zbs_by_phone: bool = False
    delivery_delay_s: float = 0.0
    auto_seen: bool = False
    template_review_s: float = 0.0  # virtual seconds until a new template is enabled; 0 = by hand

    # Live Zalo is reported to allow 4 000 a minute; the default keeps out of a benchmark's way.
    rate_limit_per_minute: int = 600_000
    oa_rate_limit_per_minute: int = 600_000

    webhook_timeout_s: float = 2.0
    webhook_retry_factor: float = 1.0
    webhook_queue_limit: int = 100_000
    hang_s: float = 60.0

    def as_dict(self) -> dict:
        return {field.name: getattr(self, field.name) for field in fields(self)}


CHOICES = {
    "pkce_mode": ("per_request", "console_fixed", "off"),
    "consumed_refresh_answer": ("empty", "error"),
    "unknown_phone": ("adopt", "no_zalo"),
    "v2_message": ("closed", "open"),
    "uid_sends": ("by_date", "closed", "open"),
    "rsa_keys": ("work", "fail"),
}
