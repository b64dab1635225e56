"""Sending ZBS templates by phone number: in the open, hashed, encrypted, and within a journey."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from .call import Caller
from .encryption import RsaKey
from .errors import ZaloUnavailable, ZaloUncertain
from .limits import refuse, tracking_of
from .messages import ZbsTemplate
from .messaging import Sent, sent_of
from .phone import hash_phone, normalise_phone
from .reading import as_id, as_mapping, as_text, as_time

_MODES = (None, "development")
_SENDING_MODES = (None, "1", "3")
_LONGEST_TOKEN = 2000


class Options(TypedDict, total=False):
    """`mode` "development" reaches admins only and is free; `sending_mode` "3" goes beyond the quota, for
    promotion templates; `journey_token` bills the message as part of a journey.
    """

    mode: str | None
    sending_mode: str | None
    journey_token: str | None


@dataclass(frozen=True, repr=False)
class JourneyToken:
    """Opens a journey of messages to one phone, for seven days."""

    token: str
    journey_id: str | None


@dataclass(frozen=True)
class Journey:
    """What a journey token is good for."""

    app_id: str | None
    oa_id: str | None
    created_at: datetime | None
    expires_at: datetime | None


class PhoneMessaging(Caller):
    """Sends are billed when delivered and not safe to repeat: a lost answer is ZaloUncertain.

    `tracking_id` (at most 48 characters) comes back in webhooks and does not stop duplicates. `phone` in any
    form a Vietnamese mobile number is written in; Invalid for others. Options: see `Options`.
    """

    async def send_template_to_phone(
        self,
        access_token: str,
        phone: str,
        template: ZbsTemplate,
        tracking_id: str,
        **options: Unpack[Options],
    ) -> Sent:
        """The plain way."""
        body = {"phone": normalise_phone(phone)} | template.to_wire()
        return await self._send(access_token, "/message/template", body, tracking_id, **options)

    async def send_template_to_hashed_phone(
        self,
        access_token: str,
        phone: str,
        template: ZbsTemplate,
        tracking_id: str,
        **options: Unpack[Options],
    ) -> Sent:
        """`phone` is hashed here, so that the number itself never leaves; receipts name the hash."""
        body = {"hash_phone": hash_phone(phone)} | template.to_wire()
        return await self._send(access_token, self.dialect.hashed_phone_path, body, tracking_id, **options)

    async def send_template_encrypted(
        self,
        access_token: str,
        key: RsaKey,
        phone: str,
        template: ZbsTemplate,
        tracking_id: str,
        **options: Unpack[Options],
    ) -> Sent:
        """Phone and values encrypted with the OA's `rsa_key`; Zalo alone can read them."""
        mask = self.dialect.rsa_mask_hash
        wire = template.to_wire()
        data = {name: key.encrypt(name, value, mask) for name, value in wire["template_data"].items()}
        rsa_phone = key.encrypt("phone", normalise_phone(phone), mask)
        body = wire | {"rsa_phone": rsa_phone, "template_data": data}
        return await self._send(access_token, "/rsa/message/template", body, tracking_id, **options)

    async def rsa_key(self, access_token: str) -> RsaKey:
        """The OA's key; ZaloRejected (-142) while there is none."""
        return await self._key(access_token, "/rsa/key/get", repeatable=True)

    async def rsa_key_create(self, access_token: str) -> RsaKey:
        """A first key; ZaloRejected (-143) when there is one: then ask for that."""
        return await self._key(access_token, "/rsa/key/gen", repeatable=False)

    async def journey_open(self, access_token: str, phone: str) -> JourneyToken:
        """A token for a series of messages to this phone."""
        body = {"phone": normalise_phone(phone)}
        answer = await self._call("business", "POST", "/journey/get-token", access_token, json_body=body)
        # Documented beside `data`, not inside it.
        places = (as_mapping(answer.data), answer.body)
        token = next(filter(None, (as_id(one.get("token"), _LONGEST_TOKEN) for one in places)), None)
        if token is None:
            raise ZaloUncertain(details={"cause": "accepted_without_id"})
        journey_id = next(filter(None, (as_id(one.get("journey_id")) for one in places)), None)
        return JourneyToken(token, journey_id)

    async def journey_check(self, access_token: str, journey_token: str) -> Journey:
        """Whether a token still holds; ZaloRejected (-149, -150, -1491) when it does not."""
        headers = {"journey_token": journey_token}
        path = "/journey/check-token"
        answer = await self._call("business", "GET", path, access_token, headers=headers, repeatable=True)
        data = as_mapping(answer.data)
        return Journey(
            app_id=as_id(data.get("appId")) or as_id(data.get("app_id")),
            oa_id=as_id(data.get("oaId")) or as_id(data.get("oa_id")),
            created_at=as_time(data.get("createdAt", data.get("created_at"))),
            expires_at=as_time(data.get("expiredAt", data.get("expired_at"))),
        )

    async def _key(self, access_token: str, path: str, *, repeatable: bool) -> RsaKey:
        data = (await self._call("business", "GET", path, access_token, repeatable=repeatable)).data
        given = as_mapping(data)
        text = next((given[name] for name in ("public_key", "publicKey", "key") if name in given), data)
        if not isinstance(text, str):
            raise ZaloUnavailable(details={"cause": "unreadable_key"})
        return RsaKey(as_text(text) or "")

    async def _send(
        self,
        access_token: str,
        path: str,
        body: dict,
        tracking_id: str,
        *,
        mode: str | None = None,
        sending_mode: str | None = None,
        journey_token: str | None = None,
    ) -> Sent:
        body["tracking_id"] = tracking_of(tracking_id)
        if mode not in _MODES:
            refuse("mode", "Chế độ gửi chỉ có “development”. Xin bỏ trống khi gửi thật.")
        if sending_mode not in _SENDING_MODES:
            refuse("sending_mode", "Cách gửi chỉ có “1” và “3”. Xin chọn lại.")
        body |= {"mode": mode} if mode else {}
        body |= {"sending_mode": sending_mode} if sending_mode else {}
        headers = None if journey_token is None else {"journey_token": journey_token}
        return sent_of(
            await self._call("business", "POST", path, access_token, json_body=body, headers=headers)
        )


def new_tracking_id(prefix: str = "") -> str:
    """A tracking id nobody else uses; `prefix` (a province, say) of at most 16 characters."""
    return f"{prefix[:16]}-{secrets.token_hex(12)}" if prefix else secrets.token_hex(12)
