"""The service: cards for people, records for machines, a question back where the vehicle is open."""

from datetime import date

import pytest

from motcua.services.contract import Asker, Question
from motcua.services.traffic_fine import SERVICE


def ask(line: str, **asker):
    return SERVICE.ask(Question({"question": line}, date(2026, 11, 26), Asker(**asker)))


def test_a_card_says_fine_points_people_and_article():
    card = ask("vượt đèn đỏ xe máy").cards[0]

    assert dict(card.facts) == {
        "Mức phạt": "4.000.000 – 6.000.000 đồng",
        "Trừ điểm bằng lái": "4 điểm",
        "Áp dụng cho": "Người lái xe mô tô, xe gắn máy (xe máy)",
        "Căn cứ": "Điều 7 khoản 7 điểm c Nghị định 168/2024/NĐ-CP",
    }
    assert card.source.as_of == date(2025, 1, 21)


def test_a_record_has_what_the_command_promises():
    record = ask("vượt đèn đỏ xe máy").cards[0].record

    assert record["article"] == "Điều 7 khoản 7 điểm c"
    assert (record["fine_min_vnd"], record["fine_max_vnd"], record["points"]) == (4_000_000, 6_000_000, 4)
    assert record["text"] == "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông"
    assert (record["article_number"], record["clause"], record["point"]) == (7, 7, "c")


def test_without_a_vehicle_both_are_offered():
    reply = ask("vượt đèn đỏ")

    assert reply.kind == "choices"
    assert [choice.label for choice in reply.choices] == ["Xe máy", "Ô tô"]
    assert ask(reply.choices[1].values["question"]).cards[0].record["article_number"] == 6


def test_where_only_one_vehicle_can_be_meant_nobody_is_asked():
    assert ask("không thắt dây an toàn").kind == "match"


def test_organisations_pay_their_own_fine():
    assert ("Tổ chức", "4.000.000 – 6.000.000 đồng") in ask("bán quán lấn chiếm vỉa hè").cards[0].facts


def test_too_slow_to_be_fined_is_said():
    reply = ask("quá tốc độ 3 km/h xe máy")

    assert (reply.kind, reply.cards) == ("none", ())
    assert "dưới 5 km/h" in reply.text


def test_nobody_is_fined_for_no_alcohol():
    assert "không bị phạt" in ask("nồng độ cồn 0 xe máy").text


def test_what_is_not_in_the_decree_says_how_to_ask():
    reply = ask("công thức nấu phở bò")

    assert reply.kind == "none"
    assert "Xin viết" in reply.text


def test_a_provision_that_begins_later_says_when():
    before = SERVICE.ask(Question({"question": "trẻ em ngồi ghế trước ô tô"}, date(2025, 6, 1)))

    assert ("Có hiệu lực từ", "01/01/2026") in before.cards[0].facts
    assert "Có hiệu lực từ" not in dict(ask("trẻ em ngồi ghế trước ô tô").cards[0].facts)


def test_labels_are_english_for_whoever_reads_english():
    assert "Fine" in dict(ask("vượt đèn đỏ xe máy", language="en").cards[0].facts)


@pytest.mark.parametrize(
    "line",
    ["vượt đèn đỏ xe máy phạt bao nhiêu", "không đội mũ bảo hiểm bị phạt mấy triệu", "chạy ngược chiều"],
)
def test_a_line_of_chat_that_surely_asks_for_a_fine_is_claimed(line):
    assert SERVICE.hears(line) == {"question": line}


@pytest.mark.parametrize(
    "line",
    [
        "đăng ký kết hôn",
        "đổi bằng lái xe hết hạn",
        "cấp lại đăng ký xe",
        "làm hộ chiếu",
        "đăng ký xe máy mới",
        "chào",
        "chậm đăng ký khai sinh bị phạt bao nhiêu",
        "đăng ký tạm trú muộn có bị phạt không",
        "khai sinh cho con",
        "xây nhà không phép bị phạt bao nhiêu",
        "bằng lái hết hạn đổi ở đâu",
    ],
)
def test_a_question_for_a_procedure_is_left_to_the_search(line):
    assert SERVICE.hears(line) is None


def test_a_guess_says_that_it_is_one():
    assert "Chưa chắc" in ask("tiệm cơ khí bày máy hàn ra hè làm việc").text
    assert ask("vượt đèn đỏ xe máy").text == ""
