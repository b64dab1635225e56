"""`/tra-cuu` on the province's host: forms without JavaScript, answers with their source, nothing personal kept."""

import re
import sys
import threading
import time
from datetime import timedelta

import pytest
import time_machine

from motcua import sweeper
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.services import registry
from motcua.services.models import ServiceAsked, ServiceWaiting
from tests.console.conftest import HOST
from tests.installing import BUSES, PRIVATE, load, switch_on

OPEN = PRIVATE.replace("level = PHONE_PROVEN", "level = ANYBODY")
HOSTILE = """
from motcua.services.contract import *

class Hostile(Service):
    code, name = "hostile", "<b>Đậm</b>"
    form = (Field("word", "Từ", free_text=True),)

    def ask(self, question):
        word = question.values["word"]
        if word == "choose":
            return Reply("choices", choices=(Choice("A & B", {"word": "a&b=c"}),))
        return Reply("match", (Card(
            "<script>alert(1)</script>", (("<i>x</i>", "<img src=x>"),), note="<u>",
            link="javascript:alert(1)", link_title="bấm", record={},
            source=Source("<s>nguồn</s>", url="data:text/html,x")),), text=word)
"""


@pytest.fixture
def open_plates(installed):
    """Personal values, but anybody may ask; "HANG" hangs until the test ends."""
    installed.add("plate_package", OPEN, {"plates": "plate_package:Plates"})
    yield registry.find("plates")
    sys.modules["plate_package"].GO_ON.set()


@pytest.fixture
def web(app, two_provinces):
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    yield client
    app.config["WTF_CSRF_ENABLED"] = True


def get(web, path: str, slug: str = "binh-thuan"):
    return web.get(path, headers={"Host": f"{slug}.localhost"})


def post(web, path: str, **data: str):
    return web.post(path, data=data, headers=HOST)


def test_only_what_is_switched_on_is_offered(buses, web):
    assert "chưa mở mục tra cứu nào" in get(web, "/tra-cuu/").get_data(as_text=True)
    assert get(web, "/tra-cuu/buses").status_code == 404
    switch_on("buses")

    assert "Giờ xe buýt" in get(web, "/tra-cuu/").get_data(as_text=True)
    assert get(web, "/tra-cuu/buses").status_code == 200
    assert get(web, "/tra-cuu/buses", "da-nang").status_code == 404
    assert get(web, "/tra-cuu/nothing").status_code == 404


def test_a_question_in_the_address_is_answered_with_its_source_and_disclaimer(buses, web):
    switch_on("buses")
    load(buses, document="Thông báo 12", is_official=False)

    answer = get(web, "/tra-cuu/buses?stop=chợ đầm")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert re.search(r"<dt>Giờ</dt><dd>05:30</dd>", text)
    assert "Thông báo 12 (tham khảo, không phải số liệu chính thức)" in text
    assert "Giờ có thể đổi ngày lễ." in text
    assert "xe buýt Chợ Đầm" in text
    assert 'value="chợ đầm"' in text


def test_what_is_missing_or_wrong_is_said_at_its_field(open_plates, web):
    switch_on("plates")

    answer = post(web, "/tra-cuu/plates", kind="car", plate="")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="e-plate"' in text
    assert "Chưa có biển số. Xin ghi" in text
    assert "selected>Ô tô" in text


def test_a_personal_question_is_posted_and_stands_in_no_address(open_plates, web):
    switch_on("plates")

    by_address = get(web, "/tra-cuu/plates?kind=car&plate=86A-123.45")
    posted = post(web, "/tra-cuu/plates", kind="car", plate="86A-123.45")

    assert (by_address.status_code, by_address.headers["Location"]) == (303, "/tra-cuu/plates")
    assert "Không có vi phạm" in posted.get_data(as_text=True)
    assert 'method="post"' in get(web, "/tra-cuu/plates").get_data(as_text=True)


def test_a_personal_question_without_the_forms_token_is_refused(open_plates, app, two_provinces):
    switch_on("plates")

    answer = app.test_client().post("/tra-cuu/plates", data={"kind": "car", "plate": "x"}, headers=HOST)

    assert answer.status_code == 400


def test_what_needs_proof_is_answered_in_the_chat_only(plates, web):
    switch_on("plates")

    for answer in (get(web, "/tra-cuu/plates"), post(web, "/tra-cuu/plates", kind="car", plate="86A")):
        text = answer.get_data(as_text=True)
        assert "chỉ trả lời trong Zalo" in text
        assert "<form" not in text


def test_whatever_a_service_says_is_shown_as_text(installed, web):
    installed.add("hostile_package", HOSTILE, {"hostile": "hostile_package:Hostile"})
    switch_on("hostile")

    text = get(web, "/tra-cuu/hostile?word=%3Cscript%3E").get_data(as_text=True)
    chosen = get(web, "/tra-cuu/hostile?word=choose").get_data(as_text=True)

    for raw in ("<script", "<img", "<i>", "<u>", "<s>", "<b>", "javascript:", "data:text"):
        assert raw not in text
    assert "?word=a%26b%3Dc" in chosen


def test_too_many_questions_from_an_address_are_refused_politely(buses, web):
    switch_on("buses")
    load(buses)

    answers = [get(web, "/tra-cuu/buses?stop=x") for _ in range(8)]

    assert answers[-1].status_code == 429
    assert "Xin đợi một lát" in answers[-1].get_data(as_text=True)


def test_a_crash_is_told_and_no_detail_shown(open_plates, web):
    switch_on("plates")

    answer = post(web, "/tra-cuu/plates", kind="car", plate="CRASH")

    assert answer.status_code == 503
    assert "Dịch vụ này đang gặp lỗi" in answer.get_data(as_text=True)
    assert "KeyError" not in answer.get_data(as_text=True)


def test_a_slow_answer_is_waited_for_on_a_page_that_looks_again(open_plates, web):
    switch_on("plates")
    type(open_plates).timeout_s = 60.0
    began = time.monotonic()
    sent = post(web, "/tra-cuu/plates", kind="car", plate="HANG")
    assert time.monotonic() - began < 40
    place = sent.headers["Location"]
    assert "HANG" not in place

    waiting = get(web, place)
    assert waiting.headers["Refresh"] == "2"
    assert "chậm nhất 65 giây sẽ có câu trả lời" in waiting.get_data(as_text=True)
    assert get(web, place, "da-nang").status_code == 404
    sys.modules["plate_package"].GO_ON.set()

    until = time.monotonic() + 10
    while "Refresh" in (answer := get(web, place)).headers and time.monotonic() < until:
        time.sleep(0.05)
    assert "Không có vi phạm" in answer.get_data(as_text=True)
    with tenant_scope("binh-thuan"):
        row = db.session.scalars(db.select(ServiceWaiting)).one()
        assert "vi phạm" not in row.outcome_encrypted
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert get(web, place).status_code == 404
        sweeper.sweep_all()
    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(ServiceWaiting)).all() == []


def test_who_waits_on_a_page_in_vain_is_told(open_plates, web):
    switch_on("plates")
    place = post(web, "/tra-cuu/plates", kind="car", plate="HANG").headers["Location"]
    with time_machine.travel(now() + timedelta(seconds=30)):
        sweeper.sweep_all()

    text = get(web, place).get_data(as_text=True)

    assert "chưa trả lời kịp. Xin hỏi lại" in text
    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(ServiceAsked.outcome)).all() == ["timed_out"]


def test_a_hanging_source_of_one_province_leaves_the_few_threads_of_a_web_process_to_the_others(
    open_plates, installed, app, web
):
    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"})
    buses = registry.find("buses")
    switch_on("plates")
    switch_on("buses", "da-nang")
    load(buses, slug="da-nang")
    four_threads, took, hung = threading.Semaphore(4), [], []  # as the web server has

    def visit(hangs: bool) -> None:
        client = app.test_client()
        asked_at = time.monotonic()
        with four_threads:
            if hangs:
                post(client, "/tra-cuu/plates", kind="car", plate="HANG")
                hung.append(time.monotonic() - asked_at)
            else:
                assert get(client, "/tra-cuu/buses?stop=chợ đầm", "da-nang").status_code in (200, 429)
                took.append(time.monotonic() - asked_at)

    visits = [threading.Thread(target=visit, args=(at % 2 == 0,)) for at in range(24)]
    for one in visits:
        one.start()
    for one in visits:
        one.join(60)

    assert (len(took), len(hung)) == (12, 12)
    assert max(took) < 25  # each hanging question would hold its thread for 30 s


def test_a_disclaimer_stands_where_there_is_an_answer_and_nowhere_else(buses, web):
    switch_on("buses")
    load(buses)

    assert "Giờ có thể đổi ngày lễ." in get(web, "/tra-cuu/buses?stop=Chợ+Đầm").get_data(as_text=True)
    assert "Giờ có thể đổi ngày lễ." not in get(web, "/tra-cuu/buses").get_data(as_text=True)
    assert "Giờ có thể đổi ngày lễ." not in get(web, "/tra-cuu/buses?stop=xyz").get_data(as_text=True)


def test_an_example_comes_from_the_provinces_own_table(buses, web, monkeypatch):
    monkeypatch.setattr(type(buses), "example_of", lambda self, row: f"{row['stop']} số {row['route']}")
    switch_on("buses")
    switch_on("buses", "da-nang")
    load(buses)

    assert 'Ví dụ: <span lang="vi">Chợ Đầm số 1</span>' in get(web, "/tra-cuu/buses").get_data(as_text=True)
    theirs = get(web, "/tra-cuu/buses", "da-nang").get_data(as_text=True)
    assert 'Ví dụ: <span lang="vi">Chợ Đầm</span>' in theirs


def test_a_province_without_violations_says_so_before_a_plate_is_written(web):
    switch_on("traffic_violation")

    page = get(web, "/tra-cuu/traffic_violation").get_data(as_text=True)
    assert page.index("Ông/bà không cần ghi biển số ở đây.") < page.index('name="plate"')

    switch_on("traffic_violation", api_url="https://api.example.vn", api_secret="x")
    assert "không cần ghi biển số" not in get(web, "/tra-cuu/traffic_violation").get_data(as_text=True)
