"""The line of each key in a TOML file, which the standard library does not tell."""

import tomllib

import pytest

from motcua.tenancy.toml_lines import TomlLines

TEXT = '''\
# a comment with [brackets] and "quotes = 1"
slug = "a"          # it's here
hosts = [
  "one = 1",  # ]
  "two",
]
text = """
[not.a.table]
key = 1
"""
"quoted key" = 'it # is'

[[names]]
name = "first"
[[names]]

name = "second"
[names.more]
deep = true

[branding]
colors.primary = "#fff"
inline = { a = 1, b = [2,
  3] }

[[accounts]]
[accounts.templates]
one = "1"
[[accounts.parts]]
id = 1
[[accounts]]
key = "b"
[[accounts.parts]]
id = 2
[[accounts.parts]]
id = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("slug",), 2),
        (("hosts",), 3),
        (("hosts", 1), 3),
        (("text",), 7),
        (("quoted key",), 11),
        (("names",), 13),
        (("names", 0, "name"), 14),
        (("names", 1), 15),
        (("names", 1, "name"), 17),
        (("names", 1, "more", "deep"), 19),
        (("names", 1, "missing"), 15),
        (("branding",), 21),
        (("branding", "colors", "primary"), 22),
        (("branding", "inline", "b", 1), 23),
        (("accounts", 0, "templates", "one"), 28),
        (("accounts", 0, "parts", 0, "id"), 30),
        (("accounts", 1, "key"), 32),
        (("accounts", 1, "parts", 0, "id"), 34),
        (("accounts", 1, "parts", 1, "id"), 36),
        (("key",), None),
    ],
)
def test_a_key_is_found_on_its_line(path, line):
    tomllib.loads(TEXT)

    assert TomlLines(TEXT).line_of(path) == line


def test_windows_line_ends_change_nothing():
    assert TomlLines(TEXT.replace("\n", "\r\n")).line_of(("accounts", 1, "parts", 1, "id")) == 36
