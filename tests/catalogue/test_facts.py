"""How a procedure is told to people, and that it survives the way through JSON."""

import pytest

from motcua.catalogue.facts import (
    Channel,
    Duration,
    ProcedureFacts,
    describe_fee,
    describe_time,
    parse_duration,
)


def channel(fee: str = "", fee_note: str = "", time: str = "", name: str = "counter") -> Channel:
    return Channel(name, parse_duration(time), fee, fee_note, "")


@pytest.mark.parametrize(
    ("fee", "note", "described"),
    [
        ("Miễn phí", "", "Miễn phí"),
        ("Miễn phí", "8.000.000/lần", "Miễn phí. Ghi chú: 8.000.000/lần"),
        ("Phí: 0 đồng", "do HĐND tỉnh quy định", "Phí: 0 đồng. Ghi chú: do HĐND tỉnh quy định"),
        ("1,234,567 Việt Nam Đồng", "", "1.234.567 đồng"),
        ("50.000 đồng", "mỗi hồ sơ", "50.000 đồng (mỗi hồ sơ)"),
        ("2,000 VNĐ", "/trang", "2.000 đồng/trang"),
        ("10 USD", "", "10 USD"),
        ("", "do HĐND tỉnh quy định", "do HĐND tỉnh quy định"),
        ("", "", "Nguồn không nêu phí, lệ phí"),
        ("20 VNĐ", "", "Có thu; nguồn ghi “20 VNĐ”, không rõ số tiền"),
    ],
)
def test_a_fee_is_told_with_its_note_and_never_more_certainly_than_the_source(fee, note, described):
    assert describe_fee(channel(fee, note)) == described


def test_a_time_without_a_unit_says_so():
    assert describe_time(channel(time="1")) == "1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"


def test_papers_are_told_apart_from_guidance(procedure):
    facts = ProcedureFacts.from_json(procedure)

    assert [paper.name for paper in facts.papers_required()] == ["Tờ khai"]
    assert facts.guidance() == ("Lưu ý",)


def test_cases_with_different_times_are_all_told(procedure):
    first = procedure["channels"][0]
    procedure["channels"] = [
        first | {"time": Duration("5 ngày", 5, "day").to_json()},
        first,
        first,
        first | {"channel": "online"},
    ]
    facts = ProcedureFacts.from_json(procedure)

    assert (
        facts.describe_time_for("counter") == "5 ngày; hoặc 1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"
    )
    assert facts.describe_time_for("post") is None
    assert facts.describe_fee_for("online").startswith("Miễn phí. Ghi chú: ")


def test_a_procedure_comes_back_from_json_as_it_was(procedure):
    assert ProcedureFacts.from_json(procedure).to_json() == procedure
