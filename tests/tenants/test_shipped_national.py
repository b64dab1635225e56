"""The national base that we ship: complete, and the known faults of its source handled."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from motcua.catalogue.facts import describe_fee, describe_time
from motcua.catalogue.fees import FREE
from motcua.catalogue.national import read_national

NATIONAL = Path(__file__).resolve().parents[2] / "tenants" / "_national"


@pytest.fixture(scope="module")
def procedures():
    return {facts.code: facts for facts in read_national(NATIONAL)}


@pytest.fixture(scope="module")
def channels(procedures):
    return [channel for facts in procedures.values() for channel in facts.channels]


def rows_of(name: str) -> list[dict[str, str]]:
    with (NATIONAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_2849_procedures_of_the_ministries_we_have(procedures):
    assert Counter(facts.issuing_agency for facts in procedures.values()) == {
        "Bộ Tài chính": 706,
        "Bộ Nông nghiệp và Môi trường": 537,
        "Bộ Xây dựng": 525,
        "Bộ Công an": 339,
        "Bộ Tư pháp": 271,
        "Ngân hàng Nhà nước Việt Nam": 261,
        "Bộ Quốc phòng": 202,
        "": 5,
        "Tòa án nhân dân": 3,
    }
    assert len(procedures) == 2849


def test_each_file_is_sorted_and_compact():
    for file in (NATIONAL / "procedures").glob("*.jsonl"):
        lines = file.read_text("utf-8").splitlines()
        codes = [line[9:17] for line in lines]
        assert codes == sorted(codes)
        assert not any(re.search(r'"(?:code|name|papers)": ', line) for line in lines)


def test_marriage_has_its_real_papers_and_times(procedures):
    marriage = procedures["1.000894"]

    openings = [paper.name.split(",")[0][:40] for paper in marriage.papers_required()]

    assert marriage.name == "Thủ tục đăng ký kết hôn"
    assert [opening.split("/")[0].split(" có giá")[0] for opening in openings] == [
        "Hộ chiếu",
        "Giấy tờ",
        "Mẫu hộ tịch điện tử tương tác đăng ký kế",
        "Tờ khai đăng ký kết hôn theo mẫu",
    ]
    assert len(marriage.guidance()) > 10
    assert marriage.describe_time_for("counter") == "1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"
    assert "281/2016/TT-BTC" in marriage.describe_fee_for("counter")
    assert "04/2020/TT-BTP" in marriage.legal_basis
    assert not any(act.endswith(("BTPN", "BTPT", "BTCN")) for act in marriage.legal_basis)


def test_seventeen_pages_of_another_procedure_have_no_details(procedures):
    bare = [facts for facts in procedures.values() if not facts.has_details]

    assert len(bare) == 17
    assert all("another procedure" in facts.source for facts in bare)
    assert not any(facts.channels or facts.papers or facts.results for facts in bare)


def test_no_time_is_given_a_unit_that_its_text_lacks(channels):
    bare = [channel for channel in channels if channel.time.value and channel.time.unit is None]

    assert len(bare) == 750
    assert all(re.fullmatch(r"[0-9]+(-[0-9]+)?", channel.time.text) for channel in bare)
    assert all("không nêu đơn vị" in describe_time(channel) for channel in bare)


def test_no_sum_of_money_stands_as_a_time(channels):
    assert not [channel for channel in channels if re.search(r"\d,\d{3}|\d{4}", channel.time.text)]


def test_free_is_never_told_without_its_note(channels):
    free = [channel for channel in channels if FREE.fullmatch(channel.fee) and channel.fee_note]

    assert len(free) > 500
    assert all(channel.fee_note in describe_fee(channel) for channel in free)


def test_a_text_about_money_beside_a_free_fee_is_its_note(channels):
    beside = [channel for channel in channels if FREE.fullmatch(channel.fee) and channel.note]

    assert not [
        channel for channel in beside if re.search(r"lệ phí|\bphí\b|VNĐ", channel.note, re.IGNORECASE)
    ]


def test_notes_stand_in_no_doubled_brackets(channels):
    assert not [channel for channel in channels if channel.fee_note.startswith("((")]


def test_papers_end_in_no_file_name_and_have_no_impossible_counts(procedures):
    papers = [paper for facts in procedures.values() for paper in facts.papers]

    assert Counter(paper.kind for paper in papers) == {"paper": 12_928, "note": 1_119}
    assert not [paper for paper in papers if re.search(r"\.(docx?|pdf|xlsx?|rar)$", paper.name)]
    assert max(paper.originals for paper in papers) < 10


def test_no_legal_act_is_named_twice_or_with_the_next_word(procedures):
    acts = [act for facts in procedures.values() for act in facts.legal_basis]

    assert all(len(set(facts.legal_basis)) == len(facts.legal_basis) for facts in procedures.values())
    assert not [act for act in acts if re.search(r"TT-(BTC|BTP|BCA|BXD|NHNN|BNNMT)[A-ZĐ]+$", act)]
    assert not [act for act in acts if act.endswith("QĐ-TT")]


def test_results_begin_with_their_first_letter(procedures):
    results = [result for facts in procedures.values() for result in facts.results]

    assert not [
        result for result in results if re.match(r"(iấy|ăn bản|uyết định|hông báo|ơ quan|ừ khóa)", result)
    ]


def test_fields_are_counted_from_the_procedures(procedures):
    counted = Counter((facts.issuing_agency, facts.field) for facts in procedures.values())

    assert {
        (row["issuing_agency"], row["field"]): int(row["procedures"]) for row in rows_of("fields.csv")
    } == counted


def test_units_and_codes_are_whole():
    assert len(rows_of("units/provinces_63_to_34.csv")) == 63
    assert len(rows_of("units/wards_new_2025.csv")) == 3321
    assert len(rows_of("units/wards_old_to_new.csv")) == 10_597
    codes = rows_of("agency_codes.csv")
    assert [row["agency_code"] for row in codes] == [f"H{number:02}" for number in range(1, 64)]
    assert Counter(row["status"] for row in codes) == {"unverified": 56, "corroborated": 7}
