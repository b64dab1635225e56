"""Vietnamese text in every way people type it comes to one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.text.keystrokes import decode
from motcua.core.text.normal import normalise, plain_key, syllable_key, without_marks
from motcua.core.text.sounds import distance, sound_key
from motcua.core.text.syllables import is_syllable

WORDS = [
    "đăng", "ký", "kết", "hôn", "giấy", "chứng", "nhận", "quyền", "sử", "dụng", "đất", "nhà", "ở", "riêng", "lẻ", "cấp",
    "lại", "căn", "cước", "người", "nước", "ngoài",
]  # fmt: skip
TONES = {"̀": ("f", "2"), "́": ("s", "1"), "̉": ("r", "3"), "̃": ("x", "4"), "̣": ("j", "5")}
HATS = {"â": ("aa", "a6"), "ê": ("ee", "e6"), "ô": ("oo", "o6"), "ă": ("aw", "a8"), "ơ": ("ow", "o7"),
        "ư": ("uw", "u7"), "đ": ("dd", "d9")}  # fmt: skip


def typed(word: str, method: int, tone_early: bool = False) -> str:
    """The keystrokes of `word` in Telex (0) or VNI (1), the tone at the end or behind its vowel."""
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFC", word):
        parts = unicodedata.normalize("NFD", letter)
        found = next((mark for mark in parts if mark in TONES), "")
        bare = unicodedata.normalize("NFC", parts.replace(found, "")) if found else letter
        keys += HATS[bare][method] if bare in HATS else bare
        if found:
            tone = TONES[found][method]
            keys += tone if tone_early else ""
    return keys if tone_early else keys + tone


@given(st.text(max_size=80))
def test_normalising_twice_is_normalising_once(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=80))
def test_composed_and_decomposed_text_are_the_same(text):
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("ÐĂNG KÝ", "đăng ký"),  # Icelandic eth
        ("ƉĂNG", "đăng"),  # African d
        ("hồ\u00a0sơ\u200b", "hồ sơ"),
        ("  Cấp   LẠI ", "cấp lại"),
        ("“trích lục” – bản sao", '"trích lục" - bản sao'),
    ],
)
def test_look_alikes_and_invisible_signs_are_made_plain(raw, normal):
    assert normalise(raw) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("ký", "kí"),
        ("lý", "lí"),
        ("mỹ", "mĩ"),
        ("tỷ", "tỉ"),
    ],
)
def test_old_and_new_tone_placement_and_i_and_y_are_one(one, other):
    assert syllable_key(one) == syllable_key(other)


@pytest.mark.parametrize(("one", "other"), [("quý", "qui"), ("già", "giá"), ("ma", "mã"), ("đa", "da")])
def test_what_is_another_syllable_stays_another(one, other):
    assert syllable_key(one) != syllable_key(other)


def test_accent_free_keys_drop_every_mark():
    assert [plain_key(word) for word in ("đăng", "ký", "ưởng")] == ["dang", plain_key("ki"), "uong"]
    assert without_marks("đăng ký khai sinh") == "dang ky khai sinh"


@pytest.mark.parametrize("method", [0, 1], ids=["Telex", "VNI"])
@pytest.mark.parametrize("early", [False, True], ids=["tone last", "tone behind its vowel"])
@pytest.mark.parametrize("word", WORDS)
def test_raw_keystrokes_are_read_as_the_word(word, method, early):
    keys = typed(word, method, early)
    if keys == word:
        return  # nothing to decode

    assert syllable_key(decode(keys) or keys) == syllable_key(word)


@pytest.mark.parametrize("word", ["1.000894", "0912345678", "60a12345", "ct07", "h17", "iphone", ""])
def test_codes_plates_and_numbers_are_not_keystrokes(word):
    assert decode(word) is None


@given(st.text(alphabet="abcdeghiklmnopqrstuvxy0123456789sfrxj", max_size=12))
def test_any_keystrokes_make_a_syllable_or_nothing(keys):
    made = decode(keys)

    assert made is None or is_syllable(made)


@pytest.mark.parametrize(
    ("one", "other"), [("sinh", "xinh"), ("chung", "trung"), ("nui", "lui"), ("ban", "bang"), ("ky", "ki")]
)
def test_what_sounds_alike_to_some_ears_costs_less_than_another_letter(one, other):
    assert sound_key(one) == sound_key(other) or distance(one, other) < 1


@given(st.text(alphabet="abcdghinot", max_size=8), st.text(alphabet="abcdghinot", max_size=8))
def test_only_the_same_word_costs_nothing(one, other):
    assert (distance(one, other) == 0) == (one == other)
