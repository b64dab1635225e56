"""Any text passes as text: nothing in it is markup, and nothing in it stops the paper."""

import json

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.dossiers.forms import facts, typesetting
from motcua.dossiers.forms.printable import DRAWN, UNKNOWN, printable

from .samples import AGENCY, HEADING, SUBJECT, drawn, words

MARKUP = '#set page(width: 1pt) $x^2$ *đậm* _nghiêng_ `mã` \\ <nhãn> @tên "ngoặc" \' // /* ~ -- [ ] { } = + - 1. ...'
FACES = [("normal", "regular"), ("italic", "regular"), ("normal", "bold"), ("italic", "bold")]


@pytest.mark.parametrize(("style", "weight"), FACES)
def test_every_letter_that_we_let_through_has_a_glyph(style, weight):
    source = (
        '#set text(font: "Libertinus Serif", lang: "vi", fallback: false, '
        f'style: "{style}", weight: "{weight}")\n#for one in json(bytes(sys.inputs.all) ) [#one ]'
    )

    pdf = typst.compile(  # a letter without a glyph raises
        source.encode(),
        font_paths=typesetting.fonts(),
        ignore_system_fonts=True,
        sys_inputs={"all": json.dumps(sorted(DRAWN))},
        pdf_standards=[typesetting.STANDARD],
    )

    assert pdf.startswith(b"%PDF")


def test_vietnamese_passes_whole_however_it_was_typed():
    from unicodedata import normalize

    pangram = "Ắ ằ ẳ ẵ ặ Ấ ầ ẩ ẫ ậ Ế ề ể ễ ệ Ố ồ ổ ỗ ộ Ớ ờ ở ỡ ợ Ứ ừ ử ữ ự ý ỳ ỷ ỹ ỵ Đ đ – “ ” ₫ ½"

    assert printable(pangram) == pangram
    assert printable(normalize("NFD", pangram)) == pangram


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("中文 và 😀", f"{UNKNOWN * 2} và {UNKNOWN}"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("một\u00a0hai\tba", "một hai ba"),
        ("dòng một\r\n\n dòng hai ", "dòng một\ndòng hai"),
        ("\x07chuông", "chuông"),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_unknown_and_what_is_invisible_goes(said, shown):
    assert printable(said) == shown


def test_markup_in_the_words_stands_on_the_paper_as_it_was_written(province):
    refusal = facts.RefusalFacts(HEADING, SUBJECT, AGENCY, None, MARKUP, MARKUP)

    said = words(drawn("refusal", refusal))

    assert said.count(MARKUP) >= 1
    assert said.replace(" ", "").count(MARKUP.replace(" ", "")) == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), more=st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_no_text_stops_a_paper(province, text, more):
    person = facts.Person(text, more, text, more, text)
    subject = facts.Subject(text, more, text, more, person, person, "http://x/t/ABC", text, more, None)
    heading = facts.Heading(text, more, text, more, text)

    pdf = drawn("refusal", facts.RefusalFacts(heading, subject, text, more, text, more))

    assert pdf.startswith(b"%PDF-")


@given(st.text())
def test_printable_text_stays_the_same_when_made_printable_again(text):
    assert printable(printable(text)) == printable(text)
    assert set(printable(text)) <= DRAWN | {"\n"}
