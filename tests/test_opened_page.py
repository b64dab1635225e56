"""The eye that looks at every page of the suite sees what it should."""

import base64
import hashlib

import pytest

from tests.opened_page import faults, left_in_vietnamese

POLICY = "default-src 'none'; script-src 'nonce-abc'; style-src 'self' 'nonce-abc'"
GOOD = """<!doctype html><html lang="vi"><head><title>Hồ sơ</title>
<style nonce="abc">:root { --brand: #000 }</style><script nonce="abc" src="/static/desk.js"></script></head>
<body><form action="/console/"><input id="a"></form><form action="http://binh-thuan.localhost/x"></form></body></html>"""


def test_a_good_page_has_no_faults():
    assert faults(GOOD, POLICY, "binh-thuan.localhost") == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<title>Hồ sơ</title>", "<title> </title>", "no title"),
        ("<title>Hồ sơ</title>", "", "no title"),
        ('lang="vi"', "", "no lang"),
        ('<input id="a">', '<input id="a"><p id="a">', "id “a” stands 2 times"),
        ('<style nonce="abc">', "<style>", "an inline style that the policy refuses"),
        ('<script nonce="abc" src', '<script nonce="old" src', "a script that the policy refuses"),
        ("/static/desk.js", "https://elsewhere.example/x.js", "a script that the policy refuses"),
        ("</body>", "<script>alert(1)</script></body>", "an inline script that the policy refuses"),
        ('action="/console/"', 'action="//elsewhere.example/"', "a form that leads elsewhere"),
        ('action="/console/"', 'action="javascript:x()"', "a form that leads elsewhere"),
        ('<input id="a">', '<button formaction="https://elsewhere.example/">', "a form that leads elsewhere"),
        ('<input id="a">', '<input style="color: red">', "a forbidden attribute: style"),
        ('<input id="a">', '<input onclick="x()">', "a forbidden attribute: onclick"),
    ],
    ids=lambda value: value[:30],
)
def test_a_faulty_page_is_seen(old, new, fault):
    assert old in GOOD

    found = faults(GOOD.replace(old, new, 1), POLICY, "binh-thuan.localhost")

    assert len(found) == 1 and found[0].startswith(fault)


def test_an_inline_style_may_be_named_by_its_digest():
    policy = "style-src 'sha256-0ScCD5TctzWRyqXQVePKFRlApC3D9cnPdVdCRcqkoUM='"

    assert faults("<style>a{color:red}</style>", policy, "x") == ["an inline style that the policy refuses"]
    own = "style-src 'sha256-" + digest_of("a{color:red}") + "'"
    assert faults("<style>a{color:red}</style>", own, "x") == []


def digest_of(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<p>Hồ sơ</p>", ["Hồ sơ"]),
        ('<p lang="vi">Hồ sơ</p>', []),
        ('<main lang="vi"><p>Hồ sơ</p><p lang="en">hồ sơ</p></main>', ["hồ sơ"]),
        ('<p lang="vi">Hồ sơ<br>một</p><p>Một cửa</p>', ["Một cửa"]),
        ('<input placeholder="Họ tên"><button aria-label="Lưu">x</button>', ["Họ tên", "Lưu"]),
        ("<title>Sign in · Bình Thuận</title>", []),
        ("<title>Đăng nhập · Bình Thuận</title>", ["Đăng nhập"]),
        ("<script>'Hồ sơ'</script><p>12 ₫ – “x”…</p>", []),
    ],
)
def test_vietnamese_that_does_not_say_so_is_seen_on_a_page_in_english(page, left):
    assert left_in_vietnamese(page) == left
