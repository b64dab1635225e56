"""docs/zalo-channel.md names every address the client knows, and no other."""

import ast
import re
from pathlib import Path

import pytest

from motcua.zalo import oauth, social
from motcua.zalo.client import ZaloClient
from motcua.zalo.dialect import Dialect

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "zalo-channel.md").read_text().partition("Not built")[0]
ROWS = [line for line in TABLE.splitlines() if re.match(r"\| (GET|POST) ", line)]
ADDRESS = re.compile(r"/(?:v[234](?:\.0)?/)?[a-z][\w/-]*")
PAGES = {"/v4/oa/permission", "/v4/permission"}  # opened in a browser, not called


def addresses_in_code() -> set[str]:
    found = set()
    for file in (ROOT / "platform" / "motcua" / "zalo").glob("*.py"):
        if file.name == "hosts.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and ADDRESS.fullmatch(node.value)
            ):
                found.add(node.value)
    return found - {"/v3"}


def test_every_address_of_the_client_stands_in_the_table():
    named = set(re.findall(r"`(/[^`]+)`", "\n".join(row.split("|")[1] for row in ROWS)))

    assert named - PAGES == addresses_in_code()


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_the_methods_a_row_names_exist(row):
    for name in re.findall(r"`([a-z_.]+)`", row.split("|")[2]):
        place, _, attribute = name.rpartition(".")
        assert hasattr({"oauth": oauth, "social": social, "": ZaloClient}[place], attribute), name


def test_every_setting_stands_in_the_table_of_settings():
    settings = (ROOT / "docs" / "zalo-channel.md").read_text().partition("## Settings")[2].partition("##")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE)) == set(vars(Dialect()))


CONTRACT = "".join(file.read_text() for file in (ROOT / "tests" / "zalo").glob("test_contract*.py"))


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_a_row_says_that_the_simulator_was_asked_where_it_was(row):
    names = [name.rpartition(".")[2] for name in re.findall(r"`([a-z_.]+)`", row.split("|")[2])]

    says = re.split(r"[,;( ]+", row.split("|")[4].strip())

    assert ("sim" in says) is all(re.search(rf"[. ]{name}\b", CONTRACT) for name in names)
