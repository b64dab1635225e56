"""Asking: the form, who may, how often; and a service that hangs or crashes hurts nobody else."""

import threading
import time
from datetime import date

import pytest

from motcua.core import counters, throttle
from motcua.core.database import db, tenant_scope
from motcua.services import asking, data, running
from motcua.services.contract import (
    ANYBODY,
    PHONE_PROVEN,
    Asker,
    Card,
    Choice,
    QuestionRefused,
    Reply,
    ServiceUnavailable,
)
from motcua.services.models import ServiceAsked
from tests.installing import load

SOMEBODY, PROVEN = Asker(), Asker(PHONE_PROVEN)
CAR = {"kind": "car"}


def titles(service, stop: str, **given) -> list[str]:
    return [card.title for card in asking.ask(service, {"stop": stop}, SOMEBODY, **given).cards]


def outcomes() -> list[tuple[str, str]]:
    return [(row.channel, row.outcome) for row in db.session.scalars(db.select(ServiceAsked))]


def wait_for(found, most_s: float = 10.0):
    until = time.monotonic() + most_s
    while not (value := found()) and time.monotonic() < until:
        time.sleep(0.02)
        db.session.rollback()
    return value


def test_the_answer_comes_from_the_data_of_the_day(buses, app, two_provinces):
    load(buses, valid_from=date(2025, 1, 1))
    load(buses, "Tuyến,Bến,Giờ đi,Giá vé\n8,Chợ Đầm,9h,8000\n", valid_from=date(2027, 1, 1))

    with tenant_scope("binh-thuan"):
        assert titles(buses, "chợ đầm", on=date(2026, 11, 26)) == ["Tuyến 1", "Tuyến 4"]
        assert titles(buses, "chợ đầm", on=date(2027, 1, 1)) == ["Tuyến 8"]
        assert titles(buses, "chợ đầm", on=date(2024, 1, 1)) == []
    with tenant_scope("da-nang"):
        assert titles(buses, "chợ đầm") == []


def test_data_are_prepared_once_for_each_set_of_versions(buses, app, two_provinces, monkeypatch):
    made = []
    whole = type(buses).prepare
    monkeypatch.setattr(
        type(buses), "prepare", lambda self, given: made.append(len(given)) or whole(self, given)
    )
    version = load(buses)
    with tenant_scope("binh-thuan"):
        for _ in range(3):
            titles(buses, "chợ đầm")
        assert made == [1]
        data.roll_back(buses, version.id, "Hà")
        db.session.commit()
        assert titles(buses, "chợ đầm") == []
        assert made == [1, 0]


def test_a_draft_can_be_tried_before_anybody_sees_it(buses, app, two_provinces):
    load(buses)
    draft = load(
        buses, "Tuyến,Bến,Giờ đi,Giá vé\n8,Chợ Đầm,9h,8000\n", publish=False, valid_from=date(2127, 1, 1)
    )

    with tenant_scope("binh-thuan"):
        tried, _ = asking.try_out(buses, {"stop": "chợ đầm"}, draft, SOMEBODY)
        assert [card.title for card in tried.cards] == ["Tuyến 8"]
        assert titles(buses, "chợ đầm") == ["Tuyến 1", "Tuyến 4"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "kind"), ({"kind": "boat", "plate": "x"}, "kind"), ({"kind": "Ô tô"}, "plate"),
     (CAR | {"plate": "x" * 300}, "plate"), (CAR | {"plate": " \x00 "}, "plate")],
    ids=["nothing", "no option", "required", "long", "invisible"],
)  # fmt: skip
def test_a_form_that_is_not_filled_is_refused_with_the_field_and_the_remedy(
    plates, app, province, values, field
):
    with pytest.raises(QuestionRefused, match="Xin") as refused:
        asking.ask(plates, values, PROVEN)

    assert list(refused.value.details) == [field]


def test_who_has_proven_too_little_is_told_what_to_do(plates, app, province):
    with pytest.raises(asking.LevelTooLow, match="Xin") as refused:
        asking.ask(plates, CAR | {"plate": "86A-123.45"}, Asker(ANYBODY))

    assert refused.value.details == {"level": PHONE_PROVEN}


def test_a_crash_is_counted_told_and_logged_without_the_words_that_were_asked(plates, app, province, capsys):
    asked = asking.begin(plates, CAR | {"plate": "CRASH"}, PROVEN, channel="chat")
    with pytest.raises(asking.ServiceFailed, match="Xin"):
        asked.reply(5)

    assert wait_for(outcomes) == [("chat", "failed")]
    out = capsys.readouterr()
    assert "KeyError" in out.out + out.err
    assert "CRASH" not in out.out + out.err


@pytest.mark.parametrize(
    "reply",
    [None, "Xin chào", Reply("maybe"), Reply("match", ("card",)), Reply("match", (Card("x", (("a",),)),)),
     Reply("choices", choices=(Choice(" ", {}),))],
    ids=["nothing", "words", "kind", "no card", "half a fact", "no label"],
)  # fmt: skip
def test_what_is_no_reply_is_a_fault_of_the_service_and_reaches_nobody(
    plates, app, province, monkeypatch, reply
):
    monkeypatch.setattr(type(plates), "ask", lambda self, question: reply)

    with pytest.raises(asking.ServiceFailed, match="Xin"):
        asking.ask(plates, CAR | {"plate": "86A-123.45"}, PROVEN)


def test_a_connection_that_fails_is_a_source_that_is_away(plates, app, province):
    with pytest.raises(ServiceUnavailable, match="Xin") as refused:
        asking.ask(plates, CAR | {"plate": "AWAY"}, PROVEN)

    assert refused.value.code == "service_unavailable"


def test_a_source_that_stays_away_is_left_alone_for_a_while(plates, app, province):
    opened = []
    for number in range(1, throttle.FAILURES_TO_OPEN + 1):
        with pytest.raises(ServiceUnavailable):
            asking.begin(plates, CAR | {"plate": "AWAY"}, PROVEN, channel="chat").reply(5)
        assert wait_for(lambda number=number: len(outcomes()) == number)
        opened.append(throttle.look("service:binh-thuan:plates").open_s > 0)

    assert opened[-2:] == [False, True]
    with pytest.raises(ServiceUnavailable):  # at once, and not by the service
        asking.begin(plates, CAR | {"plate": "86A-123.45"}, PROVEN)


def test_only_so_many_questions_a_minute_come_from_one_place(buses, app, province):
    load(buses)

    def ask(who: str) -> None:
        asking.begin(buses, {"stop": "x"}, SOMEBODY, channel="page", who=who)

    with pytest.raises(asking.TooManyQuestions, match="Xin") as refused:
        for _ in range(buses.per_minute + 1):
            ask("10.0.0.1")
            db.session.rollback()
    ask("10.0.0.2")

    assert refused.value.details["retry_after_s"] >= 1


def test_no_address_stands_in_redis(buses, app, province):
    from motcua.core.queue import connection

    asking.begin(buses, {"stop": "x"}, SOMEBODY, channel="page", who="203.0.113.77")

    assert not [key for key in connection().keys() if b"203.0.113.77" in key]  # noqa: SIM118


def test_questions_are_counted_for_prometheus_and_for_the_console(buses, app, two_provinces):
    load(buses)
    with tenant_scope("binh-thuan"):
        for _ in range(2):
            asking.begin(buses, {"stop": "Chợ Đầm"}, SOMEBODY, channel="page").reply(5)
        assert wait_for(lambda: len(outcomes()) == 2)

    assert counters.counts()["service", "binh-thuan|buses|match"] == 2
    text = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'motcua_service_questions_total{outcome="match",service="buses",tenant="binh-thuan"} 2.0' in text
    assert 'motcua_service_answer_seconds_bucket{le="+Inf",service="buses",tenant="binh-thuan"} 2.0' in text


def test_a_service_that_hangs_for_one_province_delays_neither_its_other_services_nor_other_provinces(
    plates, installed, app, two_provinces
):
    from tests.installing import BUSES

    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"})
    from motcua.services import registry

    buses, hanging = registry.find("buses"), registry.find("plates")
    load(buses)
    load(buses, slug="da-nang")
    with tenant_scope("binh-thuan"):
        for _ in range(running.OF_SERVICE):
            asking.begin(hanging, CAR | {"plate": "HANG"}, PROVEN, channel="chat")
        time.sleep(running.STUCK_AFTER_S + 0.1)
        with pytest.raises(running.ServiceBusy, match="Xin"):
            asking.begin(hanging, CAR | {"plate": "86A-123.45"}, PROVEN, channel="chat")
    took = []

    def ask_others(slug: str) -> None:
        with app.app_context(), tenant_scope(slug):
            began = time.monotonic()
            assert titles(buses, "chợ đầm")
            took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask_others, args=(slug,)) for slug in ("binh-thuan", "da-nang") * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(took) == 20
    assert max(took) < 20  # behind the hanging one they would wait for 30 s
    with tenant_scope("da-nang"):
        began = time.monotonic()
        asking.ask(hanging, CAR | {"plate": "86A-123.45"}, PROVEN)
        assert time.monotonic() - began < 20


def test_after_a_few_time_outs_nobody_is_made_to_wait_for_a_while(plates, app, two_provinces):
    with tenant_scope("binh-thuan"):
        for _ in range(3):
            asking.note_time_out("binh-thuan", "plates", "chat", 11.0)
        with pytest.raises(ServiceUnavailable, match="Xin"):
            asking.ask(plates, CAR | {"plate": "86A-123.45"}, PROVEN)
    with tenant_scope("da-nang"):
        assert asking.ask(plates, CAR | {"plate": "86A-123.45"}, PROVEN).kind == "match"
    throttle.close_circuit("service:binh-thuan:plates")
    with tenant_scope("binh-thuan"):
        assert asking.ask(plates, CAR | {"plate": "86A-123.45"}, PROVEN).kind == "match"


def test_who_waits_longer_than_the_service_may_take_is_told(plates, app, province):
    began = time.monotonic()

    with pytest.raises(asking.ServiceTimedOut, match="Xin"):
        asking.ask(plates, CAR | {"plate": "HANG"}, PROVEN)

    assert 1.0 <= time.monotonic() - began < 20
