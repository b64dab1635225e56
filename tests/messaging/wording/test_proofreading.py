"""A text is read before it is kept: whatever could go wrong when it is sent is said now, with its line."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError

from motcua.messaging.wording import proofreading, texts, variables
from motcua.messaging.wording.offered import VARIABLES
from motcua.messaging.wording.texts import TextInvalid, check, fill

READY = "dossier_ready"


def faults(event: str, body: str) -> list[proofreading.Fault]:
    return list(texts.faults_of(event, body))


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("Hồ sơ\n{{ codee }}", 2, "codee"),
        ("Hồ sơ {{ code", 1, "cú pháp"),
        ("{% if due %}\nHẹn", 2, "cú pháp"),
        ("a\nb\n{{ code|uper }}", 3, "uper"),
        ("{{ code|format(1) }}", 1, "format"),
        ("{% if code is sameas(1) %}x{% endif %}y", 1, "sameas"),
        ("{{ code.title() }}", 1, "lời gọi hàm"),
        ("{{ range(3) }}", 1, "lời gọi hàm"),
        ("{% set x = code %}{{ x }}", 1, "lệnh set"),
        ("{{ code * 999999999 }}", 1, "phép nhân"),
        ("{{ 9 ** 999999999 }}", 1, "lũy thừa"),
        ("{{ '%999999999s' % code }}", 1, "phép %"),
        ("{% include 'console/login.html' %}", 1, "include"),
        ("{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}", 1, "macro"),
        ("{{ code.__class__ }}", 1, "__class__"),
        ("{{ code['__class__'] }}", 1, "không được đọc"),
        ("{{ (code|first)._x }}", 1, "_x"),
        ("{% for a in results or [] recursive %}{{ loop(a) }}{% endfor %}x", 1, "Vòng lặp"),
        (
            "{% for a in results or [] %}{% for b in results %}{% for c in results %}{{ code }}"
            "{% endfor %}{% endfor %}{% endfor %}x",
            1,
            "Vòng lặp",
        ),
        ("Kết quả\n\n{{ note }}", 3, "{% if note %}"),
        ("Kết quả {{ note|upper }}", 1, "note"),
        ("Kết quả {{ note ~ code }}", 1, "note"),
        ("Kết quả {{ note|default('không có') }}", 1, "note"),
        ("Kết quả {% for one in results %}{{ one }}{% endfor %}", 1, "results"),
        ("{{ results|length }} kết quả", 1, "results"),
        ("{{ code - 1 }}", 1, "kiểu"),
        ("{{ place.street }}", 1, "street"),
        ("{% if note %}{{ note }}{% endif %}", None, "không in ra chữ nào"),
        ("   \n ", None, "trống"),
        ("x" * 2001, None, "2001"),
        ("x" * 9000, None, "8000"),
        ("{{ code }}" * 60, None, "dài nhất"),
        ("{{" + "(" * 5000, None, "Xin"),
        ("{{ code|replace('', note) }}", 1, "replace"),
        ("{{ code|join(code)|join(code)|join(code) }}", 1, "join"),
        ("{{ (code|string)|join(code) }}", 1, "join"),
        ("{{ (code|join(code) or code)|join(code) }}", 1, "join"),
    ],
)
def test_a_fault_is_said_with_its_line_and_a_remedy(body, line, says):
    found = faults(READY, body)

    assert found, body
    assert any(says in one.sentence for one in found), found
    assert all("Xin" in one.sentence for one in found)
    if line is not None:
        assert line in {one.line for one in found}


@pytest.mark.parametrize(
    "body",
    [
        "Hồ sơ {{ code }} xong.",
        "{{ code|upper }}{% if note %}: {{ note|truncate(20) }}{% endif %}",
        "Kết quả: {{ note or 'không ghi' }}",
        "{% for one in results or [] %}• {{ loop.index }}. {{ one }}\n{% endfor %}Xong",
        "{% if note is not none %}{{ note }}{% endif %}Xong",
        "{% if results %}{{ results|join(', ') }}{% endif %}Xong",
        "{# ghi chú cho người sửa #}Xong",
        "Xong {{ '{{ không phải biến }}' }}",
    ],
)
def test_what_can_be_sent_is_let_pass(body):
    assert faults(READY, body) == []


def test_a_part_that_an_item_may_lack_must_be_asked_for_first():
    bare = "{% for one in dossiers or [] %}{{ one.code }} {{ one.due }}\n{% endfor %}Hết"
    asked = "{% for one in dossiers or [] %}{{ one.code }}{% if one.due %} {{ one.due }}{% endif %}\n{% endfor %}Hết"

    assert "dossiers.due" in faults("my_dossiers", bare)[0].sentence
    assert faults("my_dossiers", asked) == []


def test_a_part_that_no_item_has_is_a_fault():
    assert faults("my_dossiers", "{% for one in dossiers or [] %}{{ one.colour }}{% endfor %}Hết")


def test_the_english_is_read_with_english_examples():
    with pytest.raises(TextInvalid, match="dòng 2"):
        check("dossier_ready.en", "Ready.\n{{ note }}")


def test_every_variable_has_a_type_a_limit_and_an_example():
    """One that is missing here: declare it in messaging/wording/variable_table.py."""
    undeclared = {
        (event, name)
        for event, names in VARIABLES.items()
        for name in names
        if not variables.is_declared(event, name)
    }

    assert undeclared == set()


def test_what_is_always_known_is_offered():
    for event in VARIABLES:
        assert variables.always_known(event) <= VARIABLES[event], event


@pytest.mark.parametrize("event", sorted(VARIABLES))
def test_an_example_keeps_its_own_limit(event):
    for name in VARIABLES[event]:
        one = variables.variable_of(event, name)
        for language in ("vi", "en"):
            shown, longest = one.shown(language), one.at_its_limit(language)
            assert variables.cut(event, {name: shown}) in (
                {name: shown},
                {name: list(shown)} if one.kind == "list" else None,
            )
            assert variables.cut(event, {name: longest}) == {name: longest}
            if isinstance(longest, str) and one.kind != "choice":
                assert len(longest) == one.longest


@given(st.text(max_size=5000), st.lists(st.text(max_size=800), max_size=30))
@settings(max_examples=60, deadline=None)
def test_whatever_words_come_a_kept_text_fits_one_message(note, items):
    body = (
        "{{ code }}\n{% for one in items or [] %}• {{ one }}\n{% endfor %}{% if note %}{{ note }}{% endif %}"
    )
    assert faults("dossier_supplement", body) == []

    text = fill("dossier_supplement", body, {"code": "H11", "note": note, "items": items})

    assert len(text) <= 2000
    assert text.startswith("H11")


@given(
    st.lists(
        st.sampled_from(
            [
                "{{ code }}",
                "{{ note }}",
                "{% if note %}",
                "{% endif %}",
                "{% for x in results or [] %}",
                "{% endfor %}",
                "{{ x }}",
                "{% else %}",
                "{{ results }}",
                "{{ code.a }}",
                "{{ 1 + 'a' }}",
                "chữ ",
                "{{",
                "%}",
                "|",
                "~",
            ]
        ),
        max_size=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_a_text_without_faults_never_fails_when_it_is_sent(pieces):
    body = "".join(pieces)
    if faults(READY, body):
        return

    for known in (
        {},
        {"note": "a", "results": ["b"]},
        {"results": []},
        {"note": "x" * 5000, "results": ["y" * 500] * 40},
    ):
        always = dict.fromkeys(variables.always_known(READY), "z")
        text = fill(READY, body, always | known)

        assert 0 < len(text) <= 2000
        assert "None" not in text


def test_reading_a_long_hostile_text_takes_no_time():
    loops = "{% for a in results or [] %}{% for b in results or [] %}{{ a }}{{ b }}{% endfor %}{% endfor %}"
    began = time.monotonic()

    assert faults(READY, loops * 60 + "x")

    assert time.monotonic() - began < 20  # all ways through it would be years


def test_the_sandbox_has_no_functions_at_all():
    sandbox = proofreading.environment()

    assert sandbox.globals == {}
    with pytest.raises(SecurityError):
        sandbox.from_string("{{ x.__class__.__mro__ }}").render(x="a")
