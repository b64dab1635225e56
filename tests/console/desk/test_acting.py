"""One dossier at the desk: only steps that may be taken, by the first who takes them, and everything to be seen."""

import contextvars
import threading
from datetime import UTC, datetime

import pytest

from motcua.console.desk import acting, acts
from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, intake, records, workflow
from motcua.dossiers.schemas import EventIn
from motcua.dossiers.statuses import Status
from tests.factories import event_body, make_citizen, make_dossier

from .conftest import Kept, text

REASON = "Thiếu chữ ký của bên nữ."
# One way to each status, every event by the national table.
ROADS = {
    1: [],
    2: [2],
    3: [3],
    4: [2, 4],
    5: [2, 4, 5],
    6: [2, 4, 6],
    7: [2, 4, 7],
    8: [2, 4, 8],
    9: [2, 4, 9],
    10: [2, 4, 9, 10],
}
# What has to be typed for each act.
TYPED = {
    "move": {"officer": "Lê Văn An", "department": "Phòng Tư pháp", "step": "Thẩm tra"},
    "supplement": {
        "item-0-name": "Giấy xác nhận",
        "item-0-originals": "1",
        "item-0-copies": "0",
        "reason": REASON,
    },
    "fee": {"amount": "20.000"},
    "fee_paid": {"amount": "20000", "method": "cash"},
    "ready": {
        "result_name": "Giấy chứng nhận kết hôn",
        "way_desk": "1",
        "place": "Quầy 3",
        "hours": "7:00–11:30",
    },
    "hand_over": {"way": "desk", "receiver": "Nguyễn Thị Lan"},
    "apologise": {"reason": "Chờ xác minh.", "new_due": "04/01/2100 10:00", "signer": "Đỗ Thị Thanh"},
}


def dossier_at(status: int) -> str:
    with tenant_scope("binh-thuan"):
        code = make_dossier(status=1, received_at=..., due_at="2100-01-01T10:00:00+07:00").code
        for hour, step in enumerate(ROADS[status]):
            body = event_body(step, occurred_at=datetime(2026, 1, 5, hour, tzinfo=UTC).isoformat())
            body["occurred_at"] = datetime.now(UTC).isoformat()
            intake.add_event(code, EventIn().load(body))
            db.session.commit()
    return code


def standing(code: str) -> acts.Standing:
    with tenant_scope("binh-thuan"):
        dossier = intake.find(code)
        return acts.standing_of(dossier, workflow.line(dossier), records.of(dossier))


def do(browser, code: str, act: str, **given):
    form = {"act": act, "seen": standing(code).version, "reason": REASON} | TYPED.get(act, {}) | given
    if act in acting.FOR_GOOD:
        form = {"name": acting.last_of(code)} | form
    return browser.post(f"/console/dossiers/{code}/act", data=form)


@pytest.mark.parametrize("status", sorted(ROADS))
def test_every_act_that_is_offered_is_a_step_of_the_national_table(officer, status):
    code = dossier_at(status)
    offered = [one for one in acts.offers(standing(code)) if not one.why_not]
    page = text(officer.get(f"/console/dossiers/{code}"))

    for one in offered:
        mine = dossier_at(status)
        answer = do(officer, mine, one.act.key)
        assert answer.status_code == 303, (one.act.key, text(answer))
        kept = Kept(mine)
        assert kept.dossier.status == one.to, one.act.key
        assert not [event.unexpected_why for event in kept.events if event.is_unexpected], one.act.key
        assert one.act.title in page
    assert offered or status == Status.REFUSED


@pytest.mark.parametrize(("status", "act"), [(3, "move"), (10, "hand_over"), (1, "ready"), (9, "supplement")])
def test_an_act_that_does_not_fit_is_refused_with_the_reason(officer, status, act):
    code = dossier_at(status)

    answer = do(officer, code, act)

    assert answer.status_code == 422 and "Chỉ làm được khi hồ sơ ở trạng thái" in text(answer)
    assert Kept(code).dossier.status == status


@pytest.mark.parametrize(("name", "is_said"), [(None, False), ("", True), ("0008x", True)])
def test_a_refusal_is_asked_once_more_with_what_was_typed_kept(officer, name, is_said):
    code = dossier_at(1)
    form = {"act": "refuse", "seen": standing(code).version, "reason": REASON}

    answer = officer.post(
        f"/console/dossiers/{code}/act", data=form | ({} if name is None else {"name": name})
    )

    page = text(answer)
    assert answer.status_code == 422 and Kept(code).dossier.status == 1
    assert "không mở lại được" in page and f"<strong>{acting.last_of(code)}</strong>" in page
    assert f'name="reason" value="{REASON}"' in page and ("chưa khớp" in page) == is_said
    assert do(officer, code, "refuse").status_code == 303 and Kept(code).dossier.status == 3


def test_a_refusal_without_a_reason_is_not_asked_about(officer):
    code = dossier_at(1)

    page = text(do(officer, code, "refuse", reason=""))

    assert "Thiếu lý do" in page and Kept(code).dossier.status == 1


def test_the_second_of_two_officers_is_told_what_changed_and_loses_nothing(officer, admin):
    code = dossier_at(4)
    seen = standing(code).version
    assert do(officer, code, "supplement").status_code == 303

    answer = do(admin, code, "stop", seen=seen, reason="Người dân không bổ sung dù đã nhắc.")

    page = text(answer)
    assert answer.status_code == 409
    assert "vừa thay đổi" in page and "Yêu cầu bổ sung giấy tờ" in page
    assert "Người dân không bổ sung dù đã nhắc." in page
    assert Kept(code).dossier.status == 5
    assert do(admin, code, "stop", reason="Vẫn dừng.").status_code == 303


def test_of_two_officers_at_the_same_moment_one_wins_and_the_other_is_told(app, officer, admin):
    code, answers = dossier_at(4), []
    seen = standing(code).version

    def act(browser, reason):
        form = {"act": "stop", "seen": seen, "reason": reason}
        answers.append(browser.post(f"/console/dossiers/{code}/act", data=form).status_code)

    both = [
        threading.Thread(target=contextvars.Context().run, args=(act, browser, reason))
        for browser, reason in ((officer, "Lý do thứ nhất."), (admin, "Lý do thứ hai."))
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [303, 409]
    assert len([event for event in Kept(code).events if event.status == Status.STOPPED]) == 1


def test_the_line_of_time_says_who_did_it(officer):
    code = dossier_at(4)

    do(officer, code, "move")
    do(officer, code, "stop")

    assert [event.officer for event in Kept(code).events[-2:]] == ["Lê Văn An", "Phạm Thu Hà"]


def test_a_supplement_keeps_its_list_and_shows_it(officer):
    code = dossier_at(4)

    answer = do(officer, code, "supplement", **{"item-1-name": "Bản sao <b>", "item-1-copies": "2"})

    (asked,) = Kept(code).records["supplements"]
    assert [one["name"] for one in asked.items] == ["Giấy xác nhận", "Bản sao <b>"]
    page = text(officer.get(answer.headers["Location"]))
    assert "Đã lưu: yêu cầu bổ sung." in page and "Bản sao &lt;b&gt;" in page
    assert text(officer.get(f"/console/dossiers/{code}")).count("đang chờ người dân") == 1


@pytest.mark.parametrize("act", ["stop", "supplement", "apologise", "withdraw"])
def test_a_reason_is_asked_for(officer, act):
    code = dossier_at(4)

    answer = do(officer, code, act, reason=" ")

    assert answer.status_code == 422 and "Thiếu lý do" in text(answer)


@pytest.mark.parametrize(
    ("act", "given", "sentence"),
    [
        ("fee", {"amount": "hai mươi"}, "số nguyên"),
        ("fee", {"pay_url": "http://x.vn"}, "https://"),
        ("supplement", {"item-0-name": ""}, "Thiếu mục này"),
        ("apologise", {"new_due": "2020-01-01T10:00"}, "phải sau bây giờ"),
        ("apologise", {"new_due": "01/01/2020 10:00"}, "phải sau bây giờ"),
        ("apologise", {"new_due": "04/01/2100"}, "Xin gõ cả ngày và giờ"),
        ("apologise", {"new_due": ""}, "Thiếu ngày hẹn mới"),
        ("move", {"officer": "", "department": "", "step": ""}, "ít nhất người nhận"),
        ("ready", {"result_name": ""}, "Thiếu mục này"),
        ("burn", {}, "Xin chọn việc"),
    ],
)
def test_a_fault_is_said_beside_what_was_typed(officer, act, given, sentence):
    code = dossier_at(4)

    answer = do(officer, code, act, **given)

    assert answer.status_code == 422 and sentence in text(answer)
    assert Kept(code).dossier.status == 4


def test_a_second_apology_says_which_one_it_is(officer):
    code = dossier_at(4)
    do(officer, code, "apologise")

    page = text(officer.get(f"/console/dossiers/{code}"))

    assert "Đây là lần xin lỗi thứ 2" in page
    assert Kept(code).records["apologies"][0].signer == "Đỗ Thị Thanh"


def test_the_receivers_name_is_not_shown(officer):
    code = dossier_at(9)

    do(officer, code, "hand_over", receiver="Người Nhận Hộ")

    assert "Người Nhận Hộ" not in text(officer.get(f"/console/dossiers/{code}"))
    assert Kept(code).records["results"][0].handover_way == "desk"


def test_a_flag_is_closed_with_a_note(officer):
    with tenant_scope("binh-thuan"):
        code = make_dossier(status=10).code
        (flag,) = flags.open_flags(intake.find(code))
    form = {"flag": flag.id, "note": "Đồng bộ ban đầu, đúng."}

    without = text(officer.follow(f"/console/dossiers/{code}/flags", data=form | {"note": " "}))
    page = text(officer.follow(f"/console/dossiers/{code}/flags", data=form))

    assert "Xin ghi đã xem lại thế nào" in without
    assert "Đồng bộ ban đầu, đúng." in page and "Phạm Thu Hà" in page
    assert officer.post(f"/console/dossiers/{code}/flags", data=form).status_code == 404


def test_messages_show_channel_and_a_masked_recipient(officer):
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        code = make_dossier().code

    page = text(officer.get(f"/console/dossiers/{code}"))

    assert "Người theo dõi trên Zalo (09x****678)" in page and "Đang chờ gửi" in page
    assert "84912345678" not in page and "Nguyễn Thị Lan" not in page


def test_who_may_not_act_sees_no_acts(app, officer, monkeypatch):
    from motcua.accounts import permissions

    code = dossier_at(4)
    monkeypatch.setitem(permissions.ROLES, "officer", permissions.ROLES["officer"] - {"dossier.act"})

    assert "Việc cần làm" not in text(officer.get(f"/console/dossiers/{code}"))
    assert do(officer, code, "stop").status_code == 403
