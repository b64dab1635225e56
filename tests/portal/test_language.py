"""English on the public pages: chosen, remembered, complete."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from motcua.core import language
from motcua.core.database import tenant_scope
from tests.factories import make_dossier

ROOT = Path(__file__).resolve().parents[2]
HOST = {"Host": "binh-thuan.localhost"}
ASKED = re.compile(r"""\bt\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
COUNTED = re.compile(r"\{(\w+):([^|{}]+\|[^|{}]+)\}")
PLACE, TAG = re.compile(r"\{\w+\}"), re.compile(r"</?\w+")


def in_templates() -> set[str]:
    files = (ROOT / "templates").rglob("*.html")
    return {ast.literal_eval(found) for file in files for found in ASKED.findall(file.read_text())}


def test_every_sentence_of_the_templates_has_its_english():
    asked = in_templates()

    assert len(asked) > 300
    assert asked - language.sentences().keys() == set()


@pytest.mark.parametrize(
    ("count", "said"), [("1", "1 procedure."), ("0", "0 procedures."), ("1,001", "1,001 procedures.")]
)
def test_english_has_another_word_for_one(app, count, said):
    with app.test_request_context():
        g.language = "en"

        assert language.t("{count} thủ tục.", count=count) == said
        assert language.told(f"{count} thủ tục.") == said


def test_what_is_counted_in_english_is_filled_in_too():
    for english in language.sentences().values():
        assert {name for name, _ in COUNTED.findall(english)} <= {one[1:-1] for one in PLACE.findall(english)}
        assert "{" not in PLACE.sub("", COUNTED.sub("", english)), english


def test_the_english_keeps_what_is_filled_in_and_its_elements():
    for own, english in language.sentences().items():
        assert sorted(PLACE.findall(own)) == sorted(PLACE.findall(english)), own
        assert TAG.findall(own) == TAG.findall(english), own


def test_no_sentence_is_kept_that_nobody_says():
    said = {bare(one) for one in in_templates() | set(ast_strings(python_files()))}

    assert {own for own in language.sentences() if bare(own) not in said} == set()


def bare(sentence: str) -> str:
    """Whatever the places of a sentence are called; SQL fills `%`."""
    return PLACE.sub("{}", sentence).replace(" %.", " {}.")


def python_files():
    return (ROOT / "platform" / "motcua").rglob("*.py")


def ast_strings(files):
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)


def test_the_files_of_sentences_are_sound():
    count = 0
    for path in language.FILES:
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        assert [error for _, errors in catalog.check() for error in errors] == [], path.name
        count += len([one for one in catalog if one.id])

    assert count == len(language.sentences())  # none stands in both


def test_english_is_chosen_by_address_and_remembered(app, province):
    visitor = app.test_client()

    chosen = visitor.get("/theo-doi?lang=en", headers=HOST)
    later = visitor.get("/kenh-chinh-thuc", headers=HOST).get_data(as_text=True)
    back = visitor.get("/?lang=vi", headers=HOST).get_data(as_text=True)

    assert '<html lang="en">' in chosen.get_data(as_text=True)
    assert "no-store" in chosen.headers["Cache-Control"]
    assert "The province&#39;s official channel" in later.replace("province's", "province&#39;s")
    assert '<html lang="vi">' in back
    assert 'hreflang="en" href="/?lang=en"' in back


@pytest.mark.parametrize("asked", ["", "fr", "<script>", "EN", "en;vi"])
def test_another_language_is_vietnamese_and_is_not_remembered(app, province, asked):
    answer = app.test_client().get("/theo-doi", query_string={"lang": asked}, headers=HOST)

    assert '<html lang="vi">' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_names_of_procedures_stay_vietnamese_and_say_so(app, province):
    page = app.test_client().get("/thu-tuc/1.000894?lang=en", headers=HOST).get_data(as_text=True)

    assert '<h1 lang="vi">Thủ tục đăng ký kết hôn</h1>' in page
    assert "Papers to prepare" in page


def test_a_dossiers_page_tells_status_and_times_in_english(app, two_provinces):
    with tenant_scope("binh-thuan"):
        token = make_dossier().token

    page = app.test_client().get(f"/t/{token}?lang=en", headers=HOST).get_data(as_text=True)

    assert "What has happened" in page and "Thursday, 28/11/2024" in page


def test_what_is_chosen_on_a_public_page_says_nothing_to_staff(app, province):
    visitor = app.test_client()
    visitor.get("/?lang=en", headers=HOST)

    page = visitor.get("/console/login", headers=HOST).get_data(as_text=True)

    assert '<html lang="vi"' in page


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        ("Đã mời thêm 3 số.", "3 more phones invited."),
        ("Đã kết nối OA <b>.", "OA &lt;b&gt; is connected."),
        ("Đã kết nối Sở Y tế.", '<span lang="vi">Sở Y tế</span> is connected.'),
        ("Tỉnh chạy lại: Dùng thử.", "The province runs again: Trial."),
        ("Chưa ai dịch câu này.", '<span lang="vi">Chưa ai dịch câu này.</span>'),
        ("0912 <5678>", "0912 &lt;5678&gt;"),
        ("", ""),
    ],
)
def test_a_sentence_with_something_in_it_is_told_by_its_form(app, sentence, english):
    with app.test_request_context():
        g.language = "en"
        assert str(escape(language.told(sentence))) == english


def test_what_is_told_in_vietnamese_is_left_as_it_is(app):
    with app.test_request_context("/"):
        assert language.told("Đã mời thêm 3 số.") == "Đã mời thêm 3 số."


@given(st.text(max_size=1200))
def test_whatever_is_told_brings_no_element_along(words):
    with Flask("a page").test_request_context():
        g.language = "en"
        made = str(escape(language.told(f"Đã kết nối {words}.")))

    assert made.replace('<span lang="vi">', "").replace("</span>", "").count("<") == 0


def test_values_in_a_sentence_are_escaped(app, province):
    with app.test_request_context("/?lang=en", headers=HOST):
        made = language.t("Mở {account}", account="<b>")

    assert str(made) == "Mở &lt;b&gt;"
