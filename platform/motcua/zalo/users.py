"""The OA itself, the citizens it knows, and their tags."""

from dataclasses import dataclass
from datetime import date, datetime

from .buttons import Button
from .call import Caller
from .limits import BUTTONS_MAX, count_of, id_of, refuse, text_of
from .phone import normalise_phone
from .reading import as_bool, as_id, as_int, as_list, as_mapping, as_text

_TAG_MAX = 100
_NAME_MAX = 100
_ADDRESS_MAX = 200


@dataclass(frozen=True)
class OaInfo:
    """The OA a token belongs to; compare `oa_id` with the one that should have consented."""

    oa_id: str
    name: str
    description: str
    alias: str | None
    is_verified: bool | None
    oa_type: int | None
    category: str | None
    followers: int | None
    avatar_url: str | None
    package_name: str | None
    package_valid_through: str | None
    zbs_account: str | None


@dataclass(frozen=True, repr=False)
class SharedInfo:
    """What a citizen shared on request; each part None until then."""

    name: str | None
    phone: str | None
    address: str | None
    ward: str | None
    district: str | None
    city: str | None
    birth_date: str | None


@dataclass(frozen=True, repr=False)
class UserDetail:
    """One citizen as the OA sees them; `user_id` belongs to this OA alone, `user_id_by_app` to the app."""

    user_id: str
    user_id_by_app: str | None
    display_name: str
    alias: str | None
    is_follower: bool | None
    is_sensitive: bool | None
    last_interaction_on: date | None
    avatar_url: str | None
    tags: tuple[str, ...]
    notes: tuple[str, ...]
    shared: SharedInfo


class Users(Caller):
    async def oa_info(self, access_token: str) -> OaInfo:
        """Also the cheapest way to see whether a token works."""
        answer = await self._call("openapi", "GET", "/v2.0/oa/getoa", access_token, repeatable=True)
        data = as_mapping(answer.data)
        return OaInfo(
            oa_id=as_id(data.get("oa_id")) or as_id(data.get("oaid")) or "",
            name=as_text(data.get("name")) or "",
            description=as_text(data.get("description")) or "",
            alias=as_text(data.get("oa_alias")),
            is_verified=as_bool(data.get("is_verified")),
            oa_type=as_int(data.get("oa_type")),
            category=as_text(data.get("cate_name")),
            followers=as_int(data.get("num_follower")),
            avatar_url=as_text(data.get("avatar")),
            package_name=as_text(data.get("package_name")),
            package_valid_through=as_text(data.get("package_valid_through_date")),
            zbs_account=as_text(data.get("linked_ZCA")),
        )

    async def user_detail(self, access_token: str, user_id: str) -> UserDetail:
        """Raises RecipientUnreachable for a user id that has nothing to do with this OA."""
        query = {"user_id": id_of("user_id", user_id)}
        path = "/v3.0/oa/user/detail"
        answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        data = as_mapping(answer.data)
        labels = as_mapping(data.get("tags_and_notes_info"))
        return UserDetail(
            user_id=as_id(data.get("user_id")) or user_id,
            user_id_by_app=as_id(data.get("user_id_by_app")),
            display_name=as_text(data.get("display_name")) or "",
            alias=as_text(data.get("user_alias")),
            is_follower=as_bool(data.get("user_is_follower")),
            is_sensitive=as_bool(data.get("is_sensitive")),
            last_interaction_on=_day(data.get("user_last_interaction_date")),
            avatar_url=as_text(data.get("avatar")),
            tags=_texts(labels.get("tag_names")),
            notes=_texts(labels.get("notes")),
            shared=_shared(as_mapping(data.get("shared_info"))),
        )

    async def update_user(
        self,
        access_token: str,
        user_id: str,
        *,
        name: str | None = None,
        phone: str | None = None,
        address: str | None = None,
        city_id: int | None = None,
        district_id: int | None = None,
        birth_date: date | None = None,
        alias: str | None = None,
        external_id: str | None = None,
    ) -> None:
        """Change what the OA noted of a citizen; the numbers are Zalo's own list of places.

        `birth_date` (from 1970), `alias` and `external_id` (ours) need the v3.0 form: see
        `Dialect.user_update_path`. Raises Invalid for a `phone` that is no Vietnamese mobile number.
        """
        shared = {
            "name": None if name is None else text_of("name", name, _NAME_MAX),
            "phone": None if phone is None else normalise_phone(phone),
            "address": None if address is None else text_of("address", address, _ADDRESS_MAX),
            "city_id": city_id,
            "district_id": district_id,
            "user_dob": None if birth_date is None else _birth_date(birth_date),
        }
        beside = {
            "user_alias": None if alias is None else text_of("alias", alias, _NAME_MAX),
            "user_external_id": None if external_id is None else id_of("external_id", external_id),
        }
        shared, beside = _present(shared), _present(beside)
        path = self.dialect.user_update_path
        body: dict = {"user_id": id_of("user_id", user_id)} | beside
        if path.startswith("/v3"):
            body |= {"shared_info": shared} if shared else {}
        elif beside or birth_date is not None:
            refuse(
                "alias",
                "Cách gọi v2.0 không ghi được tên gợi nhớ, ngày sinh, mã riêng. Xin đặt cách gọi v3.0.",
            )
        else:
            body |= shared
        if len(body) == 1:
            refuse("name", "Chưa có mục nào để sửa. Xin điền ít nhất một mục.")
        await self._change(access_token, path, body)

    async def forget_user(self, access_token: str, user_id: str) -> None:
        """Erase what the OA keeps of a citizen at Zalo; their Zalo account stays."""
        body = {"user_id": id_of("user_id", user_id)}
        await self._change(access_token, "/v2.0/oa/deletefollowerinfo", body)

    async def set_menu(self, access_token: str, buttons: tuple[Button, ...]) -> None:
        """The OA's menu, up to five. Known from one source: where it is refused, use OA Manager."""
        count_of("buttons", buttons, BUTTONS_MAX, least=1)
        if not all(isinstance(button, Button) for button in buttons):
            refuse("buttons", "Có nút bấm chưa đúng loại. Xin tạo lại các nút.")
        menu = {"menu": [button.to_wire() for button in buttons]}
        await self._change(access_token, "/v3.0/oa/menu", menu)

    async def tag_user(self, access_token: str, user_id: str, tag: str) -> None:
        """The tag comes into being when first used."""
        await self._change(access_token, "/v2.0/oa/tag/tagfollower", _tagging(user_id, tag))

    async def untag_user(self, access_token: str, user_id: str, tag: str) -> None:
        await self._change(access_token, "/v2.0/oa/tag/rmfollowerfromtag", _tagging(user_id, tag))

    async def delete_tag(self, access_token: str, tag: str) -> None:
        await self._change(access_token, "/v2.0/oa/tag/rmtag", {"tag_name": text_of("tag", tag, _TAG_MAX)})

    async def tags(self, access_token: str) -> list[str]:
        """All tags of the OA."""
        path = "/v2.0/oa/tag/gettagsofoa"
        answer = await self._call("openapi", "GET", path, access_token, repeatable=True)
        return list(_texts(answer.data))

    async def _change(self, access_token: str, path: str, body: dict) -> None:
        await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)


def _present(given: dict) -> dict:
    return {name: value for name, value in given.items() if value is not None}


def _birth_date(day: date) -> str:
    if day.year < 1970:
        refuse("birth_date", "Zalo chỉ ghi ngày sinh từ năm 1970. Xin bỏ trống mục này.")
    return f"{day:%d/%m/%Y}"


def _tagging(user_id: str, tag: str) -> dict:
    return {"user_id": id_of("user_id", user_id), "tag_name": text_of("tag", tag, _TAG_MAX)}


def _texts(value) -> tuple[str, ...]:
    return tuple(text for text in map(as_text, as_list(value)) if text)


def _day(value) -> date | None:
    try:
        return datetime.strptime(as_text(value) or "", "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _shared(data: dict) -> SharedInfo:
    return SharedInfo(
        name=as_text(data.get("name")) or None,
        phone=as_text(data.get("phone")) or None,
        address=as_text(data.get("address")) or None,
        ward=as_text(data.get("ward")) or None,
        district=as_text(data.get("district")) or None,
        city=as_text(data.get("city")) or None,
        birth_date=as_text(data.get("user_dob")) or None,
    )
