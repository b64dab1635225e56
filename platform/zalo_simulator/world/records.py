from dataclasses import dataclass, field, fields
from typing import Self


class Record:
    """A flat dataclass whose values are JSON already, so that the state file needs no mapping."""

    __slots__ = ()

    def dump(self) -> dict:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def load(cls, data: dict) -> Self:
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(slots=True)
class App(Record):
    app_id: str
    app_secret: str
    oa_secret_key: str
    name: str = ""
    webhook_url: str = ""
    webhook_enabled: bool = True
    webhook_probe: str = ""
    redirect_uris: list = field(default_factory=list)  # empty: any
    fixed_code_challenge: str = ""
    requires_proof: bool = False
    status: str = "active"  # or inactive, disabled
    refused_apis: list = field(default_factory=list)  # path prefixes that answer -212 / -138
    admin_phones: list = field(default_factory=list)  # may receive development messages; empty: everybody


@dataclass(slots=True)
class OfficialAccount(Record):
    oa_id: str
    name: str
    description: str = ""
    color: str = "#0068ff"
    avatar_url: str = ""
    menu: list = field(default_factory=list)
    is_verified: bool = True
    package: str = "Advanced"  # "" = no tier bought
    status: str = "active"  # or disabled
    oa_secret_key: str = ""  # overrides the app's when set
    zbs_linked: bool = True
    balance_vnd: int = 1_000_000_000
    daily_quota: int = 500_000
    template_tags: list = field(default_factory=lambda: ["TRANSACTION", "CUSTOMER_CARE", "PROMOTION"])
    quality: str = "HIGH"
    quota_day: str = ""
    quota_used: int = 0
    cs_month: str = ""
    cs_used: int = 0
    spent_vnd: int = 0
    promotion_monthly_quota: int = 100_000  # ZBS messages with tag PROMOTION


@dataclass(slots=True)
class Citizen(Record):
    citizen_id: str
    name: str
    phone: str
    has_zalo: bool = True
    address: str = ""
    city: str = ""
    ward: str = ""
    birth_date: str = ""
    gender: str = ""
    platform: str = "android"  # or ios, windows
    inactive: bool = False
    refuses_zbs: bool = False
    blocks: list = field(default_factory=list)  # oa_ids


@dataclass(slots=True)
class Message(Record):
    message_id: str
    sender: str  # "oa" or "user"
    kind: str
    text: str
    sent_at_ms: int
    received_at_ms: int | None = None  # real clock: when the phone showed it
    seen: bool = False
    channel: str = "cs"  # cs, uid or phone
    content: dict = field(default_factory=dict)
    template_id: str = ""
    tracking_id: str = ""
    rating: dict | None = None
    reaction: str = ""

    def view(self) -> dict:
        """What the phone API answers: the message's own fields over the common ones."""
        common = {
            "message_id": self.message_id,
            "from": self.sender,
            "kind": self.kind,
            "text": self.text,
            "title": "",
            "buttons": [],
            "table": [],
            "template_id": self.template_id,
            "tracking_id": self.tracking_id,
            "channel": self.channel,
            "sent_at_ms": self.sent_at_ms,
            "received_at_ms": self.received_at_ms,
            "seen": self.seen,
            "rating": self.rating,
            "reaction": self.reaction,
        }
        return common | self.content


@dataclass(slots=True)
class Template(Record):
    template_id: str
    oa_id: str
    name: str
    params: list = field(default_factory=list)
    status: str = "ENABLE"
    tag: str = "TRANSACTION"
    template_type: int = 1
    uid_capable: bool = True
    is_journey: bool = False  # may be sent with a journey token only
    price_sdt: int = 120
    price_uid: int = 80
    layout: dict = field(default_factory=dict)
    quality: str = "HIGH"
    reason: str = ""
    note: str = ""
    daily_quota: int = 0  # 0 = only the account's quota counts
    quota_day: str = ""
    quota_used: int = 0
    timeout_ms: int = 7_200_000
    created_at_ms: int = 0


@dataclass(slots=True)
class Rating(Record):
    template_id: str
    oa_id: str
    message_id: str
    tracking_id: str
    rate: int
    note: str
    feedbacks: list
    submitted_at_ms: int


@dataclass(slots=True)
class Asset(Record):
    """An uploaded picture or file; `content` is base64."""

    asset_id: str
    oa_id: str
    kind: str
    name: str
    content_type: str
    content: str
    uploaded_at_ms: int
    size: int


@dataclass(slots=True)
class Journey(Record):
    """A bundle of ZBS messages to one phone under one price; the token opens it for seven days."""

    token: str
    journey_id: str
    app_id: str
    oa_id: str
    phone: str
    created_at_ms: int
    expires_at_ms: int
    charged: bool = False
    told_timeout: bool = False


@dataclass(slots=True)
class CallConsent(Record):
    """An account's request to call a phone: SENT, ALLOW, USER_BLOCKED or EXPIRED."""

    consent_id: str
    oa_id: str
    citizen_id: str
    phone: str
    call_type: str
    reason_code: int
    created_at_ms: int
    expires_at_ms: int
    state: str = "SENT"
    confirmed_at_ms: int = 0


@dataclass(slots=True)
class RsaKey(Record):
    """One app's key pair at one account; `private_pem` stays inside."""

    app_id: str
    oa_id: str
    private_pem: str
    public_der_base64: str
