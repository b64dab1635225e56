"""What a person grants about themselves: signing in with Zalo, and their phone number from the Mini App."""

from dataclasses import dataclass
from urllib.parse import urlencode

from .call import Caller
from .errors import ZaloUnavailable
from .hosts import Hosts
from .limits import refuse
from .phone import normalise_phone
from .reading import as_bool, as_id, as_mapping, as_text

FIELDS = ("id", "name", "picture", "birthday")


@dataclass(frozen=True, repr=False)
class Profile:
    """`user_id_by_app` is the same person in all OAs of this app; what was not granted is None."""

    user_id_by_app: str
    name: str | None
    picture_url: str | None
    birthday: str | None
    is_sensitive: bool | None


class Social(Caller):
    """Here the access token is the person's own (an hour), not the OA's."""

    async def profile(
        self, user_access_token: str, app_secret: str, fields: tuple[str, ...] = ("id", "name", "picture")
    ) -> Profile:
        """Who signed in. Zalo demands appsecret_proof on this host, hence `app_secret`."""
        if not fields or not set(fields) <= set(FIELDS):
            refuse("fields", "Chỉ xin được các mục " + ", ".join(FIELDS) + ". Xin chọn lại.")
        proving = self.proving(app_secret)
        query = {"fields": ",".join(fields)}
        answer = await proving._call(
            "graph", "GET", "/v2.0/me", user_access_token, query=query, repeatable=True
        )
        given = answer.body | as_mapping(answer.data)  # this host answers without `data`
        user_id = as_id(given.get("id"))
        if user_id is None:
            raise ZaloUnavailable(details={"cause": "unreadable_answer"})
        return Profile(
            user_id_by_app=user_id,
            name=as_text(given.get("name")),
            picture_url=as_text(as_mapping(as_mapping(given.get("picture")).get("data")).get("url")),
            birthday=as_text(given.get("birthday")),
            is_sensitive=as_bool(given.get("is_sensitive")),
        )

    async def mini_app_phone(self, user_access_token: str, app_secret: str, phone_token: str) -> str:
        """The number (84...) behind a token of the Mini App's getPhoneNumber: two minutes, good once.

        A lost answer is ZaloUncertain: ask the person again. Raises Invalid for a number that is no
        Vietnamese mobile.
        """
        headers = {"code": phone_token, "secret_key": app_secret}
        answer = await self._call("graph", "GET", "/v2.0/me/info", user_access_token, headers=headers)
        number = as_text(as_mapping(answer.data).get("number"))
        if not number:
            raise ZaloUnavailable(details={"cause": "unreadable_answer"})
        return normalise_phone(number)


def sign_in_url(hosts: Hosts, app_id: str, redirect_uri: str, challenge: str | None, state: str) -> str:
    """Where a person signs in with Zalo; comes back to `redirect_uri` with `code` and `state`.

    Exchange the code with `oauth.exchange_code(..., person=True)`.
    """
    query = {"app_id": app_id, "redirect_uri": redirect_uri}
    if challenge:
        query["code_challenge"] = challenge
    return f"{hosts.oauth}/v4/permission?{urlencode(query | {'state': state})}"
