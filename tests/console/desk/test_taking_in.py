"""`/console/dossiers/new`: from the question to the receipt."""

from datetime import UTC, datetime

import pytest
import time_machine

from motcua.catalogue import lookup
from motcua.catalogue.facts import ProcedureFacts
from motcua.catalogue.models import NationalProcedure, TenantProcedure
from motcua.console.desk import taking_in
from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message

from .conftest import NEW, Kept, code_of, filled, text

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam, the day before a holiday


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield


def how_many() -> int:
    with tenant_scope("binh-thuan"):
        return db.session.scalar(db.select(db.func.count()).select_from(Dossier))


def test_the_search_understands_what_citizens_say(officer, identified):
    page = text(officer.get(NEW + "/procedures?q=ket hon"))

    assert "Thủ tục đăng ký kết hôn" in page and "procedure=1.000894" in page


def test_the_form_lists_the_papers_and_shows_the_due_date_with_its_working(officer, identified):
    page = text(officer.get(NEW + "?procedure=1.000894&agency=ubnd-phuong"))

    assert 'name="paper-0-originals"' in page
    assert "10:00 thứ Ba, 01/12/2026" in page
    assert "nghỉ Ngày Văn hóa Việt Nam thứ Ba 24/11" in page


def test_the_due_date_is_reckoned_for_the_moment_typed(officer, identified):
    answer = officer.get(
        NEW + "/due?procedure=1.000894&channel=counter&agency=ubnd-phuong&received_at=20/11/2026%2016:00"
    )

    assert answer.json["due"] == "16:00 thứ Hai, 30/11/2026"
    assert answer.json["lines"][0].startswith("5 ngày làm việc kể từ 16:00 thứ Sáu, 20/11/2026")


def test_a_dossier_gets_the_agencys_next_code_and_the_date_that_was_shown(officer, identified):
    codes = [
        code_of(officer.post(NEW, data=filled(owner_id=f"06019001234{n}", owner_phone=""))) for n in (1, 2)
    ]

    assert codes == ["H36.5-261123-0001", "H36.5-261123-0002"]
    kept = Kept(codes[0])
    assert (kept.dossier.status, kept.dossier.officer) == (2, "Phạm Thu Hà")
    assert kept.dossier.due_at.astimezone(UTC) == datetime(2026, 12, 1, 3, 0, tzinfo=UTC).replace(
        second=kept.dossier.due_at.second, microsecond=kept.dossier.due_at.microsecond
    )
    assert kept.dossier.due_is_ours and kept.dossier.pickup_place.startswith("Trung tâm")


def test_the_receipt_is_owed_to_the_phone_at_once(officer, identified):
    code = code_of(officer.post(NEW, data=filled()))

    page = text(officer.get(f"/console/dossiers/{code}?done=taken_accept"))
    with tenant_scope("binh-thuan"):
        message = db.session.scalars(db.select(Message)).one()
    assert message.event == "dossier_accepted"
    assert "Đã nhận hồ sơ H36.5-261123-0001" in page and "09x****678" in page
    assert "0912345678" not in page and "84912345678" not in page


def test_a_typed_code_is_kept_and_never_taken_twice(officer, identified):
    given = filled(code="000.00.01.h36-261123-0009")
    assert code_of(officer.post(NEW, data=given)) == "000.00.01.H36-261123-0009"

    again = officer.post(NEW, data=filled(code="000.00.01.H36-261123-0009", owner_id="060190099999"))

    assert again.status_code == 422
    assert "Mã 000.00.01.H36-261123-0009 đã có hồ sơ" in text(again)
    assert how_many() == 1


def test_a_code_that_another_system_used_is_skipped(officer, identified):
    code_of(officer.post(NEW, data=filled(code="H36.5-261123-0001")))

    assert code_of(officer.post(NEW, data=filled(owner_id="060190099999"))) == "H36.5-261123-0002"


def test_without_an_identifier_the_code_has_to_be_typed(officer, two_provinces):
    page = officer.post(NEW, data=filled())

    assert page.status_code == 422 and "chưa có mã định danh" in text(page)


def test_the_same_form_sent_twice_is_one_dossier(officer, identified):
    form = filled()

    assert code_of(officer.post(NEW, data=form)) == code_of(officer.post(NEW, data=form))
    assert how_many() == 1


def test_nothing_typed_is_lost_on_a_fault_and_no_number_is_spent(officer, identified):
    form = filled(
        owner_phone="12",
        summary='Kết hôn "lần đầu" <b>',
        **{"own-100-name": "Giấy ủy quyền", "own-100-originals": "2", "paper-0-copies": "3"},
    )

    page = text(officer.post(NEW, data=form))

    assert "Số điện thoại chưa đúng" in page and 'aria-invalid="true"' in page
    for kept in ('value="12"', "Kết hôn &#34;lần đầu&#34; &lt;b&gt;", 'value="Giấy ủy quyền"', 'value="3"'):
        assert kept in page
    assert code_of(officer.post(NEW, data=filled())) == "H36.5-261123-0001"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"owner_name": ""}, "Thiếu mục này"),
        ({"agency": ""}, "Thiếu cơ quan giải quyết"),
        ({"owner_id": "12"}, "Số giấy tờ chỉ gồm"),
        ({"received_at": "hôm qua"}, "Ngày giờ chưa đúng"),
        ({"received_at": "2027-01-01T08:00"}, "ở tương lai"),
        ({"due": "2026-11-01T08:00"}, "Hạn trả sớm hơn"),
        ({"paper-0-originals": "hai"}, "phải là số nguyên"),
        ({"decision": "burn"}, "Xin chọn nhận hồ sơ"),
        ({"decision": "refuse"}, "Thiếu lý do"),
        ({"decision": "supplement", "decision_reason": "Thiếu"}, "Chưa đánh dấu giấy tờ"),
        ({"submission": "x"}, "Biểu mẫu đã cũ"),
        ({"channel": "pigeon"}, "Giá trị phải là một trong"),
    ],
)
def test_a_fault_is_said_with_its_remedy(officer, identified, given, sentence):
    answer = officer.post(NEW, data=filled(**given))

    assert answer.status_code == 422 and sentence in text(answer)
    assert how_many() == 0


def test_a_missing_paper_asks_for_a_decision_first(officer, identified):
    answer = officer.post(NEW, data=filled(**{"paper-0-missing": "1"}))

    assert answer.status_code == 422 and "Còn thiếu 1 giấy tờ" in text(answer)
    assert "Nhận khi còn thiếu" in text(answer)


def test_missing_papers_become_a_request_for_them(officer, identified):
    given = {"paper-0-missing": "1", "decision": "supplement", "decision_reason": "Thiếu tờ khai."}

    kept = Kept(code_of(officer.post(NEW, data=filled(**given))))

    (asked,) = kept.records["supplements"]
    assert kept.dossier.status == 5 and kept.dossier.received_at is None
    assert (asked.stage, asked.reason, len(asked.items)) == ("reception", "Thiếu tờ khai.", 1)
    assert not [one for one in kept.events if one.is_unexpected]


def test_a_refusal_keeps_its_reason(officer, identified):
    given = {"decision": "refuse", "decision_reason": "Không thuộc thẩm quyền của phường."}

    kept = Kept(code_of(officer.post(NEW, data=filled(**given))))

    assert (kept.dossier.status, kept.dossier.reason) == (3, "Không thuộc thẩm quyền của phường.")


def test_the_same_owner_with_the_same_procedure_is_warned_of_once(officer, identified):
    first = code_of(officer.post(NEW, data=filled()))

    warned = officer.post(NEW, data=filled(owner_name="NGUYỄN THỊ LAN"))

    assert warned.status_code == 422 and first in text(warned)
    assert code_of(officer.post(NEW, data=filled(confirmed="1"))) != first


def test_a_known_phone_is_told_with_masked_names(officer, identified):
    code = code_of(officer.post(NEW, data=filled()))

    answer = officer.post(NEW + "/phone", json={"phone": "+84 912 345 678"})

    assert answer.json["total"] == 1
    assert answer.json["dossiers"][0]["code"] == code
    assert answer.json["dossiers"][0]["owner"] == "N. T. Lan"


def test_the_chosen_case_gives_the_time(officer, two_provinces):
    code = procedure_with_two_times()
    with tenant_scope("binh-thuan"):
        db.session.add(TenantProcedure(code=code, is_enabled=True, overrides={}))
        db.session.commit()
        procedure = lookup.find_procedure(code)
        times = [one.time.describe() for one in taking_in.cases(procedure, "counter")]
        limits = [one.time.limit() for one in taking_in.cases(procedure, "counter")]
    second = next(n for n, limit in enumerate(limits) if limit and limit != limits[0])

    page = text(officer.get(f"{NEW}?procedure={code}"))
    answer = officer.get(f"{NEW}/due?procedure={code}&channel=counter&case={second}")
    form = filled(procedure=code, case=str(second), code="H36.5-261123-0001")
    kept = Kept(code_of(officer.post(NEW, data=form)))

    assert times[0] in page and times[second] in page
    assert answer.json["due"] is not None
    assert (kept.dossier.due_duration, kept.dossier.due_unit) == limits[second]
    assert kept.dossier.due_is_ours and kept.dossier.due_at is not None


def procedure_with_two_times() -> str:
    for facts in db.session.scalars(db.select(NationalProcedure.facts).order_by(NationalProcedure.code)):
        known = ProcedureFacts.from_json(facts)
        limits = [one.time.limit() for one in known.channels if one.channel == "counter"]
        if len(limits) > 1 and all(limits) and len(set(limits)) > 1 and known.papers_required():
            return known.code
    raise LookupError("No procedure has cases of different times.")


def test_only_who_may_takes_in(app, two_provinces, officer):
    from motcua.accounts.permissions import ROLES

    assert "dossier.take_in" in ROLES["officer"] and officer.get(NEW).status_code == 200
    assert app.test_client().get(NEW, headers={"Host": "binh-thuan.localhost"}).status_code == 302
