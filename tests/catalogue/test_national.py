"""The national base is taken whole or not at all, and every fault has its place."""

import copy

import pytest

from motcua.catalogue.national import read_national
from motcua.tenancy.problems import FolderInvalid


def faults_of(folder) -> list[tuple[int, str]]:
    with pytest.raises(FolderInvalid) as refused:
        read_national(folder)
    for problem in refused.value.problems:
        assert problem.remedy.startswith("Xin"), problem
    return [(problem.line, problem.field) for problem in refused.value.problems]


def test_a_right_file_gives_its_procedures(national_folder, procedure):
    folder = national_folder(procedure, procedure | {"code": "1.001193"})

    assert [facts.code for facts in read_national(folder)] == ["1.000894", "1.001193"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("code",), "1000894", "code"),
        (("name",), "  ", "name"),
        (("levels",), ["tỉnh"], "levels"),
        (("online",), 1, "online"),
        (("url",), "javascript:alert(1)", "url"),
        (("papers",), "Tờ khai", "papers"),
        (("papers", 1, "kind"), "giấy", "papers[2].kind"),
        (("papers", 0, "originals"), 20261, "papers[1].originals"),
        (("papers", 0, "copies"), True, "papers[1].copies"),
        (("channels", 0, "channel"), "fax", "channels[1].channel"),
        (("channels", 0, "time", "unit"), "week", "channels[1].time.unit"),
        (("channels", 0, "time", "value"), 0, "channels[1].time.value"),
        (("channels", 0, "time", "hours"), 3, "channels[1].time.hours"),
        (("nam",), "x", "nam"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(national_folder, procedure, path, value, field):
    wrong = copy.deepcopy(procedure) | {"code": "1.001193"}
    at = wrong
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value

    assert faults_of(national_folder(procedure, wrong)) == [(2, field)]


def test_every_fault_is_reported_at_once(national_folder, procedure):
    missing = {name: value for name, value in procedure.items() if name != "papers"} | {"code": "1.000002"}
    folder = national_folder(procedure, "{", missing, procedure, "[]", "")

    assert faults_of(folder) == [(2, ""), (3, "papers"), (4, "code"), (5, ""), (6, "")]


def test_a_code_in_two_files_names_the_first_place(national_folder, procedure):
    national_folder(procedure, name="a.jsonl")
    folder = national_folder(procedure, name="b.jsonl")

    with pytest.raises(FolderInvalid) as refused:
        read_national(folder)

    assert "_national/procedures/b.jsonl, dòng 1, mục code" in refused.value.message
    assert "đã có ở _national/procedures/a.jsonl, dòng 1" in refused.value.message


def test_a_folder_without_files_and_a_file_in_another_encoding_are_refused(tmp_path, national_folder):
    assert faults_of(tmp_path / "_national") == [(None, "")]

    folder = national_folder("{}")
    (folder / "procedures" / "bo-tu-phap.jsonl").write_bytes(b'{}\n{"name": "\xd0"}')

    assert faults_of(folder) == [(2, "")]
