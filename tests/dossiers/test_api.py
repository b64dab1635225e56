"""The one-stop system's door."""

import pytest
import time_machine

from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.messaging.models import Message
from tests.factories import dossier_body, dossier_code, event_body, make_api_key, make_citizen

pytestmark = pytest.mark.usefixtures("two_provinces")

CODE = "000.00.01.H11-241126-0007"
PATH = f"/api/v1/dossiers/{CODE}"


@pytest.fixture
def door(api):
    return api["binh-thuan"]


def counts() -> tuple[int, int, int]:
    with tenant_scope("binh-thuan"):
        return tuple(
            db.session.scalar(db.select(db.func.count()).select_from(one))
            for one in (Dossier, DossierEvent, Message)
        )


def test_a_new_dossier_is_created(door):
    answer = door.put(PATH, dossier_body())

    assert answer.status_code == 201
    assert answer.json["code"] == CODE
    assert answer.json["status"] == 2
    assert answer.json["procedure_name"] == "Thủ tục đăng ký kết hôn"
    assert answer.json["agency_name"] == "UBND phường Một, Bình Thuận"
    assert answer.json["due_at"] == "2024-11-28T03:00:00+00:00"
    assert answer.json["tracking_url"].startswith("http://binh-thuan.localhost:8000/t/")
    assert [event["status"] for event in answer.json["events"]] == [2]


def test_the_same_dossier_sent_twice_changes_nothing(door):
    first = door.put(PATH, dossier_body())
    before = counts()

    again = door.put(PATH, dossier_body())

    assert (again.status_code, again.json) == (200, first.json)
    assert counts() == before


def test_the_same_dossier_sent_again_after_progress_does_not_turn_it_back(door):
    door.put(PATH, dossier_body())
    door.post(f"{PATH}/events", event_body(4, department="Phòng Tư pháp"))

    again = door.put(PATH, dossier_body())

    assert (again.json["status"], again.json["department"]) == (4, "Phòng Tư pháp")


def test_a_corrected_dossier_keeps_its_progress(door):
    door.put(PATH, dossier_body())
    door.post(f"{PATH}/events", event_body(4))

    corrected = door.put(PATH, dossier_body(owner={"name": "Nguyễn Thị Lan", "phone": "0987654321"}))

    assert (corrected.status_code, corrected.json["status"]) == (200, 4)


def test_an_event_moves_the_dossier(door):
    door.put(PATH, dossier_body())

    answer = door.post(
        f"{PATH}/events",
        event_body(
            4,
            department="Phòng Tư pháp",
            officer={"name": "Võ Minh Khang", "title": "Chuyên viên"},
            step={"name": "Thẩm tra", "due_at": "2024-11-27T10:00:00+07:00"},
        ),
    )

    assert answer.status_code == 201
    assert (answer.json["known"], answer.json["is_late"], answer.json["is_unexpected"]) == (
        False,
        False,
        False,
    )
    dossier = answer.json["dossier"]
    assert (dossier["status"], dossier["officer"], dossier["officer_title"]) == (
        4,
        "Võ Minh Khang",
        "Chuyên viên",
    )
    assert (dossier["department"], dossier["step"]) == ("Phòng Tư pháp", "Thẩm tra")
    assert dossier["step_due_at"] == "2024-11-27T03:00:00+00:00"


def test_an_event_sent_twice_is_known_the_second_time(door):
    door.put(PATH, dossier_body())
    door.post(f"{PATH}/events", event_body(4))
    before = counts()

    again = door.post(f"{PATH}/events", event_body(4))

    assert (again.status_code, again.json["known"]) == (200, True)
    assert counts() == before


def test_a_late_event_is_kept_but_turns_nothing_back(door):
    door.put(PATH, dossier_body())
    door.post(f"{PATH}/events", event_body(9, occurred_at="2024-11-27T09:00:00+07:00"))
    before = counts()

    late = door.post(f"{PATH}/events", event_body(4, occurred_at="2024-11-26T15:00:00+07:00"))

    assert (late.status_code, late.json["is_late"], late.json["dossier"]["status"]) == (201, True, 9)
    assert counts() == (before[0], before[1] + 1, before[2])
    assert [event["status"] for event in late.json["dossier"]["events"]] == [2, 4, 9]


def test_an_unexpected_jump_is_stored_and_flagged(door):
    door.put(PATH, dossier_body(status=1))

    jump = door.post(f"{PATH}/events", event_body(10))

    assert (jump.status_code, jump.json["is_unexpected"], jump.json["dossier"]["status"]) == (201, True, 10)


def test_a_new_department_forgets_the_old_ones_officer(door):
    door.put(PATH, dossier_body(department="Một cửa", officer={"name": "Phạm Thu Hà"}))

    moved = door.post(f"{PATH}/events", event_body(4, department="Phòng Tư pháp"))

    assert moved.json["dossier"]["officer"] is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"procedure_code": "9.999999"}, "procedure_code"),
        ({"procedure_code": "kết hôn"}, "procedure_code"),
        ({"procedure_code": ...}, "procedure_code"),
        ({"agency_code": "khong-co"}, "agency_code"),
        ({"agency_code": ...}, "agency_code"),
        ({"owner": ...}, "owner"),
        ({"owner": {"phone": "0912345678"}}, "owner"),
        ({"owner": {"name": "Lan", "phone": "12"}}, "owner"),
        ({"owner": {"name": "Lan\x00", "phone": "0912345678"}}, "owner"),
        ({"colour": "red"}, "colour"),
        ({"status": 11}, "status"),
        ({"status": "2"}, "status"),
        ({"channel": "fax"}, "channel"),
        ({"due_at": "ngày mai"}, "due_at"),
        ({"due_at": "2024-11-28T10:00:00"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59+00:00"}, "due_at"),
        ({"received_at": "0001-01-01T00:00:00+07:00"}, "received_at"),
        ({"due_at": "2024-11-20T10:00:00+07:00"}, "due_at"),
        ({"received_at": "2099-01-01T10:00:00+07:00", "due_at": ...}, "status_at"),
        ({"papers": [{"name": ""}]}, "papers"),
        ({"officer": {"name": "A", "salary": 1}}, "officer"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_dossier_is_refused_with_the_field_and_a_remedy_and_nothing_is_stored(door, given, field):
    answer = door.put(PATH, dossier_body(**given))

    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]
    assert "Xin" in str(answer.json["error"]["fields"][field])
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("code", ["abc", "000.00.01.H11-241332-0007", "000.00.01.H11-991231-0007"])
def test_an_impossible_code_is_refused_and_nothing_is_stored(door, code):
    answer = door.put(f"/api/v1/dossiers/{code}", dossier_body())

    assert (answer.status_code, answer.json["error"]["code"]) == (422, "dossier_code_invalid")
    assert "Xin" in answer.json["error"]["message"]
    assert answer.json["error"]["fields"]["code"]
    assert counts() == (0, 0, 0)


def test_an_event_from_the_future_is_refused(door):
    door.put(PATH, dossier_body())

    answer = door.post(f"{PATH}/events", event_body(4, occurred_at="2099-01-01T00:00:00+07:00"))

    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["occurred_at"])


def test_an_event_of_an_unknown_dossier_is_not_found(door):
    answer = door.post(f"{PATH}/events", event_body(4))

    assert (answer.status_code, answer.json["error"]["code"]) == (404, "dossier_not_found")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b'"x"'], ids=repr)
def test_a_body_that_is_no_object_is_a_clear_error(door, body):
    answer = door.open("PUT", PATH, data=body, content_type="application/json")

    assert answer.status_code in (400, 422)
    assert "Xin" in answer.json["error"]["message"]
    assert counts() == (0, 0, 0)


def test_the_provincial_form_of_the_procedure_code_is_understood(door):
    answer = door.put(PATH, dossier_body(procedure_code="1.000894.000.00.00.H11"))

    assert (answer.status_code, answer.json["procedure_code"]) == (201, "1.000894")


def test_the_same_idempotency_key_gets_the_same_answer(door):
    first = door.put(PATH, dossier_body(), headers={"Idempotency-Key": "k1"})
    before = counts()

    again = door.put(PATH, dossier_body(), headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert counts() == before


def test_an_idempotency_key_used_for_something_else_is_refused(door):
    door.put(PATH, dossier_body(), headers={"Idempotency-Key": "k1"})

    other = door.put(f"/api/v1/dossiers/{dossier_code()}", dossier_body(), headers={"Idempotency-Key": "k1"})

    assert (other.status_code, other.json["error"]["code"]) == (422, "idempotency_key_reused")
    assert counts()[0] == 1


def test_a_refused_request_does_not_use_up_its_idempotency_key(door):
    door.put(PATH, dossier_body(procedure_code="9.999999"), headers={"Idempotency-Key": "k1"})

    mended = door.put(PATH, dossier_body(), headers={"Idempotency-Key": "k1"})

    assert mended.status_code == 201


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x", "Basic abc", "Bearer mck_aaaaaaaaaaaa_" + "b" * 43], ids=repr
)
def test_without_a_right_key_nothing_opens(door, authorization):
    answer = door.client.get(PATH, headers={"Authorization": authorization})

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "unauthenticated")


def test_a_read_only_key_reads_and_does_not_write(door):
    door.put(PATH, dossier_body())
    door.key = make_api_key("binh-thuan", "read_only")

    assert door.get(PATH).status_code == 200
    assert door.post(f"{PATH}/events", event_body(4)).status_code == 403


def test_the_receipt_prints_what_was_handed_in_and_masks_the_person(door):
    papers = [{"name": "Tờ khai đăng ký kết hôn theo mẫu", "originals": 1}]
    door.put(PATH, dossier_body(papers=papers))

    page = door.get(f"{PATH}/receipt").get_data(as_text=True)

    assert "Thành phần hồ sơ đã nộp" in page and "Tờ khai đăng ký kết hôn theo mẫu" in page
    assert "<svg" in page
    assert "09x****678" in page
    assert "0912345678" not in page and "060190012345" not in page


def test_without_a_list_the_receipt_prints_what_the_procedure_asks_for_and_says_so(door):
    door.put(PATH, dossier_body())

    page = door.get(f"{PATH}/receipt").get_data(as_text=True)

    assert "Thành phần hồ sơ theo quy định của thủ tục" in page and "đã nộp" not in page
    assert "Tờ khai đăng ký kết hôn" in page
    assert "1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)" in page


@time_machine.travel("2024-11-26T02:30:00+00:00", tick=False)
def test_every_time_is_told_in_utc_with_its_zone(door):
    answer = door.put(PATH, dossier_body())

    assert answer.json["source_time"] == "2024-11-26T02:30:00+00:00"


def test_openapi_describes_the_door_in_version_3_1(door):
    described = door.client.get("/api/v1/openapi.json").json

    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]["/api/v1/dossiers/{code}"]) >= {"get", "put"}
    assert "post" in described["paths"]["/api/v1/dossiers/{code}/events"]
    assert described["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


MEMBERS = {
    5: {
        "supplement": {"items": [{"name": "Giấy khai sinh"}], "reason": "Bản cũ bị mờ", "stage": "reception"}
    },
    6: {"fee": {"amount_vnd": 20000, "pay_url": "https://dichvucong.gov.vn/nop"}},
    4: {
        "fee_paid": {"paid_at": "2024-11-26T11:30:00+07:00", "amount_vnd": 20000, "method": "cash"},
        "apology": {"reason": "Chờ xác minh", "new_due_at": "2024-12-02T10:00:00+07:00"},
    },
    9: {"result": {"items": [{"name": "Trích lục kết hôn", "file_url": "https://dichvucong.gov.vn/a.pdf"}]}},
    10: {"handover": {"way": "desk", "receiver_name": "Nguyễn Thị Lan"}},
}


def test_what_events_bring_is_shown_with_the_dossier_and_never_the_receivers_name(door):
    door.put(PATH, dossier_body(aliases=["G09.20-20241126-0092637"]))
    for hour, (status, given) in enumerate(MEMBERS.items(), 9):
        told = event_body(status, occurred_at=f"2024-11-26T{hour:02d}:00:00+07:00", **given)
        assert door.post(f"{PATH}/events", told).status_code == 201

    answer = door.get("/api/v1/dossiers/G09.20-20241126-0092637")

    dossier = answer.json
    assert (dossier["code"], dossier["aliases"]) == (CODE, ["G09.20-20241126-0092637"])
    assert (dossier["payment_state"], dossier["handover_state"], dossier["sync_state"]) == (
        "paid", "handed_over", "current",
    )  # fmt: skip
    assert dossier["supplements"][0]["items"] == [{"name": "Giấy khai sinh", "originals": 0, "copies": 0}]
    assert (dossier["fees"][0]["amount_vnd"], dossier["fees"][0]["method"]) == (20000, "cash")
    assert dossier["apologies"][0]["new_due_at"] == "2024-12-02T03:00:00+00:00"
    assert dossier["results"][0]["handover_way"] == "desk"
    assert "Nguyễn Thị Lan" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"status": 4} | MEMBERS[5], "supplement"),
        ({"status": 4} | MEMBERS[6], "fee"),
        ({"status": 4} | MEMBERS[9], "result"),
        ({"status": 9} | MEMBERS[10], "handover"),
        ({"status": 9, "apology": MEMBERS[4]["apology"]}, "apology"),
        ({"status": 5, "supplement": {"items": [], "reason": "x"}}, "supplement"),
        ({"status": 6, "fee": {"amount_vnd": -1}}, "fee"),
        ({"status": 6, "fee": {"amount_vnd": 1.5}}, "fee"),
        ({"status": 6, "fee": {"amount_vnd": 1, "pay_url": "http://a.vn/"}}, "fee"),
        ({"status": 6, "fee": {"amount_vnd": 1, "pay_url": "javascript:alert(1)"}}, "fee"),
        ({"status": 9, "result": {"items": [{"name": "x", "issued_on": "hôm qua"}]}}, "result"),
        ({"status": None}, "status"),
        ({"local_code": "x" * 81, "status": 4}, "local_code"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_member_is_refused_with_a_remedy_and_nothing_is_stored(door, given, field):
    door.put(PATH, dossier_body())
    before = counts()

    answer = door.post(f"{PATH}/events", {"occurred_at": "2024-11-26T09:00:00+07:00"} | given)

    assert answer.status_code == 422
    assert "Xin" in str(answer.json["error"]["fields"][field])
    assert counts() == before


def test_an_event_without_a_status_and_without_a_local_code_is_refused(door):
    door.put(PATH, dossier_body())

    answer = door.post(f"{PATH}/events", {"occurred_at": "2024-11-26T09:00:00+07:00"})

    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["status"])


def test_a_known_citizen_is_told_of_a_new_dossier_of_theirs(door):
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()

    door.put(PATH, dossier_body())

    with tenant_scope("binh-thuan"):
        message = db.session.scalars(db.select(Message)).one()
        assert message.event == "dossier_accepted"
        assert CODE in message.content["consultation"]["text"]


def test_a_method_that_a_path_does_not_take_is_refused_and_the_right_ones_are_named(door):
    answer = door.open("DELETE", PATH)

    assert (answer.status_code, answer.json["error"]["code"]) == (405, "method_not_allowed")
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


def test_every_error_is_described_as_it_is_answered(door):
    described = door.client.get("/api/v1/openapi.json").json
    for path in described["paths"].values():
        for method, operation in path.items():
            if method in ("get", "put", "post"):
                for status, response in operation["responses"].items():
                    if status.startswith("4"):
                        assert response["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorOut")
