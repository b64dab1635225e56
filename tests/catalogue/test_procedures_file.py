"""procedures.csv: a province's own list, checked against the national base and its agencies."""

import pytest

from motcua.catalogue.procedures_file import ProcedureRow, read_procedures
from motcua.tenancy.problems import FolderInvalid

NATIONAL = {"1.000894", "1.001193", "2.002622"}
AGENCIES = {"so-tu-phap", "cong-an-tinh"}
HEADER = "code,agency,enabled,name,fee,fee_note,time,desk,note\n"


def refusal_of(file):
    with pytest.raises(FolderInvalid) as refused:
        read_procedures(file, NATIONAL, AGENCIES)
    return refused.value


def test_both_forms_of_the_code_are_taken_and_the_suffix_is_kept(csv_file):
    text = (
        HEADER
        + "1.000894.000.00.00.H11,commune,1,,,,1 ngày làm việc,,\n2.002622.h56,so-tu-phap,0,,,,,,\n1.001193,,,,,,,,\n"
    )

    assert read_procedures(csv_file("procedures.csv", text), NATIONAL, AGENCIES) == [
        ProcedureRow("1.000894", ".000.00.00.H11", "commune", True, {"time": "1 ngày làm việc"}),
        ProcedureRow("2.002622", ".H56", "so-tu-phap", False, {}),
        ProcedureRow("1.001193", None, None, True, {}),
    ]


def test_only_the_code_is_needed(csv_file):
    rows = read_procedures(csv_file("procedures.csv", "code\n1.000894\n"), NATIONAL, AGENCIES)

    assert rows == [ProcedureRow("1.000894", None, None, True, {})]


def test_planted_faults_are_all_reported_with_their_lines(csv_file):
    text = HEADER + "1.000894,,1,,,,,,\n"
    text += "1.000894.H11,,1,,,,,,\n"  # 3: the same procedure
    text += "1.000895,,1,,,,,,\n"  # 4: unknown
    text += "ket-hon,,1,,,,,,\n"  # 5: not a code
    text += "1.001193,so-tu-phat,yes,,,,,,\n"  # 6: unknown agency, neither 1 nor 0
    text += "2.002622,,1,,+1000,,,,\n"  # 7: a formula

    refusal = refusal_of(csv_file("procedures.csv", text))

    assert [(problem.line, problem.field) for problem in refusal.problems] == [
        (3, "code"),
        (4, "code"),
        (5, "code"),
        (6, "agency"),
        (6, "enabled"),
        (7, "fee"),
    ]
    assert "Có phải là 1.000894?" in refusal.message
    assert "Có phải là so-tu-phap?" in refusal.message
    assert refusal.code == "folder_invalid"
    assert refusal.status == 422


def test_twenty_thousand_wrong_rows_are_refused_in_seconds(csv_file):
    text = HEADER + "".join(f"9.{number:06},,1,,,,,,\n" for number in range(20_000))

    assert len(refusal_of(csv_file("procedures.csv", text)).problems) == 20_000
