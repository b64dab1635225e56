"""The language of the page being made: Vietnamese, or English where somebody chose it for what they read.

Vietnamese sentences are the keys; `translations/en/LC_MESSAGES/` holds the English ones, a file for
each part of the product. A sentence that has none is shown as it is, and marked as Vietnamese for whoever listens
to the page.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from babel.messages.pofile import read_po
from flask import Flask, Response, g, has_request_context, request
from markupsafe import Markup, escape

LANGUAGES = ("vi", "en")
DEFAULT = "vi"
COOKIE, COOKIE_LASTS_S = "lang", 365 * 24 * 3600
STAFF = (
    "/console",
    "/vendor",
    "/api/",
    "/webhooks/",
    "/static/",
)  # what was chosen on a public page says nothing here
STAFF_COOKIE = "motcua_language"  # the staff's choice of their own: set by `console.shell`
FOLDER = Path(__file__).resolve().parents[1] / "translations" / "en" / "LC_MESSAGES"
FILES = tuple(sorted(FOLDER.glob("*.po")))  # one a part of the product; no sentence stands in two

LEAST_OWN = 8  # letters of a pattern's own: one with fewer would match anything,
LEAST_BETWEEN = 12  # sooner still where it neither begins nor ends with them
LONGEST_TOLD = 1000

_MARKED = re.compile(r"[^\W\d_a-zA-Z]")  # a letter that English has not
_PLACE = re.compile(r"\{(\w+)\}")
_ONE_OR_MORE = re.compile(r"\{(\w+):([^|{}]*)\|([^|{}]*)\}")


def install(app: Flask) -> None:
    """Before `gate`: also a refusal is read by somebody."""

    @app.before_request
    def choose():
        g.language = _chosen()

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LANGUAGES and not request.path.startswith(STAFF):
            response.set_cookie(
                COOKIE,
                asked,
                max_age=COOKIE_LASTS_S,
                httponly=True,
                samesite="Lax",
                secure=app.config["SESSION_COOKIE_SECURE"],
            )
        return response

    app.jinja_env.globals |= {"t": t, "said": said, "told": told, "words_of": words_of}  # imported macros too

    @app.context_processor
    def words():
        return {
            "language": current(),
            "is_english": is_english(),
            "in_language": address,
        }


def current() -> str:
    """One of LANGUAGES; Vietnamese outside a request."""
    return g.get("language", DEFAULT) if has_request_context() else DEFAULT


def is_english() -> bool:
    return current() == "en"


def t(text: str, **values) -> Markup:
    """A sentence of ours in the page's language; it may hold HTML. `{name}` is filled with `values`, escaped.

    English says `{count} {count:dossier|dossiers}` where one is another word than many.
    """
    return _filled(sentences().get(text, text) if is_english() else text, values)


def said(text: str | None) -> Markup | str:
    """A sentence made elsewhere, escaped: in English where we have it, else marked as Vietnamese.

    What `t` has made was said already; figures, codes and addresses are of no language.
    """
    text = text or ""
    if not is_english() or isinstance(text, Markup) or not _MARKED.search(text):
        return text
    english = sentences().get(text)
    return Markup('<span lang="vi">{}</span>').format(text) if english is None else english


def told(text: str | None) -> Markup | str:
    """As `said`, for a sentence with something filled in: “Đã mời thêm 3 số.” by the files' “Đã mời thêm {count} số.”

    What is filled in is said in English where we have it too.
    """
    text = text or ""
    if not is_english() or text in sentences() or len(text) > LONGEST_TOLD:
        return said(text)
    for pattern, english in patterns():
        if found := pattern.fullmatch(text):
            values = {name: told(value) for name, value in found.groupdict().items()}
            return _filled(english, values)
    return said(text)


def _filled(own: str, values: Mapping[str, object]) -> Markup:
    own = _ONE_OR_MORE.sub(lambda words: words[2 if str(values[words[1]]) == "1" else 3], own)
    return Markup(_PLACE.sub(lambda place: str(escape(values[place[1]])), own))  # noqa: S704 - our own words


def words_of(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Keys with their words, for a list to choose from: an option holds no element that could mark a language."""
    known = sentences() if is_english() else {}
    return [(key, known.get(words, words)) for key, words in names.items()]


def address(language: str) -> str:
    """This page's path in another language. What was posted is not repeated in it."""
    given = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*given, ('lang', language)])}"


@lru_cache(maxsize=1)
def sentences() -> dict[str, str]:
    """Vietnamese to English. Compiled from the files once a process; unfinished entries stay Vietnamese."""
    known = {}
    for path in FILES:
        with path.open("rb") as file:
            known |= {
                str(one.id): str(one.string)
                for one in read_po(file)
                if one.id and one.string and not one.fuzzy
            }
    return known


@lru_cache(maxsize=1)
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What the sentences with places match, and their English; those with the most words of their own first."""
    found = {own: english for own, english in sentences().items() if _is_pattern(own)}
    ordered = sorted(found, key=lambda own: -len(_PLACE.sub("", own)))
    return tuple((_pattern(own), found[own]) for own in ordered)


def _is_pattern(own: str) -> bool:
    if not _PLACE.search(own) or "<" in own:
        return False
    least = LEAST_BETWEEN if own[0] == "{" and own[-1] == "}" else LEAST_OWN
    return len(_PLACE.sub("", own)) >= least


def _pattern(own: str) -> re.Pattern[str]:
    known: set[str] = set()
    parts = []
    for at, part in enumerate(_PLACE.split(own)):
        if at % 2 == 0:
            parts.append(re.escape(part))
        elif part in known:
            parts.append(f"(?P={part})")
        else:
            known.add(part)
            parts.append(f"(?P<{part}>.+?)")
    return re.compile("".join(parts), re.DOTALL)


def _chosen() -> str:
    if request.path.startswith(("/console", "/vendor")):
        asked = request.cookies.get(STAFF_COOKIE)
    elif request.path.startswith(STAFF):
        return DEFAULT
    else:
        asked = request.args.get("lang") or request.cookies.get(COOKIE)
    return asked if asked in LANGUAGES else DEFAULT
