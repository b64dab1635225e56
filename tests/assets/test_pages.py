"""Style sheets, icons and scripts as browsers fetch them."""

import gzip
import re
from dataclasses import replace

import pytest

from motcua.app import create_app
from motcua.assets import files
from motcua.core.errors import Misconfigured, NotFound


def address(name: str) -> str:
    return f"/assets/{files.asset(name).mark}/{name}"


@pytest.mark.parametrize("name", files.SOURCES)
def test_a_file_is_kept_for_ever_and_comes_packed(app, name):
    answer = app.test_client().get(address(name), headers={"Accept-Encoding": "gzip, br"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.vary
    assert gzip.decompress(answer.data) == files.asset(name).content
    assert answer.content_type == files.TYPES[name[name.rindex(".") :]]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0"])
def test_a_client_that_cannot_unpack_gets_it_as_it_is(app, accepts):
    answer = app.test_client().get(address("shell.css"), headers={"Accept-Encoding": accepts})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == files.asset("shell.css").content


@pytest.mark.parametrize(
    "path",
    [
        "/assets/1.0.0-0123456789/tabler.css",
        "/assets/x/package-lock.json",
        "/assets/x/..%2Fpackage.json",
        "/assets/x/axe.min.js",
        "/assets/x/node_modules/echarts/dist/echarts.min.js",
    ],
)
def test_nothing_else_is_served(app, path):
    assert app.test_client().get(path).status_code == 404


def test_the_address_changes_with_the_content(tmp_path, monkeypatch):
    before = files.asset("shell.css").mark
    changed = tmp_path / "shell.css"
    changed.write_text("body { color: red }")
    monkeypatch.setitem(files.SOURCES, "shell.css", replace(files.SOURCES["shell.css"], path=changed))

    after = files.asset.__wrapped__("shell.css").mark

    assert before != after
    with pytest.raises(NotFound):
        files.asset.__wrapped__("nothing.css")


def test_every_icon_of_the_list_is_in_the_one_small_file():
    sprite = files.asset("icons.svg").content.decode()

    assert re.findall(r'<symbol id="([^"]+)"', sprite) == list(files.ICONS)
    assert len(files.asset("icons.svg").packed) < 10_000


def test_without_the_packages_the_application_says_what_to_run(settings, monkeypatch, tmp_path):
    gone = replace(files.SOURCES["echarts.js"], path=tmp_path / "echarts.min.js")
    monkeypatch.setitem(files.SOURCES, "echarts.js", gone)

    with pytest.raises(
        Misconfigured, match=r"Chưa có các tệp giao diện \(echarts\.js\)\. Xin chạy `make assets`"
    ):
        create_app(settings)
