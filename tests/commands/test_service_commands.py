"""`motcua service`: a table from the file to the answer, as an operator types it."""

import json

import pytest

from motcua.core.database import db, tenant_scope
from motcua.services import data, switching
from tests.commands.test_cli import motcua  # noqa: F401
from tests.factories import make_province
from tests.installing import LINES

AT = ("--tenant", "binh-thuan")


@pytest.fixture
def sheet(tmp_path):
    file = tmp_path / "gio-xe.csv"
    file.write_text(LINES, "utf-8")
    return file


@pytest.fixture
def service(motcua, buses):  # noqa: F811
    make_province("binh-thuan")
    return lambda *words, **options: motcua("service", *words, **options)


def states(buses) -> list[str]:
    with tenant_scope("binh-thuan"):
        return [one.state for one in data.versions(buses)]


def test_a_file_is_checked_loaded_published_asked_and_taken_back(service, buses, sheet):
    checked = service("check", "buses", str(sheet))
    loaded = service("load", "buses", str(sheet), *AT, "--document", "Thông báo 12", "--from", "01/01/2025")
    asked_too_early = service("ask", "buses", *AT, input="xe buýt chợ đầm\n")
    published = service("publish", "buses", "1", *AT)
    asked = service("ask", "buses", *AT, input="xe buýt chợ đầm\nbến xe\n")
    undone = service("publish", "buses", "1", *AT, "--undo")
    back = states(buses)
    service("publish", "buses", "1", *AT)

    assert "3 dòng, không có lỗi" in checked.output
    assert "Bản 1: 3 dòng, chưa công bố (motcua service publish buses 1)" in loaded.output
    assert json.loads(asked_too_early.stdout)["kind"] == "none"
    assert published.stdout == "Đã công bố.\n"
    lines = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [(one["query"], one["kind"], len(one["results"])) for one in lines] == [
        ("xe buýt chợ đầm", "match", 2),
        ("bến xe", "match", 1),
    ]
    assert lines[0]["results"][0] == {"route": "1", "stop": "Chợ Đầm", "leaves_at": "05:30", "fare": 7000}
    assert "Đã thu lại. Người dân không còn câu trả lời" in undone.output
    assert "motcua service publish buses 1 --tenant binh-thuan" in undone.output
    assert back == ["retired"]
    assert states(buses) == ["published"]


def test_a_second_field_is_answered_beforehand(service, plates):
    with_kind = service(
        "ask", "plates", *AT, "--value", "kind=car", "--value", "plate=86A-123.45", input="x\n"
    )
    without = service("ask", "plates", *AT, input="86A-123.45\n")
    unknown = service("ask", "plates", *AT, "--value", "colour=red", input="x\n")

    assert json.loads(with_kind.stdout)["kind"] == "match"
    assert json.loads(without.stdout)["kind"] == "none"
    assert unknown.exit_code == 1
    assert "Mục này không có ô “colour”. Xin dùng một trong: kind, plate." in unknown.stderr


def test_a_wrong_file_is_told_place_by_place_and_ends_with_1(service, buses, sheet):
    sheet.write_text(LINES + "9;;25h99;x\n", "utf-8")

    for words in (("check", "buses", str(sheet)), ("load", "buses", str(sheet), *AT, "--publish")):
        refused = service(*words)
        assert refused.exit_code == 1
        assert "Dòng 5, cột C (Giờ đi): “25h99”:" in refused.stderr
        assert "chưa nạp gì" in refused.stderr
    assert states(buses) == []


def test_what_a_toml_beside_the_file_says_is_kept_and_options_win(service, buses, sheet):
    sheet.with_suffix(".toml").write_text(
        'document = "Từ tệp"\nas_of = 2025-01-01\nofficial = true\n', "utf-8"
    )

    service("load", "buses", str(sheet), *AT, "--document", "Từ dòng lệnh", "--unofficial", "--publish")

    with tenant_scope("binh-thuan"):
        [version] = data.versions(buses)
    assert (version.document, str(version.as_of), version.is_official, version.state) == (
        "Từ dòng lệnh",
        "2025-01-01",
        False,
        "published",
    )


def test_the_list_names_broken_packages_and_a_provinces_state(service, installed, buses, sheet):
    installed.add("broken_package", "import nothing_of_this_name", {"broken": "broken_package:Broken"})
    service("load", "buses", str(sheet), *AT, "--publish")

    everywhere, here = service("list"), service("list", *AT)

    assert "buses\tbus_package 1.0\tGiờ xe buýt" in everywhere.output
    assert "broken\tbroken_package 1.0\tKHÔNG DÙNG ĐƯỢC" in everywhere.output
    assert "buses\tđóng\tdữ liệu" in here.output
    assert "\t1\tpublished\t–\tgio-xe.csv\t3" in here.output


@pytest.mark.parametrize(
    "words",
    [("ask", "lottery", *AT), ("ask", "buses", "--tenant", "hue"), ("publish", "buses", "99", *AT)],
    ids=["service", "province", "version"],
)
def test_what_is_not_there_is_a_sentence_with_the_remedy(service, words):
    refused = service(*words)

    assert refused.exit_code == 1
    assert "Xin" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_the_console_changed_stands_in_the_difference(service, motcua, buses):  # noqa: F811
    with tenant_scope("binh-thuan"):
        switching.change("buses", True, {"operator": "Phương Trang"}, "Hà")
        db.session.commit()

    told = motcua("tenant", "diff", "binh-thuan").output

    assert "buses\tservice.on\tfalse → true\tconsole, Hà" in told
    assert 'buses\tservice.operator\tnull → "Phương Trang"\tconsole, Hà' in told
