"""`chat.toml`: menus, keywords and topics of the chat, read and checked so that no path dead-ends.

The province's file is laid over the national one: nodes and topics by key, keyword lists by name. What is
checked goes into the tenant's settings as plain JSON: {"keywords", "survey_words", "topics", "nodes"}.
"""

import tomllib
from pathlib import Path
from typing import ClassVar

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from motcua.core.errors import Invalid
from motcua.messaging.wording.texts import check_words

from .keywords import plain

COMMANDS = (
    "menu", "help", "find", "my_dossiers", "appointments", "topics", "person", "end_person", "english",
    "vietnamese", "switch_language", "stop", "resume", "complain", "report", "book", "rebook", "cancel_visit",
    "services", "area", "licence_remind", "licence_forget", "my_data", "delete_data",
)  # fmt: skip
MOST_BUTTONS = 5
ROOM_FOR_THE_WAY_BACK = MOST_BUTTONS - 1
START = "main"


class ChatInvalid(Invalid):
    code = "chat_invalid"


def _text(longest: int, **more):
    error = f"Mục này phải có từ 1 đến {longest} ký tự. Xin sửa lại."
    return fields.String(validate=validate.Length(1, longest, error=error), **more)


class _Strict(Schema):
    error_messages: ClassVar = {"unknown": "Không có mục này. Xin xóa hoặc sửa tên mục."}


class _Button(_Strict):
    title = _text(100, required=True)
    title_en = _text(100, required=True)
    go = fields.String()
    url = fields.Url(schemes={"https"}, error_messages={"invalid": "Xin ghi địa chỉ https:// đầy đủ."})
    phone = fields.String()

    @pre_load
    def exactly_one_way(self, data, **_):
        if sum(name in data for name in ("go", "url", "phone")) != 1:
            raise ValidationError("Mỗi nút cần đúng một trong go, url, phone. Xin bớt hoặc thêm.")
        return data


_of_buttons = validate.Length(
    1, MOST_BUTTONS, error=f"Mỗi menu có từ 1 đến {MOST_BUTTONS} nút. Xin thêm hoặc bớt nút."
)


class _Node(_Strict):
    key = _text(40, required=True)
    say = _text(1500, required=True)
    say_en = _text(1500, required=True)
    buttons = fields.List(fields.Nested(_Button), required=True, validate=_of_buttons)


class _Topic(_Strict):
    key = fields.String(
        required=True, validate=validate.Regexp(r"^[a-z_]{1,30}$", error="Xin dùng chữ thường a–z và “_”.")
    )
    title = _text(80, required=True)
    title_en = _text(80, required=True)
    by_area = fields.Boolean(load_default=False)


SURVEY_WORDS = ("1", "2", "3", "4", "5", "filler")


class _Chat(_Strict):
    keywords = fields.Dict(
        keys=fields.String(
            validate=validate.OneOf(COMMANDS, error="Không có lệnh này. Xin xem các lệnh trong tệp chung.")
        ),
        values=fields.List(_text(60)),
        load_default=dict,
    )
    survey_words = fields.Dict(
        keys=fields.String(
            validate=validate.OneOf(
                SURVEY_WORDS, error=f"Chỉ có: {', '.join(SURVEY_WORDS)}. Xin đổi tên danh sách."
            )
        ),
        values=fields.List(_text(60)),
        load_default=dict,
    )
    topics = fields.List(fields.Nested(_Topic), load_default=list)
    nodes = fields.List(fields.Nested(_Node), load_default=list)


def read_chat(national: Path, own: Path) -> dict:
    """The chat of one province. `own` may be missing. Raises ChatInvalid, naming file, entry and remedy."""
    base, over = (
        _read(national),
        (_read(own) if own.exists() else {"keywords": {}, "survey_words": {}, "topics": [], "nodes": []}),
    )
    chat = {
        "keywords": base["keywords"] | over["keywords"],
        "survey_words": base["survey_words"] | over["survey_words"],
        "topics": _over(base["topics"], over["topics"]),
        "nodes": _over(base["nodes"], over["nodes"]),
    }
    check(chat)
    return chat


def check(chat: dict) -> None:
    """Raises ChatInvalid for a way that leads nowhere, a menu nobody reaches, or a keyword said of two commands."""
    nodes = {node["key"]: node for node in chat["nodes"]}
    if START not in nodes:
        raise ChatInvalid(f'Thiếu menu “{START}”. Xin thêm một mục nodes có key = "{START}".')
    for node in nodes.values():
        for text in ("say", "say_en"):
            check_words(f"menu “{node['key']}”", node[text], frozenset({"province"}))
        if node["key"] != START and len(node["buttons"]) > ROOM_FOR_THE_WAY_BACK:
            raise ChatInvalid(
                f"Menu “{node['key']}” có {len(node['buttons'])} nút, không còn chỗ cho nút về menu chính. "
                f"Xin giữ nhiều nhất {ROOM_FOR_THE_WAY_BACK} nút."
            )
        for button in node["buttons"]:
            if "go" in button and button["go"] not in nodes and button["go"] not in COMMANDS:
                raise ChatInvalid(
                    f"Nút “{button['title']}” của menu “{node['key']}” dẫn tới “{button['go']}”, không có menu hay "
                    f"lệnh nào tên như vậy. Xin sửa go hoặc thêm menu đó."
                )
    unreached = nodes.keys() - _reached(nodes)
    if unreached:
        raise ChatInvalid(
            f"Không nút nào dẫn tới menu: {', '.join(sorted(unreached))}. Xin thêm nút dẫn tới hoặc xóa menu."
        )
    _check_keywords(chat["keywords"])


def _check_keywords(keywords: dict[str, list[str]]) -> None:
    said: dict[str, str] = {}
    for command, phrases in keywords.items():
        for phrase in phrases:
            other = said.setdefault(plain(phrase), command)
            if other != command:
                raise ChatInvalid(
                    f"Từ khóa “{phrase}” thuộc cả hai lệnh {other} và {command}. Xin giữ ở một lệnh."
                )
    for needed in ("stop", "menu"):
        if not keywords.get(needed):
            raise ChatInvalid(f"Lệnh {needed} chưa có từ khóa nào. Xin giữ ít nhất một từ khóa.")


def _reached(nodes: dict[str, dict]) -> set[str]:
    found, waiting = set(), [START]
    while waiting:
        key = waiting.pop()
        if key in nodes and key not in found:
            found.add(key)
            waiting += [button["go"] for button in nodes[key]["buttons"] if "go" in button]
    return found


def _over(base: list[dict], own: list[dict]) -> list[dict]:
    replaced = {one["key"]: one for one in own}
    known = {one["key"] for one in base}
    return [replaced.get(one["key"], one) for one in base] + [one for one in own if one["key"] not in known]


def _read(file: Path) -> dict:
    try:
        return _Chat().load(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChatInvalid(
            f"{file.parent.name}/{file.name} không đọc được: {error}. Xin sửa cú pháp TOML."
        ) from error
    except ValidationError as error:
        where, sentence = _first(error.normalized_messages())
        raise ChatInvalid(f"{file.parent.name}/{file.name}, {where}: {sentence}") from error


def _first(messages, path: str = "") -> tuple[str, str]:
    """The first fault as (where, sentence)."""
    if isinstance(messages, list):
        return path or "tệp", str(messages[0])
    name, inner = next(iter(messages.items()))
    return _first(inner, f"{path}.{name}" if path else str(name))
