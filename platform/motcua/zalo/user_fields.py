"""The OA's own fields about citizens: their definitions, and one citizen's values."""

import re
from dataclasses import dataclass

from .call import Caller
from .limits import count_of, id_of, refuse, text_of
from .reading import as_list, as_mapping, as_text

DATA_TYPES = ("boolean", "number", "text", "datetime", "table", "email", "phone", "url")
DATETIME_FORMS = (
    "dd/MM/yyyy",
    "dd/MM/yyyy HH:mm:ss",
    "dd-MM-yyyy",
    "dd-MM-yyyy HH:mm:ss",
    "yyyy-MM-dd",
    "yyyy-MM-ddTHH:mm:ss",
)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_NAME_MAX = 100
_VALUE_MAX = 255
_TABLE_MAX = 5
_FIELDS_MAX = 100


@dataclass(frozen=True)
class UserField:
    """`key` and `data_type` are for ever; `field_type` is system (Zalo's) or oa_custom (the OA's own)."""

    key: str
    data_type: str
    name: str = ""
    field_type: str = "oa_custom"
    datetime_form: str | None = None

    def to_wire(self) -> dict:
        _check_key(self.key)
        if self.data_type not in DATA_TYPES:
            refuse("data_type", "Kiểu dữ liệu chỉ có " + ", ".join(DATA_TYPES) + ". Xin chọn lại.")
        wire = {
            "key": self.key,
            "data_type": self.data_type,
            "name": text_of("name", self.name or self.key, _NAME_MAX),
        }
        if (self.data_type == "datetime") != (self.datetime_form is not None):
            refuse("datetime_form", "Chỉ mục ngày giờ cần dạng hiển thị. Xin chọn một dạng cho sẵn.")
        if self.datetime_form is None:
            return wire
        if self.datetime_form not in DATETIME_FORMS:
            refuse("datetime_form", "Dạng ngày giờ chưa đúng. Xin chọn trong danh sách cho sẵn.")
        return wire | {"format": self.datetime_form}


class UserFields(Caller):
    async def user_fields(self, access_token: str, field_type: str | None = None) -> list[UserField]:
        """All definitions, or those of one `field_type`."""
        query = {"field_type": field_type} if field_type else {}
        path = "/v3.0/oa/userfield/get"
        answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        rows = (
            answer.data if isinstance(answer.data, list) else as_list(as_mapping(answer.data).get("fields"))
        )
        return [_field(as_mapping(row)) for row in rows]

    async def user_field_create(self, access_token: str, field: UserField) -> None:
        await self._define(access_token, "/v3.0/oa/userfield/create", field.to_wire())

    async def user_field_update(self, access_token: str, field: UserField) -> None:
        """Change its name; `key` and `data_type` must be what they were."""
        await self._define(access_token, "/v3.0/oa/userfield/update", field.to_wire())

    async def user_field_delete(self, access_token: str, key: str) -> None:
        """Only the OA's own; the citizens' values go with it."""
        _check_key(key)
        await self._define(access_token, "/v3.0/oa/userfield/delete", {"key": key})

    async def custom_info(
        self, access_token: str, user_id: str, keys: tuple[str, ...] = ()
    ) -> dict[str, str | dict[str, str]]:
        """One citizen's values by key (all of them without `keys`), tables as mappings."""
        query: dict = {"user_id": id_of("user_id", user_id)}
        if keys:
            query["fields_to_export"] = list(keys)
        path = "/v3.0/oa/user/detail/custominfo"
        answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        given = as_mapping(as_mapping(answer.data).get("custom_info"))
        return {key: _value(value) for key, value in given.items()}

    async def custom_info_update(
        self, access_token: str, user_id: str, values: dict[str, str | dict[str, str]]
    ) -> None:
        """Every value is text, as the field's form wants it; a table is a mapping of at most five."""
        count_of("values", values, _FIELDS_MAX, least=1)
        checked = {key: _checked(key, value) for key, value in values.items()}
        body = {"user_id": id_of("user_id", user_id), "custom_info": checked}
        path = "/v3.0/oa/user/update/custominfo"
        await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)

    async def _define(self, access_token: str, path: str, body: dict) -> None:
        await self._call("openapi", "POST", path, access_token, json_body=body)


def _field(row: dict) -> UserField:
    return UserField(
        key=as_text(row.get("key")) or "",
        data_type=as_text(row.get("data_type")) or "",
        name=as_text(row.get("name")) or as_text(row.get("display_name")) or "",
        field_type=as_text(row.get("field_type")) or "",
        datetime_form=as_text(row.get("format")) or None,
    )


def _check_key(key: object) -> None:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        refuse("key", "Tên mục chỉ gồm chữ không dấu, số và gạch dưới. Xin đặt lại tên.")


def _checked(key: str, value: object) -> str | dict[str, str]:
    _check_key(key)
    if not isinstance(value, dict):
        return text_of(key, value, _VALUE_MAX, required=False)
    count_of(key, value, _TABLE_MAX, least=1)
    return {
        str(name): text_of(f"{key}.{name}", one, _VALUE_MAX, required=False) for name, one in value.items()
    }


def _value(value: object) -> str | dict[str, str]:
    if isinstance(value, dict):
        return {name: as_text(one) or "" for name, one in value.items()}
    return as_text(value) or ""
