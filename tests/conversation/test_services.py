"""Extra services in the chat, all of it from their declarations; a slow one keeps nobody waiting."""

import sys
import threading
import time
from datetime import date, timedelta

import pytest
import time_machine

from motcua import sweeper
from motcua.citizens.models import Citizen
from motcua.conversation import jobs
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from motcua.services.models import ServiceAsked, ServiceWaiting
from tests.conversation.conftest import info_event, text_event
from tests.factories import PHONE
from tests.installing import load, switch_on

BODY = "Tuyến,Bến,Giờ đi,Giá vé\n1,Chợ Đầm,5h30,7000\n4,Chợ Đầm,6h,12000\n"


@pytest.fixture
def running_buses(buses, province):
    switch_on("buses")
    load(buses, BODY, document="Thông báo 12/TB-SXD", as_of=date(2026, 11, 1))


@pytest.fixture
def running_plates(plates, province):
    switch_on("plates")


def messages() -> list[dict]:
    db.session.rollback()
    found = [
        one.content["consultation"] for one in db.session.scalars(db.select(Message).order_by(Message.id))
    ]
    db.session.rollback()
    return found


def buttons() -> dict[str, str]:
    """Title -> what pressing it sends, of the last message with buttons."""
    last = next(one for one in reversed(messages()) if one.get("buttons"))
    return {one["title"]: one.get("text") or one.get("url") for one in last["buttons"]}


def dialogue() -> dict:
    db.session.rollback()
    return db.session.scalars(db.select(Citizen.dialogue)).one()


@pytest.mark.parametrize(
    "line",
    ["xe buýt chợ đầm", "xe buyt Chợ Đầm?", "xe buyts chợ đầm", "cho tôi hỏi xe buýt chợ đầm", "BUS chợ đầm",
     "tra cứu xe buýt: chợ đầm", "Giờ xe buýt chợ đầm"],
)  # fmt: skip
def test_a_line_that_begins_with_the_phrase_is_answered(running_buses, say, line):
    (answer,) = say(line)

    assert "Tuyến 1\n• Bến: Chợ Đầm\n• Giờ: 05:30" in answer
    assert "Tuyến 4" in answer
    assert "Nguồn: Thông báo 12/TB-SXD, số liệu ngày 01/11/2026" in answer
    assert "Giờ có thể đổi ngày lễ." in answer
    assert buttons()["Hỏi tiếp"] == "#service:buses"


def test_what_is_missing_is_asked_for_with_its_example(running_buses, say):
    (question,) = say("xe buýt")
    assert "Bến?" in question
    assert "Ví dụ: Chợ Đầm" in question

    (answer,) = say("chợ đầm")
    assert "Tuyến 1" in answer
    assert dialogue() == {}


def test_the_list_leads_to_each_service_and_to_its_question(running_buses, say):
    (listed,) = say("tra cứu khác")
    assert "Giờ xe buýt: Giờ xe chạy qua một bến." in listed

    (question,) = say(buttons()["Giờ xe buýt"])
    assert "Bến?" in question


def test_where_nothing_is_switched_on_the_list_says_so(province, buses, say):
    (listed,) = say("tra cứu khác")

    assert "chưa mở mục tra cứu nào khác" in listed


def test_a_service_that_is_off_is_not_heard(province, buses, say):
    (answer,) = say("xe buýt chợ đầm")

    assert "Tuyến" not in answer
    assert "chưa tìm được thủ tục" in answer


def test_an_unknown_stop_gets_the_services_own_words(running_buses, say):
    (answer,) = say("xe buýt sao hỏa")

    assert answer == "Không có bến này."


@pytest.mark.parametrize("word", ["hủy", "Thôi", "cancel", "#service-cancel"])
def test_a_question_can_be_dropped(running_buses, say, word):
    say("xe buýt")

    (answer,) = say(word)

    assert answer.startswith("Đã thôi hỏi Giờ xe buýt")
    assert dialogue() == {}


def test_while_a_value_is_waited_for_commands_and_other_services_still_work(running_buses, say):
    say("xe buýt")

    assert "Ông/bà cần gì?" in say("menu")[0]
    assert "Tuyến 1" in say("xe buýt chợ đầm")[0]


def test_english_is_spoken_where_the_service_has_it(running_buses, say):
    say("english")
    (question,) = say("bus")

    assert question.startswith("Bus times. Stop?")


def test_who_has_not_shared_a_phone_is_asked_to_and_then_answered(running_plates, hears, say):
    level, ask = say("phạt nguội")
    assert "số điện thoại của ông/bà do Zalo xác nhận" in level
    assert ask == "ask_phone"

    shared = hears(info_event(PHONE))
    assert "Loại xe?" in shared[-1]
    assert list(buttons()) == ["Ô tô", "Xe máy", "Thôi hỏi"]

    (plate,) = say(buttons()["Xe máy"])
    assert "Biển số?" in plate
    assert "chỉ dùng để trả lời câu hỏi này" in plate
    (answer,) = say("86A-123.45")
    assert answer.startswith("Không có vi phạm")


@pytest.mark.parametrize("kind", ["1", "ô tô", "Car", "#service-value:1"])
def test_a_choice_may_be_tapped_numbered_or_written(running_plates, hears, say, kind):
    hears(info_event(PHONE))
    say("phạt nguội")

    (question,) = say(kind)

    assert "Biển số?" in question


def test_a_value_that_does_not_fit_is_asked_for_again(running_plates, hears, say):
    hears(info_event(PHONE))
    say("phạt nguội")

    (again,) = say("tàu thủy")

    assert "không có trong danh sách" in again
    assert "Ô tô" in buttons()


@pytest.mark.parametrize("number", ["1234", "790123456789"])
def test_digits_are_the_value_that_was_asked_for_and_no_proof_or_code(running_plates, hears, say, number):
    hears(info_event(PHONE))
    say("phạt nguội")
    say("1")

    (answer,) = say(number)

    assert answer.startswith("Không có vi phạm")


def test_what_was_said_lies_sealed_and_no_longer_than_needed(running_plates, hears, say):
    hears(info_event(PHONE))
    say("phạt nguội")
    say("1")
    assert "car" not in str(dialogue())

    say("86A-123.45")

    assert dialogue() == {}


def test_a_crash_is_told_in_a_whole_sentence(running_plates, hears, say):
    hears(info_event(PHONE))
    say("phạt nguội")
    say("1")

    (answer,) = say("CRASH")

    assert "Dịch vụ này đang gặp lỗi" in answer
    assert "Xin hỏi lại sau" in answer


def wait_for(found, most_s: float = 10.0):
    until = time.monotonic() + most_s
    while not (value := found()) and time.monotonic() < until:
        time.sleep(0.02)
        db.session.rollback()
    return value


def ask_what_hangs(hears, say) -> list[str]:
    hears(info_event(PHONE))
    say("phạt nguội")
    say("1")
    return say("HANG")


def test_a_slow_answer_comes_as_its_own_message_and_the_talk_goes_on(running_plates, hears, say):
    began = time.monotonic()
    sys.modules["plate_package"].Plates.timeout_s = 60.0
    (wait,) = ask_what_hangs(hears, say)
    assert "Câu trả lời sẽ đến trong tin nhắn sau, chậm nhất 65 giây" in wait
    assert "Ông/bà cần gì?" in say("menu")[0]
    before = len(messages())
    assert time.monotonic() - began < 40

    sys.modules["plate_package"].GO_ON.set()

    assert wait_for(lambda: len(messages()) == before + 1)
    assert messages()[-1]["text"].startswith("Không có vi phạm")
    assert db.session.scalars(db.select(ServiceWaiting)).all() == []


def test_who_waits_in_vain_is_told_once_whatever_became_of_the_process(running_plates, app, hears, say):
    sys.modules["plate_package"].Plates.timeout_s = 60.0
    ask_what_hangs(hears, say)
    before = len(messages())
    with time_machine.travel(now() + timedelta(seconds=70)):
        sweeper.sweep_all()
        sweeper.sweep_all()
    let_the_late_answer_come()

    assert [one["text"] for one in messages()[before:]] == [IN_VAIN]
    assert [outcome for outcome, _ in counted()] == ["timed_out"]


def test_who_waits_in_vain_is_told_when_the_time_runs_out_and_counted_once(running_plates, hears, say):
    wait = ask_what_hangs(hears, say)[0]
    assert "chậm nhất 6 giây" in wait

    assert wait_for(lambda: [one["text"] for one in messages()][-1] == IN_VAIN)  # no sweep runs here
    assert wait_for(counted)
    sweeper.sweep_all()
    let_the_late_answer_come()

    assert [one["text"] for one in messages()].count(IN_VAIN) == 1
    [(outcome, took_ms)] = counted()
    assert outcome == "timed_out"
    assert took_ms >= 1000
    assert db.session.scalars(db.select(ServiceWaiting)).all() == []


IN_VAIN = "Vi phạm theo biển số: Nguồn dữ liệu chưa trả lời kịp. Xin hỏi lại sau ít phút."


def let_the_late_answer_come() -> None:
    sys.modules["plate_package"].GO_ON.set()
    for thread in threading.enumerate():
        if thread.name == "service-plates":
            thread.join(20)


def counted() -> list[tuple[str, int]]:
    with tenant_scope("binh-thuan"):
        return [
            tuple(one) for one in db.session.execute(db.select(ServiceAsked.outcome, ServiceAsked.took_ms))
        ]


def test_one_service_that_hangs_delays_no_other_citizens_answer(running_buses, plates, app, post, hears, say):
    switch_on("plates")
    for at in range(6):
        uid = f"70000000000000001{at:02d}"
        for event in (info_event(PHONE, uid=uid), *(text_event(x, uid=uid) for x in ("phạt nguội", "1"))):
            assert post(event).status_code == 200
    jobs.read_inbox("binh-thuan")
    for at in range(6):
        post(text_event("HANG", uid=f"70000000000000001{at:02d}"))
    began = time.monotonic()
    jobs.read_inbox("binh-thuan")
    hung_s = time.monotonic() - began
    for at in range(20):
        post(text_event("xe buýt chợ đầm", uid=f"70000000000000002{at:02d}"))
    began = time.monotonic()
    jobs.read_inbox("binh-thuan")
    took_s = time.monotonic() - began

    answers = [one["text"] for one in messages() if "Tuyến 1" in one.get("text", "")]
    assert len(answers) == 20
    assert took_s < 25  # 20 lines, some 50 ms each; one of them waiting for the source would cost 30 s
    assert hung_s < 25  # four wait half a second, the others are told at once that the source is slow


def test_choices_are_offered_and_each_way_leads_on(installed, province, say):
    installed.add("choice_package", CHOICES, {"which": "choice_package:Which"})
    switch_on("which")

    (offer,) = say("đường nào Lê Lợi")
    assert "1. Lê Lợi, Quận 1\n2. Lê Lợi, Gò Vấp" in offer
    assert buttons()["Lê Lợi, Gò Vấp"] == "#service-choice:2"

    assert say("gò vấp")[0].startswith("Ở Gò Vấp")


def test_topics_of_a_service_stand_in_the_list_of_topics_while_it_is_on(installed, province, say):
    installed.add("choice_package", CHOICES, {"which": "choice_package:Which"})
    assert "Cắt điện" not in say("thông báo")[0]
    switch_on("which")
    assert "Cắt điện" in say("thông báo")[0]

    say(buttons()["Chủ đề khác"])
    say(buttons()["Bật: Cắt điện"])

    assert db.session.scalars(db.select(Citizen.topics)).one() == ["which.power_cut"]


def test_a_line_that_a_service_claims_without_its_phrase_is_its_own(installed, province, say):
    installed.add("choice_package", CHOICES, {"which": "choice_package:Which"})
    switch_on("which")

    assert say("!! Lê Lai !!")[0].startswith("Ở đâu đó")


def test_a_long_answer_fits_one_message_and_says_how_many_are_left(installed, province, say):
    installed.add("choice_package", CHOICES, {"which": "choice_package:Which"})
    switch_on("which")

    (answer,) = say("đường nào TẤT CẢ")

    assert len(answer) < 2000
    assert "kết quả nữa" in answer
    assert "/tra-cuu/which" in answer
    assert answer.rstrip().endswith("Chỉ để thử.")


CHOICES = """
from motcua.services.contract import *

class Which(Service):
    code, name = "which", "Đường nào"
    phrases = ("đường nào",)
    form = (Field("street", "Đường", free_text=True), Field("area", "Khu vực", is_required=False))
    topics = (Topic("power_cut", "Cắt điện", by_area=True),)
    disclaimer = "Chỉ để thử."

    def ask(self, question):
        street, area = question.values["street"], question.values["area"]
        if street == "TẤT CẢ":
            return Reply("match", tuple(Card(f"Đường {n} " + "x" * 180, (("Số", str(n)),)) for n in range(40)))
        if not area and street == "Lê Lợi":
            areas = ("Quận 1", "Gò Vấp")
            return Reply("choices", choices=tuple(
                Choice(f"Lê Lợi, {one}", {"street": street, "area": one}) for one in areas))
        return Reply("match", (Card(f"Ở {area or 'đâu đó'}", link="https://example.vn/", link_title="Bản đồ"),))

    def hears(self, line):
        if "hỏng" in line:
            raise ValueError(line)
        return {"street": line} if line.startswith("!!") else None
"""


def test_a_service_that_cannot_listen_lets_the_line_pass(installed, province, say):
    installed.add("choice_package", CHOICES, {"which": "choice_package:Which"})
    switch_on("which")

    assert "chưa tìm được thủ tục" in say("!! hỏng qwrt !!")[0]


def test_too_many_questions_are_told_how_long_to_wait(running_buses, say):
    answers = [say("xe buýt chợ đầm")[0] for _ in range(8)]

    assert any("nhiều lần trong một phút. Xin đợi" in one for one in answers)
