"""What goes wrong is said in English too, wherever in the house it was noticed."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import motcua
from motcua.core.errors import MotcuaError
from motcua.core.language import patterns, sentences
from tests.opened_page import left_in_vietnamese

HOUSE = Path(motcua.__file__).parent
# Heard by machines that send us data, by whoever writes a province's folder, or by whoever runs a command.
NOT_ON_PAGES = (
    "*_commands.py", "commanding.py", "reckoning.py", "dropping.py", "running.py", "beside.py", "cli.py", "working.py",
    "searching.py",
    "accounts/api_keys.py", "assets/*", "audit/*", "broadcasts/announcing.py", "catalogue/national.py",
    "conversation/*", "core/config.py", "core/crypto.py", "core/migrating.py", "core/roles.py", "core/queue.py",
    "demo/*", "dossiers/adapters/pulling.py", "dossiers/door/*", "dossiers/once.py", "embedded/*", "feedback/kinds.py",
    "messaging/wording/texts.py", "provinces/confirming.py", "provinces/opening.py", "provinces/readiness.py",
    "services/folder.py", "tenancy/folder_fields.py", "tenancy/folder_schema.py", "tenancy/problems.py",
    "tenancy/tokens.py", "zalo/webhooks.py",
)  # fmt: skip
VIETNAMESE = re.compile(r"[^\W\d_a-zA-Z]")  # the rest are codes
FILLED = re.compile(r"\{[^{}]*\}")


def test_every_error_that_a_page_may_show_has_its_english():
    raised = list(said_on_pages())

    assert len(raised) > 200
    assert [f"{place}: {sentence}" for place, sentence in raised if not has_english(sentence)] == []


def test_a_page_in_english_says_what_is_wrong_in_english(admin):
    admin.client.set_cookie("motcua_language", "en", domain="binh-thuan.localhost")

    refused = admin.get("/console/satisfaction/?by=name").text
    empty = admin.follow(
        "/console/catalogue/imports/",
        data={"file": (io.BytesIO(b""), "rong.xlsx")},
        content_type="multipart/form-data",
    ).text

    assert "The figures cannot be split by this. Choose agency, field, procedure or month." in refused
    assert "No file was chosen, or it is empty." in empty
    assert left_in_vietnamese(refused) == left_in_vietnamese(empty) == []


def said_on_pages() -> Iterator[tuple[str, str]]:
    """(module, sentence) of what is given to an error; what is filled in stands in braces."""
    for path in sorted(HOUSE.rglob("*.py")):
        place = path.relative_to(HOUSE)
        if any(place.match(pattern) for pattern in NOT_ON_PAGES):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and name_of(node.func) in ERRORS:
                for given in node.args[:1]:
                    if VIETNAMESE.search(sentence := written(given)):
                        yield str(place), sentence


def names_of(kind: type) -> set[str]:
    return {kind.__name__}.union(*map(names_of, kind.__subclasses__()))


ERRORS = names_of(MotcuaError)


def name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def written(given: ast.expr) -> str:
    """The words of a literal, filled places as `{}`; none for what is said elsewhere."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    if isinstance(given, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in given.values)
    if isinstance(given, ast.BinOp):
        return written(given.left) + written(given.right)
    return ""


def has_english(sentence: str) -> bool:
    if sentence in sentences():
        return True
    filled = FILLED.sub("7", sentence)
    return any(pattern.fullmatch(filled) for pattern, _ in patterns())
