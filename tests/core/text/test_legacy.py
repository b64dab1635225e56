"""Text written for the fonts of the 1990s becomes Unicode, and nothing else is touched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.catalogue.models import NationalProcedure
from motcua.core.database import db
from motcua.core.text.legacy import TCVN3, VNI, convert, convert_column, detect, to_legacy

TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
SMALL = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES] + ["đ"]
CAPITAL = [letter.upper() for letter in SMALL]
PLAIN_CAPITALS = list("ĂÂÊÔƠƯĐ")  # all that TCVN3 has

SENTENCES = {
    "Cộng hòa xã hội chủ nghĩa": ("Céng hßa x· héi chñ nghÜa", "Coäng hoøa xaõ hoäi chuû nghóa"),
    "Độc lập - Tự do - Hạnh phúc": ("§éc lËp - Tù do - H¹nh phóc", "Ñoäc laäp - Töï do - Haïnh phuùc"),
    "Thủ tục đăng ký kết hôn": ("Thñ tôc ®¨ng ký kÕt h«n", "Thuû tuïc ñaêng kyù keát hoân"),
    "Số lượng hồ sơ": ("Sè l\xadîng hå s¬", "Soá löôïng hoà sô"),
    "Ủy ban nhân dân": ("ñy ban nh©n d©n", "UÛy ban nhaân daân"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("unicode_text", "written"), SENTENCES.items(), ids=[str(n) for n in range(len(SENTENCES))]
)
def test_known_headings_are_read_in_both_encodings(unicode_text, written):
    tcvn3, vni = written

    assert convert(tcvn3, TCVN3).lower() == unicode_text.lower()
    assert convert(vni, VNI) == unicode_text
    assert (detect(tcvn3), detect(vni)) == (TCVN3, VNI)


@given(
    st.lists(st.sampled_from(SMALL + PLAIN_CAPITALS + list("bcdghklmnpqrstvx 0123456789.,-")), max_size=60)
)
def test_every_letter_survives_tcvn3_and_back(letters):
    text = "".join(letters)

    assert convert(to_legacy(text, TCVN3), TCVN3) == text


# A bare vowel before a letter that is a mark in VNI reads as one letter: real spelling has no such pair.
@given(st.lists(st.sampled_from(SMALL + CAPITAL), max_size=60))
def test_every_letter_survives_vni_and_back(letters):
    text = " ".join(letters)

    assert convert(to_legacy(text, VNI), VNI) == text


@given(
    st.text(
        alphabet=st.sampled_from([*SMALL, *CAPITAL, *"abcdefghijklmnopqrstuvwxyz 0123456789()/-"]),
        max_size=80,
    )
)
def test_text_with_letters_that_only_unicode_has_is_never_touched(text):
    text = "Số " + text

    assert detect(text) is None
    assert convert_column([text]) == ([text], None)


def test_no_name_agency_or_result_of_the_national_base_is_taken_for_legacy(app, national):
    bodies = db.session.scalars(db.select(NationalProcedure.facts)).all()
    texts = [body[name] for body in bodies for name in ("name", "field", "implementing_agency")]
    texts += [text for body in bodies for text in (*body["results"], *body["subjects"])]

    assert len(texts) > 10_000
    assert [text for text in texts if detect(text)] == []


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_every_national_name_is_recognised_and_restored(app, national, encoding):
    names = db.session.scalars(db.select(NationalProcedure.name)).all()
    names = [unicodedata.normalize("NFC", name).lower() for name in names]

    wrong = [name for name in names if convert(old := to_legacy(name, encoding), detect(old) or VNI) != name]

    assert len(names) > 2800
    assert wrong == []


SHORT = ["Phí", "Mã số", "Lý do", "Công an", "Hà Nội", "café", "© 2020", "5 m²", "Bà Lê Thanh Hà", ""]


@pytest.mark.parametrize("text", SHORT)
def test_short_western_looking_vietnamese_stays(text):
    assert detect(text) is None


def test_a_doubtful_cell_follows_its_column():
    column = ["Bé", "Së T\xad ph¸p", "Së Y tÕ", "UBND x·", "Së N«ng nghiÖp"]

    texts, encoding = convert_column(column)

    assert encoding == TCVN3
    assert texts == ["Bộ", "Sở Tư pháp", "Sở Y tế", "UBND xã", "Sở Nông nghiệp"]


def test_one_old_cell_among_new_ones_is_converted_alone():
    column = ["Sở Tư pháp", "Sở Y tế", "Së N«ng nghiÖp", "Bé", "Sở Công Thương"]

    texts, encoding = convert_column(column)

    assert encoding == TCVN3
    assert texts == ["Sở Tư pháp", "Sở Y tế", "Sở Nông nghiệp", "Bé", "Sở Công Thương"]
