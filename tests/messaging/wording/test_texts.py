"""The words of messages: checked when they are kept, so that none fails when it is sent."""

import pytest
from jinja2.exceptions import SecurityError

from motcua.messaging.wording.texts import (
    LANGUAGES,
    VARIABLES,
    TextInvalid,
    check,
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
def test_every_text_can_be_rendered_with_nothing_known(province, event, language):
    text = render(event, {}, language)

    assert 0 < len(text) <= 2000
    assert "{{" not in text and "\n\n\n" not in text


def test_a_province_may_say_it_its_own_way(tmp_path):
    (tmp_path / "help.txt").write_text("Chào bà con!")

    assert read_texts(TENANTS / "_national" / "messages", tmp_path)["help"] == "Chào bà con!"
