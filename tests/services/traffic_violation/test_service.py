"""Whoever asks learns whether there are violations; only the owner learns which, when and where."""

import pytest
from sqlalchemy import text

from motcua.core import json_calls
from motcua.core.attempts import MOST_WRONG
from motcua.core.database import tenant_scope
from motcua.services.contract import QuestionRefused, ServiceUnavailable
from motcua.services.traffic_violation import cards
from motcua.services.traffic_violation.records import plain_behaviour
from tests.factories import make_province
from tests.services.province_api import SECRET
from tests.services.traffic_violation.conftest import OPEN, SETTLED

FRAME, ENGINE = "12345", "99887"
ANSWER = {
    "as_of": "2026-11-25",
    "chassis_last": "012345",
    "engine_last": None,
    "violations": [
        {
            "occurred_at": "15:39, 30/12/2025",
            "place": "Đường Thử",
            "behaviour": "Vượt đèn đỏ",
            "status": "Chưa xử phạt",
        }
    ],
}


def everything_said(reply) -> str:
    return repr(reply)


def test_without_a_proof_only_the_count_is_told(leave_violations, ask):
    leave_violations(OPEN, SETTLED)

    reply = ask("43A-000.01")

    assert reply.cards[0].title == "Có 1 vi phạm chưa xử phạt"
    assert "Đường Thử Nghiệm" not in everything_said(reply)
    assert "30/12" not in everything_said(reply)
    assert "43A00001" not in repr(reply.cards)


def test_a_plate_without_violations_is_told_so(leave_violations, ask):
    leave_violations(OPEN)

    assert ask("43A-999.99").cards[0].title == "Không có vi phạm chưa xử phạt"


@pytest.mark.parametrize("proof", [FRAME, ENGINE, "RLHZZ0000000012345", " 12 345 "])
def test_the_owner_sees_each_violation_open_ones_first(leave_violations, ask, proof):
    leave_violations(SETTLED, OPEN)

    first, second = ask("43a00001", proof, "1").cards

    assert first.title == "Không chấp hành hiệu lệnh của đèn tín hiệu giao thông"
    facts = dict(first.facts)
    assert (facts["Thời gian"], facts["Địa điểm"]) == ("15:39, 30/12/2025", "Đường Thử Nghiệm")
    assert facts["Nơi giải quyết"] == "1. Đội thử\nĐịa chỉ: số 1"
    assert dict(second.facts)["Trạng thái"] == "Đã xử phạt"


def test_the_proof_may_stand_behind_the_plate(leave_violations, ask):
    leave_violations(OPEN)

    assert ask("43A-000.01 12345").cards[0].record["place"] == "Đường Thử Nghiệm"


def test_words_behind_the_plate_are_no_proof(leave_violations, ask):
    leave_violations(OPEN)

    assert ask("43A-000.01 số khung").cards[0].record["proven"] is False
    assert ask("xe 43A-000.01 số khung RLHZZ0000000012345").cards[0].record["place"] == "Đường Thử Nghiệm"


def test_the_way_on_leads_to_the_question_for_the_proof(leave_violations, ask):
    leave_violations(OPEN)
    (way_on,) = ask("43A-000.01").choices

    with pytest.raises(QuestionRefused) as refused:
        ask(way_on.values["plate"], way_on.values["proof"], way_on.values["vehicle_kind"])

    assert "proof" in refused.value.details


def test_a_wrong_plate_and_a_wrong_proof_get_the_same_answer(leave_violations, ask):
    leave_violations(OPEN)

    assert ask("43A-000.01", "54321") == ask("43A-777.77", "12345")


def test_anothers_proof_does_not_open_a_plate(leave_violations, ask):
    leave_violations(OPEN, OPEN.replace("000.01", "000.02").replace("12345", "67890"))

    assert ask("43A-000.02", FRAME).text == cards.NOT_PROVEN


def test_after_five_wrong_proofs_even_the_right_one_waits(leave_violations, ask):
    leave_violations(OPEN)
    for _ in range(MOST_WRONG):
        ask("43A-000.01", "00000")

    with pytest.raises(QuestionRefused, match="Xin đợi"):
        ask("43A-000.01", FRAME)
    with pytest.raises(QuestionRefused, match="Xin đợi"):
        ask("43A-000.01", FRAME, citizen_id=8)


def test_right_proofs_do_not_use_up_tries(leave_violations, ask):
    leave_violations(OPEN)
    for _ in range(MOST_WRONG + 2):
        assert ask("43A-000.01", FRAME).kind == "match"


def test_nobody_reads_plates_in_a_row(leave_violations, ask):
    leave_violations(OPEN)

    with pytest.raises(QuestionRefused, match="Xin đợi"):
        for number in range(50):
            ask(f"43A-000.{number:02d}")


def test_a_plate_of_either_vehicle_is_asked_back(leave_violations, ask):
    leave_violations(OPEN)
    reply = ask("43A00001")

    assert (reply.kind, [one.label for one in reply.choices]) == ("choices", ["Ô tô", "Xe máy"])
    assert ask(plate="43A00001", kind=reply.choices[1].values["vehicle_kind"]).cards[0].record == {
        "has_violations": False, "open_count": 0, "proven": False,
    }  # fmt: skip


def test_what_is_no_plate_is_refused_with_an_example(leave_violations, ask):
    with pytest.raises(QuestionRefused, match=r"43A-123\.45"):
        ask("xe của tôi")


def test_without_data_the_police_page_is_named(ask):
    (card,) = ask("43A-000.01").cards

    assert card.link.startswith("https://www.csgt.vn/")


def test_another_provinces_file_says_nothing_here(leave_violations, ask):
    leave_violations(OPEN)
    make_province("binh-thuan")
    with tenant_scope("binh-thuan"):
        assert ask("43A-000.01").cards[0].link == cards.OFFICIAL_URL


def test_nothing_of_a_file_lies_in_clear(leave_violations, ask, report_engine):
    place = leave_violations(OPEN)
    with report_engine.connect() as connection:
        kept = repr(connection.execute(text("SELECT * FROM service_source_row")).all())

    assert not any(secret in kept for secret in ("43A00001", "43A-000.01", "12345", "Thử Nghiệm"))
    assert not list(place.rglob("*20261125.csv"))


def test_a_faulty_file_changes_nothing_and_says_where_without_values(leave_violations, ask):
    leave_violations(OPEN)
    place = leave_violations(
        OPEN.replace("43A-000.01", "BIEN-SAI"), SETTLED.replace(",1,", ",9,"), name="b.csv"
    )

    (report,) = (place / "failed").glob("*.report.csv")
    said = report.read_text("utf-8-sig")
    assert "2,plate," in said
    assert "3,vehicle_kind," in said
    assert "BIEN-SAI" not in said
    assert ask("43A-000.01").cards[0].record["open_count"] == 1


def test_the_newest_file_counts_alone(leave_violations, ask):
    leave_violations(OPEN)
    leave_violations(OPEN.replace("000.01", "000.02"), name="vi-pham-20261126.csv")

    assert ask("43A-000.01").cards[0].record["has_violations"] is False
    assert ask("43A-000.02").cards[0].source.as_of.isoformat() == "2026-11-26"


class TestTheApi:
    def test_it_is_asked_signed_and_not_by_its_address(self, api, ask):
        api.answers["/api/violations"] = ANSWER

        reply = ask("43A-000.01", FRAME, settings=api.settings)

        assert api.asked == [("/api/violations", {"plate": "43A00001", "vehicle_kind": "1"})]
        assert reply.cards[0].record["place"] == "Đường Thử"

    def test_a_wrong_secret_is_no_answer(self, api, ask):
        with pytest.raises(ServiceUnavailable):
            ask("43A-000.01", settings=api.settings | {"api_secret": SECRET + "!"})
        assert api.asked == []

    def test_an_unknown_vehicle_has_no_violation(self, api, ask):
        assert ask("43A-000.01", settings=api.settings).cards[0].record["open_count"] == 0

    def test_a_short_outage_is_not_noticed(self, api, ask):
        api.answers["/api/violations"] = ANSWER
        api.faults = [503, b"{"]

        assert ask("43A-000.01", settings=api.settings).cards[0].record["open_count"] == 1

    @pytest.mark.parametrize(
        "fault",
        [500, 403, b"[]", b"{}", b'{"violations": [{"status": "?"}]}'],
        ids=["500", "403", "list", "{}", "status"],
    )
    def test_what_cannot_be_read_is_no_answer(self, api, ask, fault):
        api.faults = [fault] * json_calls.TRIES

        with pytest.raises(ServiceUnavailable):
            ask("43A-000.01", settings=api.settings)

    def test_one_that_hangs_is_given_up_in_time(self, api, ask, monkeypatch):
        monkeypatch.setattr("motcua.services.sources.signed_rest.TOTAL_S", 0.1)
        api.faults = ["slow"] * json_calls.TRIES

        with pytest.raises(ServiceUnavailable):
            ask("43A-000.01", settings=api.settings)

    def test_plain_http_to_another_machine_is_refused(self, ask):
        with pytest.raises(ServiceUnavailable):
            ask("43A-000.01", settings={"api_url": "http://province.invalid", "api_secret": "x"})

    def test_an_owner_without_violations_is_told_so(self, api, ask):
        api.answers["/api/violations"] = ANSWER | {"violations": []}

        assert ask("43A-000.01", FRAME, settings=api.settings).cards[0].record["open_count"] == 0


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("12321.5.5.a.01.Không chấp hành", "Không chấp hành"),
        ("Không chấp hành", "Không chấp hành"),
        ("5 xe. Dừng sai", "5 xe. Dừng sai"),
        ("12321.5.5.a.01.", "12321.5.5.a.01."),
    ],
)
def test_the_legal_code_before_a_behaviour_is_not_shown(said, plain):
    assert plain_behaviour(said) == plain
