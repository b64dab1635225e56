"""What a citizen's line means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.conversation.intents import Intent, understand
from motcua.conversation.keywords import plain
from tests.factories import chat

CODE, TOKEN = "000.00.01.H11-241126-0007", "K7Q2M9XD4F3A"


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("DỪNG", Intent("stop")),
        ("dung.", Intent("stop")),
        ("Tiếp tục", Intent("resume")),
        ("hồ sơ của tôi", Intent("my_dossiers")),
        ("Ho so cua toi", Intent("my_dossiers")),
        ("Hướng dẫn", Intent("help")),
        (CODE, Intent("look_up", dossier=CODE)),
        (f"  tra cứu {CODE} ", Intent("look_up", dossier=CODE)),
        (f"#tra cuu {CODE}", Intent("look_up", dossier=CODE)),
        (f"theo dõi {CODE}", Intent("follow", dossier=CODE)),
        (f"Bỏ theo dõi {CODE}", Intent("unfollow", dossier=CODE)),
        ("k7q2-m9xd-4f3a", Intent("follow", token=TOKEN)),
        ("K7Q2 M9XD 4F3A", Intent("follow", token=TOKEN)),
        (f"theo doi {TOKEN}", Intent("follow", token=TOKEN)),
        (f"http://binh-thuan.localhost:8000/t/{TOKEN}", Intent("follow", token=TOKEN)),
        ("5678", Intent("proof", digits="5678")),
        ("Gặp cán bộ", Intent("person")),
        ("EN", Intent("english")),
        ("lich hen", Intent("appointments")),
        ("1.000894", Intent("procedure", words="1.000894")),
        ("#procedure:1.000894:papers:2", Intent("procedure", words="1.000894:papers:2")),
        ("#my-dossiers", Intent("my_dossiers")),
        ("giá vàng hôm nay", Intent("ask")),
        ("dang ky ket hon", Intent("ask")),
        ("dangkykethon", Intent("ask")),
        ("theo doi abcd-efgh-jkmn", Intent("follow", token="ABCDEFGHJKMN")),
        ("", Intent("ask")),
    ],
    ids=str,
)
def test_lines_as_people_write_them(line, intent):
    assert understand(line, chat()["keywords"]) == intent


@given(st.text(max_size=300))
def test_any_line_has_a_meaning(line):
    assert understand(line, chat()["keywords"]).kind
    assert plain(plain(line)) == plain(line)
