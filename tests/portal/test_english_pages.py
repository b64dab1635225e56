"""Nothing on an English page is Vietnamese without saying so."""

import re
from html.parser import HTMLParser

import pytest

from tests import public_site

HOST = {"Host": "binh-thuan.localhost"}
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
EMPTY = frozenset({"input", "img", "br", "meta", "link", "path", "rect", "circle"})


class Spoken(HTMLParser):
    """`unmarked`: texts of the body with letters that English lacks, where the page's language holds."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.unmarked: list[str] = []
        self._languages: list[str] = []
        self._in_body = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._in_body = self._in_body or tag == "body"
        if tag not in EMPTY:
            inherited = self._languages[-1] if self._languages else ""
            self._languages.append(dict(attrs).get("lang") or inherited)

    def handle_endtag(self, tag):
        if tag not in EMPTY and self._languages:
            self._languages.pop()

    def handle_data(self, data):
        if self._in_body and self._languages[-1] == "en" and VIETNAMESE.search(data):
            self.unmarked.append(data.strip())


@pytest.mark.timeout(300)
def test_every_public_page_in_english_marks_what_is_vietnamese(app, province):
    site = public_site.build()
    visitor = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        for token in site.proofs:
            visitor.post(f"/t/{token}/proof", data={"digits": public_site.DIGITS}, headers=HOST)
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    visitor.get("/?lang=en", headers=HOST)

    left = {}
    for name, path in (site.paths | site.proven).items():
        page = visitor.get(path, headers=HOST).get_data(as_text=True)
        assert '<html lang="en">' in page, name
        if unmarked := Spoken(page).unmarked:
            left[name] = unmarked

    assert left == {}
