"""Menus and keywords are data: a province may change them, and none may lead nowhere."""

import tomllib

import pytest

from motcua.conversation.chat_file import START, ChatInvalid, check, read_chat
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.messaging.wording.texts import TextInvalid
from tests.conversation.conftest import text_event
from tests.factories import TENANTS

NATIONAL = TENANTS / "_national" / "chat.toml"


def with_province(tmp_path, toml: str) -> dict:
    (tmp_path / "chat.toml").write_text(toml, "utf-8")
    return read_chat(NATIONAL, tmp_path / "chat.toml")


def node(key: str, *goes: str) -> str:
    buttons = ", ".join(f'{{ title = "{go}", title_en = "{go}", go = "{go}" }}' for go in goes)
    return f'[[nodes]]\nkey = "{key}"\nsay = "Chọn:"\nsay_en = "Choose:"\nbuttons = [{buttons}]\n'


def test_the_national_chat_has_no_dead_end():
    chat = read_chat(NATIONAL, TENANTS / "nowhere")

    assert {one["key"] for one in chat["nodes"]} == {"main", "more"}


def test_a_province_replaces_a_menu_and_adds_another(tmp_path):
    chat = with_province(tmp_path, node("main", "find", "more", "land") + node("land", "person"))

    assert [one["key"] for one in chat["nodes"]] == ["main", "more", "land"]
    main = next(one for one in chat["nodes"] if one["key"] == START)
    assert [one["go"] for one in main["buttons"]] == ["find", "more", "land"]


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (node("main", "find", "more", "nowhere"), "nowhere"),
        (node("lonely", "find"), "lonely"),
        (node("more", "find", "help", "person", "topics", "stop"), "không còn chỗ"),
        ('[keywords]\nstop = ["dừng", "menu"]\nmenu = ["menu"]', "cả hai lệnh"),
        ("[keywords]\nstop = []", "stop"),
        ('[keywords]\nfly = ["bay"]', "keywords"),
        ('[[nodes]]\nkey = "main"\nsay = "x"\nsay_en = "x"\nbuttons = []', "buttons"),
        ("[[nodes", "TOML"),
        ("color = 1", "Không có mục này"),
    ],
    ids=["unknown way", "unreached", "no room for the way back", "keyword twice", "no way to stop",
         "unknown command", "no buttons", "broken", "unknown entry"],
)  # fmt: skip
def test_a_chat_that_would_strand_somebody_is_refused_with_the_remedy(tmp_path, toml, says):
    with pytest.raises(ChatInvalid) as refused:
        with_province(tmp_path, toml)

    assert says in refused.value.message
    assert "Xin" in refused.value.message


def test_a_menu_that_names_an_unknown_variable_is_refused():
    chat = read_chat(NATIONAL, TENANTS / "nowhere")
    chat["nodes"][0]["say"] = "Chào {{ name }}"

    with pytest.raises(TextInvalid, match="name"):
        check(chat)


def test_every_button_of_every_menu_is_answered(hears, post):
    from motcua.conversation import jobs

    seen, waiting = set(), ["menu"]
    while waiting:
        line = waiting.pop()
        if line in seen:
            continue
        seen.add(line)
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        db.session.rollback()
        assert post(text_event(line)).status_code == 200
        jobs.read_inbox("binh-thuan")
        answers = db.session.scalars(db.select(Message).where(Message.id > last)).all()
        assert answers, f"{line} was not answered"
        for answer in answers:
            buttons = answer.content["consultation"].get("buttons", [])
            waiting += [one["text"] for one in buttons if "text" in one]
        db.session.rollback()

    assert {"#find", "#menu:more", "#topics", "#topic:policy:on", "#switch-language"} <= seen


def test_the_shipped_file_is_read_as_it_stands():
    assert tomllib.loads(NATIONAL.read_text("utf-8"))["nodes"]
