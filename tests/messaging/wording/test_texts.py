"""The words of messages: checked when they are kept, so that none fails when it is sent."""

import pytest
from jinja2.exceptions import SecurityError

from motcua.core.database import db
from motcua.messaging.models import MessageText
from motcua.messaging.wording import variables
from motcua.messaging.wording.offered import VARIABLES
from motcua.messaging.wording.texts import (
    LANGUAGES,
    TextInvalid,
    check,
    check_words,
    fill,
    keep_texts,
    read_texts,
    render,
)
from tests.factories import TENANTS, texts


def test_the_national_texts_are_complete_in_both_languages():
    texts = read_texts(TENANTS / "_national" / "messages", TENANTS / "none")

    assert texts.keys() == VARIABLES.keys() | {f"{event}.en" for event in VARIABLES}


@pytest.mark.parametrize(
    ("event", "body", "says"),
    [
        ("dossier_ready", "Hồ sơ {{ codee }}", "codee"),
        ("dossier_ready", "Hồ sơ {{ code", "dòng 1"),
        ("dossier_ready", "  \n", "trống"),
        ("no_such_event", "x", "no_such_event"),
    ],
    ids=["unknown variable", "broken braces", "empty", "unknown event"],
)
def test_a_text_that_cannot_be_sent_is_refused_with_a_remedy(event, body, says):
    with pytest.raises(TextInvalid) as refused:
        check(event, body)

    assert says in refused.value.message
    assert "Xin" in refused.value.message


def test_a_text_cannot_reach_into_python(province):
    keep_texts(texts() | {"help": "{{ province.__class__.__mro__ }}"})

    with pytest.raises(SecurityError):
        render("help", {"province": "Bình Thuận"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", sorted(VARIABLES))
def test_every_text_can_be_rendered_with_nothing_known_but_what_always_is(province, event, language):
    always = {
        name: variables.variable_of(event, name).shown(language) for name in variables.always_known(event)
    }

    text = render(event, always, language)

    assert 0 < len(text) <= 2000
    assert "None" not in text
    assert "{{" not in text and "\n\n\n" not in text


def test_a_province_may_say_it_its_own_way(tmp_path):
    (tmp_path / "help.txt").write_text("Chào bà con!")

    assert read_texts(TENANTS / "_national" / "messages", tmp_path)["help"] == "Chào bà con!"


def test_what_is_unknown_is_printed_as_nothing_by_a_text_that_an_older_release_let_pass():
    body = (
        "Xong{{ note }}{{ note|upper }}{{ note ~ reason }}{% if note is none %}.{% endif %}{{ note|length }}"
    )

    assert fill("dossier_ready", body, {"note": None}) == "Xong.0"


def test_a_part_or_an_item_that_nobody_gave_is_printed_as_nothing():
    body = "Hết{{ dossiers[4].due }}{% for one in dossiers %}{{ one.due }}{{ one.hours|title }}{% endfor %}."

    assert fill("my_dossiers", body, {"dossiers": [{"due": None}]}) == "Hết."


def test_a_text_that_fails_when_it_is_sent_gives_way_to_the_folders(province):
    folder = texts()
    keep_texts(folder)
    failing = "{{ code - 1 }}"

    text = fill("dossier_ready", failing, {"code": "H11"})

    assert text == fill("dossier_ready", folder["dossier_ready"], {"code": "H11"})


def test_an_english_text_that_fails_gives_way_to_the_folders_english(province):
    keep_texts(texts())
    faulty = "{{ code - 1 }}"
    db.session.execute(
        db.update(MessageText).where(MessageText.event == "dossier_ready.en").values(body=faulty)
    )

    assert render("dossier_ready", {"code": "H11"}, "en") == fill(
        "dossier_ready", texts()["dossier_ready.en"], {"code": "H11"}
    )


def test_a_text_that_comes_out_empty_gives_way_to_the_folders(province):
    keep_texts(texts())

    assert "H11" in fill("dossier_ready", "{% if note %}{{ note }}{% endif %}", {"code": "H11"})


def test_a_folders_text_that_fails_itself_is_an_error(province):
    keep_texts(texts() | {"dossier_ready": "{{ code - 1 }}"})

    with pytest.raises(TypeError):
        render("dossier_ready", {"code": "H11"})


def test_words_of_no_event_are_read_in_every_branch():
    with pytest.raises(TextInvalid, match="street"):
        check_words(
            "menu “a”", "Chào{% if not province %}{{ province.street }}{% endif %}", frozenset({"province"})
        )
