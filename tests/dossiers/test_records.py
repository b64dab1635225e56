"""What events bring: supplements, fees, apologies, results, legs, flags."""

from datetime import timedelta

import pytest

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers import finding, flags, intake, records, syncing, workflow
from motcua.dossiers.record_models import DossierResult
from motcua.dossiers.schemas import EventIn
from tests.factories import dossier_data, event_body, make_dossier

pytestmark = pytest.mark.usefixtures("province")

SUPPLEMENT = {
    "items": [{"name": "Giấy khai sinh", "originals": 1}],
    "reason": "Giấy khai sinh bị mờ",
    "respond_by": "2024-12-10T17:00:00+07:00",
    "stage": "appraisal",
}
FEE = {"amount_vnd": 20000, "stage": "intake", "pay_url": "https://dichvucong.gov.vn/nop"}
PAID = {
    "paid_at": "2024-11-26T10:30:00+07:00",
    "amount_vnd": 20000,
    "method": "national",
    "receipt_number": "BL7",
}


def happens(dossier, status: int, hour: int, **given) -> intake.Told:
    body = event_body(status, occurred_at=f"2024-11-26T{hour:02d}:00:00+07:00", **given)
    told = intake.add_event(dossier.code, EventIn().load(body))
    db.session.commit()
    return told


def kinds(dossier) -> list[str]:
    return [flag.kind for flag in flags.open_flags(dossier)]


def test_a_supplement_is_open_until_the_papers_came():
    dossier = make_dossier()

    happens(dossier, 5, 9, supplement=SUPPLEMENT)
    (one,) = records.of(dossier)["supplements"]
    assert (one.requested_at.isoformat(), one.closed_at) == ("2024-11-26T02:00:00+00:00", None)

    happens(dossier, 4, 14)
    (one,) = records.of(dossier)["supplements"]
    assert one.closed_at.isoformat() == "2024-11-26T07:00:00+00:00"
    assert (one.reason, one.stage, one.items[0]["originals"]) == ("Giấy khai sinh bị mờ", "appraisal", 1)


def test_a_request_without_a_list_counts_too_and_gets_its_list_later():
    dossier = make_dossier()
    happens(dossier, 5, 9, note="Thiếu giấy tờ")

    happens(dossier, 5, 10, supplement=SUPPLEMENT)

    (one,) = records.of(dossier)["supplements"]
    assert (one.requested_at.hour, len(one.items)) == (2, 1)


def test_a_second_supplement_warns_the_staff():
    dossier = make_dossier()
    happens(dossier, 5, 9, supplement=SUPPLEMENT)
    happens(dossier, 4, 10)
    assert kinds(dossier) == []

    happens(dossier, 5, 11, supplement=SUPPLEMENT)

    assert kinds(dossier) == ["second_supplement"]
    assert [one.number for one in records.of(dossier)["supplements"]] == [1, 2]


@pytest.mark.parametrize(
    ("stage", "after", "expected"),
    [("reception", 1, True), ("reception", 2, True), ("reception", 4, False),
     ("appraisal", 4, True), ("appraisal", 2, True), ("appraisal", 1, False)],
)  # fmt: skip
def test_a_supplement_returns_to_its_stage(stage, after, expected):
    dossier = make_dossier()
    happens(dossier, 5, 9, supplement=SUPPLEMENT | {"stage": stage})

    told = happens(dossier, after, 10)

    assert told.is_unexpected is not expected


def test_a_late_supplement_is_recorded_without_moving_the_dossier():
    dossier = make_dossier()
    happens(dossier, 9, 15)

    late = happens(dossier, 5, 9, supplement=SUPPLEMENT)

    (one,) = records.of(dossier)["supplements"]
    assert (late.is_late, dossier.status, one.closed_at.hour) == (True, 9, 8)


def test_a_refused_withdrawal_returns_to_where_it_was_and_nowhere_else():
    dossier = make_dossier()
    happens(dossier, 4, 9)
    happens(dossier, 7, 10, reason="Xin rút")

    assert not happens(dossier, 4, 11).is_unexpected

    happens(dossier, 7, 12)
    assert happens(dossier, 6, 13).is_unexpected


def test_a_gap_that_a_late_event_fills_is_no_longer_flagged():
    dossier = make_dossier(status=1)
    jump = happens(dossier, 9, 15)
    assert (jump.is_unexpected, kinds(dossier)) == (True, ["unexpected_step"])

    happens(dossier, 2, 9)

    assert kinds(dossier) == []
    assert not any(event.is_unexpected for event in workflow.line(dossier))


def test_a_fee_is_due_until_it_is_paid():
    dossier = make_dossier()
    happens(dossier, 6, 9, fee=FEE)
    assert dossier.payment_state == "due"

    happens(dossier, 4, 11, fee_paid=PAID)

    (one,) = records.of(dossier)["fees"]
    assert dossier.payment_state == "paid"
    assert (one.amount_vnd, one.paid_vnd, one.method, one.receipt_number) == (20000, 20000, "national", "BL7")


@pytest.mark.parametrize(
    ("fee", "after", "state"),
    [
        (FEE, 4, "paid"),
        (FEE, 8, "none"),
        (FEE | {"stage": "return"}, 9, "due"),
        ({"amount_vnd": 0}, 4, "waived"),
    ],
    ids=["went on", "stopped unpaid", "due at the desk", "waived"],
)
def test_what_becomes_of_a_fee_that_nobody_said_was_paid(fee, after, state):
    dossier = make_dossier()
    happens(dossier, 6, 9, fee=fee)

    happens(dossier, after, 11)

    assert dossier.payment_state == state


def test_a_stopped_dossier_that_was_paid_is_owed_its_money():
    dossier = make_dossier()
    happens(dossier, 6, 9, fee=FEE)
    happens(dossier, 4, 10, fee_paid=PAID)

    happens(dossier, 8, 11, reason="Thửa đất đang tranh chấp")

    assert (dossier.payment_state, dossier.reason) == ("refund_due", "Thửa đất đang tranh chấp")


def apology(hours: str) -> dict:
    return {"reason": "Chờ xác minh", "new_due_at": f"2024-12-02T{hours}:00:00+07:00",
            "signer": {"name": "Đỗ Thị Thanh", "title": "Phó Chủ tịch"}}  # fmt: skip


def test_an_apology_moves_the_date_and_keeps_the_first_promise():
    dossier = make_dossier()

    happens(dossier, 4, 9, apology=apology("10"))

    (one,) = records.of(dossier)["apologies"]
    assert (dossier.due_at.day, dossier.promised_at.day) == (2, 28)
    assert (one.old_due_at, one.new_due_at) == (dossier.promised_at, dossier.due_at)
    assert (one.agency_name, one.signer, one.is_late) == (
        "UBND phường Một, Bình Thuận",
        "Đỗ Thị Thanh",
        False,
    )
    assert kinds(dossier) == []


def test_an_apology_after_the_date_and_a_second_one_are_flagged():
    dossier = make_dossier(due_at="2024-11-26T08:30:00+07:00")

    happens(dossier, 4, 9, apology=apology("10"))
    happens(dossier, 4, 10, apology=apology("16"))

    assert kinds(dossier) == ["apology_late", "second_apology"]


def test_a_result_waits_and_is_handed_over_and_the_receivers_name_is_not_readable():
    dossier = make_dossier()
    happens(
        dossier,
        9,
        9,
        result={"items": [{"name": "Trích lục kết hôn", "issued_on": "2024-11-26"}], "ways": ["post"]},
    )
    assert dossier.handover_state == "waiting"

    happens(dossier, 10, 10, handover={"way": "post", "receiver_name": "Nguyễn Thị Lan", "post_code": "RR1"})

    (one,) = records.of(dossier)["results"]
    stored = db.session.execute(
        db.text("SELECT dossier_result::text || dossier_event::text FROM dossier_result, dossier_event")
    ).scalars()
    assert (dossier.handover_state, one.receiver_name, one.post_code) == ("at_post", "Nguyễn Thị Lan", "RR1")
    assert not any("Nguyễn" in row for row in stored)
    assert one.items[0]["issued_on"] == "2024-11-26"


@pytest.mark.parametrize(("reason", "kind"), [("Sai họ tên", "recalled"), (None, "recalled_without_reason")])
def test_a_recall_is_kept_for_audit_and_takes_the_result_back(reason, kind):
    dossier = make_dossier()
    happens(dossier, 9, 9)

    told = happens(dossier, 4, 10, **({"reason": reason} if reason else {}))

    assert (told.is_unexpected, kinds(dossier)) == (False, [kind])
    assert (dossier.ready_at, dossier.handover_state) == (None, "none")


def test_a_correction_after_handing_over_is_kept_for_audit():
    dossier = make_dossier()
    happens(dossier, 9, 9)
    happens(dossier, 10, 10)

    told = happens(dossier, 9, 11, reason="In sai ngày sinh")

    assert (told.is_unexpected, kinds(dossier), dossier.returned_at) == (False, ["corrected"], None)


def test_agencies_that_share_a_dossier_have_their_own_dates_inside_the_citizens_one():
    dossier = make_dossier()
    happens(dossier, 4, 9, agency_name="Sở Tư pháp",
            step={"name": "Thẩm định", "due_at": "2024-11-27T10:00:00+07:00"})  # fmt: skip
    happens(dossier, 4, 11, agency_name="Công an tỉnh")
    happens(dossier, 9, 12)

    legs = [
        (one.agency_name, one.received_at.hour, one.finished_at.hour) for one in records.of(dossier)["legs"]
    ]
    assert legs == [("UBND phường Một, Bình Thuận", 1, 2), ("Sở Tư pháp", 2, 4), ("Công an tỉnh", 4, 5)]
    assert records.of(dossier)["legs"][1].due_at.day == 27
    assert dossier.due_at.day == 28


def test_a_new_agency_forgets_the_old_ones_department_and_step():
    dossier = make_dossier(department="Phòng Tư pháp", step={"name": "Thẩm tra"})

    happens(dossier, 4, 9, agency_name="Sở Tư pháp")

    assert (dossier.agency_code, dossier.department, dossier.step) == (None, None, None)


def test_one_agency_has_no_legs():
    dossier = make_dossier()

    happens(dossier, 9, 9)

    assert records.of(dossier)["legs"] == []


def test_legs_that_the_source_states_stand_for_those_that_events_show():
    stated = [
        {"agency_name": "Sở Y tế", "due_at": "2024-11-27T10:00:00+07:00"},
        {"agency_code": "ubnd-phuong"},
    ]
    dossier = make_dossier(legs=stated)

    happens(dossier, 4, 9, agency_name="Công an tỉnh")

    assert [one.agency_name for one in records.of(dossier)["legs"]] == [
        "Sở Y tế",
        "UBND phường Một, Bình Thuận",
    ]


def test_a_dossier_is_found_by_its_other_codes_also_of_another_form():
    dossier = make_dossier(aliases=["G09.20-20241126-0092637", "BTP/2024/77"])

    for code in ("g09.20–20241126-0092637", " btp/2024/77", dossier.code):
        assert finding.find(code) is dossier
    happening = EventIn().load(event_body(4))
    assert intake.add_event("BTP/2024/77", happening).dossier is dossier


def test_a_dossier_put_under_its_other_code_is_not_made_twice():
    dossier = make_dossier(aliases=["G09.20-20241126-0092637"])

    again, is_new = intake.put("G09.20-20241126-0092637", dossier_data(summary="Sửa"))

    assert (again is dossier, is_new) == (True, False)


def test_another_dossiers_code_is_refused_as_an_alias():
    make_dossier(aliases=["G09.20-20241126-0092637"])

    with pytest.raises(Invalid) as caught:
        make_dossier(aliases=["G09.20-20241126-0092637"])

    assert "Xin" in caught.value.details["aliases"][0]


def test_a_source_that_names_a_status_which_no_event_had_contradicts_itself():
    dossier = make_dossier()

    intake.put(dossier.code, dossier_data(status=9))

    assert (dossier.status, dossier.sync_state, kinds(dossier)) == (2, "conflict", ["sync_conflict"])
    happens(dossier, 9, 9)
    assert dossier.sync_state == "current"


def test_unfinished_dossiers_that_the_source_is_silent_of_are_marked_stale():
    silent, finished = make_dossier(), make_dossier()
    happens(finished, 9, 9)

    assert syncing.mark_stale(now() + timedelta(hours=1)) == 1
    assert syncing.mark_stale(now() + timedelta(hours=1)) == 0

    assert (silent.sync_state, finished.sync_state) == ("stale", "current")
    happens(silent, 4, 9)
    assert silent.sync_state == "current"


def test_a_corrected_due_date_of_the_same_event_is_taken():
    stated = {"status": 2, "status_at": "2024-11-26T08:00:00+07:00"}
    dossier = make_dossier(**stated)

    intake.put(dossier.code, dossier_data(due_at="2024-12-02T10:00:00+07:00", **stated))

    assert (dossier.due_at.day, len(workflow.line(dossier))) == (2, 1)


def test_the_same_event_again_may_bring_what_its_first_telling_left_out():
    dossier = make_dossier()
    happens(dossier, 9, 9)

    more = happens(dossier, 9, 9, result={"items": [{"name": "Trích lục"}]})
    again = happens(dossier, 9, 9, result={"items": [{"name": "Trích lục"}]})

    assert (more.known, again.known) == (False, True)
    assert db.session.scalar(db.select(db.func.count()).select_from(DossierResult)) == 1


def test_staff_close_a_flag_and_it_stays_closed():
    dossier = make_dossier(status=1)
    happens(dossier, 10, 9)
    (flag,) = flags.open_flags(dossier)
    assert flags.listed("unexpected_step") == [(flag, dossier)]

    flags.close(flag.id, 7, "Đã hỏi đơn vị")
    happens(dossier, 9, 11)
    happens(dossier, 4, 8)

    assert flag not in flags.open_flags(dossier)


def test_a_dossier_from_before_there_was_a_workflow_keeps_all_it_knew():
    dossier = make_dossier(department="Phòng Tư pháp", pickup={"place": "Quầy 3"})
    happens(dossier, 4, 12, department="Văn phòng")
    dossier.snapshot = None
    db.session.execute(db.text("UPDATE dossier_event SET said = '{}'"))
    db.session.commit()

    happens(dossier, 4, 10, department="Một cửa")

    assert (dossier.department, dossier.pickup_place, dossier.due_at.day) == ("Văn phòng", "Quầy 3", 28)
    assert (dossier.received_at.hour, dossier.promised_at.day) == (1, 28)
