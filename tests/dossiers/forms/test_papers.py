"""From a dossier and its line of time to its papers: which there are, what they say, whose names they bear."""

from datetime import UTC, date, datetime

import pytest

from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.dossiers import intake, workflow
from motcua.dossiers.forms import acts, filling, papers, rendering, sets
from motcua.dossiers.schemas import EventIn
from motcua.tenancy import current
from tests.factories import event_body, make_dossier

from .samples import AT, words

pytestmark = pytest.mark.usefixtures("province")

BEFORE, AFTER = "2025-06-30T09:00:00+07:00", "2025-07-01T09:00:00+07:00"
OLD_CODE, NEW_CODE = "000.00.01.H11-250630-0001", "000.00.01.H36-250701-0001"


def kinds_of(dossier) -> list[tuple[str, str]]:
    return [(form.kind, form.number) for form in papers.available(dossier, workflow.line(dossier))]


def happened(dossier, status: int, at: str, **given) -> None:
    intake.add_event(dossier.code, EventIn().load(event_body(status, occurred_at=at, **given)))
    db.session.commit()


def said(dossier, number: str) -> str:
    return words(papers.make(dossier, number, by="Phạm Thu Hà").pdf)


def settle(**settings) -> None:
    tenant = current.tenant()
    tenant.settings = tenant.settings | settings
    db.session.commit()


def merged_province() -> None:
    """Bình Thuận until 30/6/2025, Lâm Đồng since, with agencies of both times."""
    names = [
        {"name": "Tỉnh Bình Thuận", "valid_from": None, "valid_to": "2025-06-30"},
        {"name": "Tỉnh Lâm Đồng", "valid_from": "2025-07-01", "valid_to": None},
    ]
    settle(names=[{"short_name": "Bình Thuận", "kind": "tỉnh"} | one for one in names])
    old, new = {"valid_to": date(2025, 6, 30)}, {"valid_from": date(2025, 7, 1)}
    committee = {"name": "UBND tỉnh Lâm Đồng", "kind": "province_committee", "parent_code": None}
    desk = {"desk_name": "Trung tâm Phục vụ hành chính công tỉnh Lâm Đồng"}
    for code, given in {
        "ubnd-tinh": committee | new,
        "so-cu": {"name": "Sở Tài nguyên và Môi trường"} | old,
        "so": {"name": "Sở Nông nghiệp và Môi trường"} | desk | new,
    }.items():
        usual = {"level": "province", "kind": "department", "parent_code": "ubnd-tinh", "old_units": []}
        db.session.add(Agency(code=code, **usual | given))
    db.session.commit()


def test_a_dossier_has_the_papers_that_its_line_of_time_gives_cause_for():
    dossier = make_dossier(
        OLD_CODE.replace("250630", "260105"), received_at="2026-01-05T08:00:00+07:00", due_at=None
    )
    assert kinds_of(dossier) == [("receipt", "01"), ("control", "06")]

    happened(dossier, 5, "2026-01-06T08:00:00+07:00", note="Thiếu bản sao căn cước.")
    assert ("supplement", "02") in kinds_of(dossier)

    happened(dossier, 8, "2026-01-07T08:00:00+07:00", note="Quá hạn bổ sung.")
    assert kinds_of(dossier) == [("receipt", "01"), ("supplement", "02"), ("stop", "05"), ("control", "06")]
    assert "Thiếu bản sao căn cước." in said(dossier, "02")
    assert "Quá hạn bổ sung." in said(dossier, "05")


def test_a_dossier_that_is_only_filed_has_no_receipt_yet():
    dossier = make_dossier(status=1, received_at=None, due_at=None, channel="online")

    assert kinds_of(dossier) == []
    with pytest.raises(papers.NothingToPrint, match="chưa tiếp nhận"):
        papers.make(dossier, "01", by="Phạm Thu Hà")


@pytest.mark.parametrize("number", ["00", "08", "1", "424242", "07"])
def test_a_number_that_is_no_form_of_a_dossier_is_not_found(number):
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at=None)

    with pytest.raises((sets.FormUnknown, papers.NothingToPrint)):
        papers.make(dossier, number, by="Phạm Thu Hà")


def test_a_dossier_from_before_the_change_is_printed_on_the_old_set_for_ever():
    merged_province()
    dossier = make_dossier(
        OLD_CODE, received_at=BEFORE, due_at=None, agency_code=..., agency_name="Sở Tài nguyên và Môi trường"
    )
    happened(dossier, 4, AFTER, agency_name="Sở Nông nghiệp và Môi trường")

    receipt = said(dossier, "01")

    assert papers.set_of(dossier) is sets.OLD
    assert "Thông tư số 01/2018/TT-VPCP" in receipt
    assert "UBND TỈNH BÌNH THUẬN" in receipt
    assert "SỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG" in receipt
    assert "Bình Thuận, ngày 30 tháng 6 năm 2025" in receipt
    assert "LÂM ĐỒNG" not in receipt
    assert "Mẫu số 05" in said(dossier, "05") and "PHIẾU KIỂM SOÁT" in said(dossier, "05")


def test_a_dossier_of_the_next_day_bears_the_new_names_on_the_new_set():
    merged_province()
    dossier = make_dossier(
        NEW_CODE, received_at=AFTER, due_at=None, agency_code=..., agency_name="Sở Nông nghiệp và Môi trường"
    )

    receipt = said(dossier, "01")

    assert "Thông tư số 03/2025/TT-VPCP" in receipt
    assert "UBND TỈNH LÂM ĐỒNG" in receipt
    assert "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH LÂM ĐỒNG" in receipt
    assert "Lâm Đồng, ngày 01 tháng 7 năm 2025" in receipt


def test_a_province_may_change_over_on_a_day_of_its_own():
    old = {"circular": "tt01-2018", "valid_from": None, "valid_to": "2025-09-30"}
    settle(form_sets=[old, {"circular": "tt03-2025", "valid_from": "2025-10-01", "valid_to": None}])

    assert papers.set_of(make_dossier(NEW_CODE, received_at=AFTER, due_at=None)) is sets.OLD


def test_the_receipt_keeps_the_first_promise_and_the_first_agency():
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at="2025-07-03T10:00:00+07:00")
    before = said(dossier, "01")
    happened(
        dossier, 4, "2025-07-02T09:00:00+07:00", agency_name="Sở Tư pháp", due_at="2025-07-09T10:00:00+07:00"
    )

    assert said(dossier, "01") == before
    assert "ngày 03 tháng 7 năm 2025" in before


def test_a_promise_that_moved_is_an_apology_with_both_dates_and_a_line_for_the_reason():
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at="2025-07-03T10:00:00+07:00")
    assert ("apology", "04") not in kinds_of(dossier)
    happened(dossier, 4, "2025-07-02T09:00:00+07:00", due_at="2025-07-09T10:00:00+07:00")

    text = said(dossier, "04")

    assert "10 giờ 00 phút, ngày 03 tháng 7 năm 2025" in text
    assert "10 giờ 00 phút, ngày 09 tháng 7 năm 2025" in text


def test_an_act_that_is_told_in_full_fills_its_form_in_full():
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at=None)
    at = datetime(2025, 7, 2, 2, tzinfo=UTC)
    supplement = acts.Supplement(
        at,
        dossier.agency_name,
        "Thiếu giấy.",
        items=(acts.AskedPaper("Bản sao hộ chiếu", 0, 2, "có chứng thực"),),
        respond_by=datetime(2025, 7, 10, 10, tzinfo=UTC),
        stage="appraisal",
        officer="Lê Thị Hồng",
        contact_phone="0252 3 999 888",
    )

    facts = filling.fill_supplement(dossier, supplement)

    form = sets.NEW.of_kind("supplement")
    text = words(rendering.to_pdf(form, sets.NEW, facts, number=3, at=AT))
    for part in (
        "Bản sao hộ chiếu",
        "có chứng thực",
        "17 giờ 00 phút, ngày 10 tháng 7 năm 2025",
        "Số: 03/YCBS",
    ):
        assert part in text
    stop = acts.Stop(at, dossier.agency_name, "Rút hồ sơ", refund_vnd=1_234_567)
    assert filling.fill_stop(dossier, stop).refund == "1.234.567 đồng"


def test_phones_and_id_numbers_are_masked_on_every_paper():
    owner = {"name": "Nguyễn Thị Lan", "phone": "0912345678", "id_number": "060190012345"}
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at="2025-07-03T10:00:00+07:00", owner=owner)
    for status, at in ((3, "02T09"), (5, "02T10"), (8, "02T11")):
        happened(
            dossier, status, f"2025-07-{at}:00:00+07:00", note="Lý do", due_at="2025-07-09T10:00:00+07:00"
        )

    printed = [said(dossier, form.number) for form in papers.available(dossier, workflow.line(dossier))]

    assert len(printed) == 6
    for text in printed:
        assert "912345678" not in text and "060190012345" not in text


def test_the_control_slip_tells_each_hand_over_and_how_each_step_kept_its_time():
    dossier = make_dossier(NEW_CODE, received_at=AFTER, due_at="2025-07-03T10:00:00+07:00")
    step = {"name": "Thẩm tra", "due_at": "2025-07-01T11:00:00+07:00"}
    happened(dossier, 4, "2025-07-01T10:00:00+07:00", officer={"name": "Lê Thị Hồng"}, step=step)
    step = {"name": "Trình ký", "due_at": "2025-07-02T10:00:00+07:00"}
    happened(dossier, 4, "2025-07-01T12:00:00+07:00", officer={"name": "Đỗ Văn Nam"}, step=step)
    happened(dossier, 9, "2025-07-02T09:00:00+07:00", officer={"name": "Văn thư"})
    happened(dossier, 4, "2025-07-01T11:30:00+07:00", officer={"name": "Đến muộn"})

    hops = papers.WHOLE["control"](dossier, workflow.line(dossier)).hops

    assert [(hop.giver, hop.taker.split(",")[0], hop.result) for hop in hops] == [
        (None, "Bộ phận Tiếp nhận và Trả kết quả", None),
        ("Bộ phận Tiếp nhận và Trả kết quả, UBND phường Một, Bình Thuận", "Lê Thị Hồng", "Quá hạn"),
        ("Lê Thị Hồng", "Đến muộn", None),
        ("Đến muộn", "Đỗ Văn Nam", "Trước hạn"),
        ("Đỗ Văn Nam", "Văn thư", "Trước hạn"),
    ]
    assert "ghi nhận muộn" in hops[2].note
