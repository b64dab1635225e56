"""`/console/messages` and its neighbours: texts, switches, ZBS templates, hours and costs."""

import re

import pytest

from motcua.citizens import registry
from motcua.conversation import answers
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.messaging import template_sync, testers
from motcua.messaging.channels.zbs_templates import ZbsTemplate
from motcua.messaging.limits import rule_versions, spending, switches
from motcua.messaging.models import Message
from motcua.messaging.wording import text_versions
from motcua.messaging.wording.offered import VARIABLES
from motcua.messaging.wording.texts import render
from tests.factories import make_citizen

HELP = "/console/messages/help"
WORDS = {"province": "Bình Thuận"}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def save(admin, action: str, body: str = "Chào {{ province }}!", **given):
    return admin.post(HELP, data={"body": body, "action": action, "based_on": "1"} | given)


def ours(look):
    with tenant_scope("binh-thuan"):
        return look()


def test_every_text_is_listed_and_can_be_opened(admin):
    page = text(admin.get("/console/messages/"))

    for event in VARIABLES:
        assert f'/console/messages/{event}"' in page
    for event in ("dossier_ready", "my_dossiers", "visit_refused", "survey_ask", "help"):
        assert admin.get(f"/console/messages/{event}").status_code == 200


def test_a_preview_shows_the_phone_in_both_languages_and_keeps_nothing(admin):
    page = text(save(admin, "preview", "Chào {{ province }}!", body_en="Hello {{ province }}!"))

    assert '<div class="bubble" lang="vi">Chào Bình Thuận!</div>' in page
    assert '<div class="bubble" lang="en">Hello Bình Thuận!</div>' in page
    assert "Menu chính" in page and "Main menu" in page
    assert ours(lambda: text_versions.latest_number("help")) == 1


def test_without_english_the_preview_says_what_english_readers_get(admin):
    assert "người chọn tiếng Anh đọc bản này" in text(save(admin, "preview"))


def test_a_draft_then_publishing_it(admin):
    assert save(admin, "draft", note="Ngắn hơn").status_code == 303
    assert "Có bản nháp 2" in text(admin.get("/console/messages/"))
    assert ours(lambda: render("help", WORDS)) != "Chào Bình Thuận!"

    admin.post(f"{HELP}/versions/2", data={"action": "publish"})

    assert ours(lambda: render("help", WORDS)) == "Chào Bình Thuận!"
    page = text(admin.get(HELP))
    assert "Ngắn hơn" in page and "Phạm Thu Hà" in page


def test_a_faulty_text_comes_back_with_the_line_and_what_was_written(admin):
    answer = save(admin, "publish", "Chào\n{{ <b>ten</b> }}")

    assert answer.status_code == 422
    page = text(answer)
    assert "Dòng 2" in page
    assert "{{ &lt;b&gt;ten&lt;/b&gt; }}" in page
    assert 'aria-invalid="true"' in page
    assert ours(lambda: text_versions.latest_number("help")) == 1


def test_two_versions_side_by_side_and_back_to_the_first(admin):
    save(admin, "publish")

    page = text(admin.get(f"{HELP}/versions/1"))
    assert "Chỉ ở bản 1" in page and "Chỉ ở bản 2" in page
    admin.post(f"{HELP}/versions/1", data={"action": "restore"})

    assert ours(lambda: text_versions.live_number("help")) == 3
    assert "Trở về bản 1" in text(admin.get(HELP))


def test_who_saves_over_another_is_told(admin):
    save(admin, "draft")

    assert save(admin, "draft").status_code == 409


@pytest.mark.parametrize("path", ["no_such_event", "help.en", "help/versions/9", "help?version=9"])
def test_what_does_not_exist_is_not_found(admin, path):
    assert admin.get(f"/console/messages/{path}").status_code == 404


def test_an_officer_may_look_and_change_nothing(officer):
    for path in (
        "messages/",
        "messages/help",
        "message-switches/",
        "message-channels/templates",
        "message-channels/costs",
    ):
        page = officer.get(f"/console/{path}")
        assert page.status_code == 200
        assert ">Lưu" not in text(page)
    for path in (
        "messages/help", "messages/tester", "messages/help/versions/1", "message-switches/",
        "message-channels/templates/sync", "message-channels/costs",
    ):  # fmt: skip
        assert officer.post(f"/console/{path}").status_code == 403


def code_shown(admin) -> str:
    page = text(admin.follow("/console/messages/tester", data={"action": "code"}))
    return re.search(r"NỐI MÃ ([0-9A-Z]{8})", page)[1]


def test_a_test_goes_to_ones_own_zalo_and_says_that_it_is_one(admin):
    code = code_shown(admin)
    with tenant_scope("binh-thuan"):
        answers.reply(make_citizen("71"), "key", f"nối mã {code.lower()}")
        db.session.commit()

    page = text(save(admin, "test", "Chào {{ province }}!", language="vi"))

    assert "Đã gửi thử" in page
    with tenant_scope("binh-thuan"):
        message = db.session.scalars(db.select(Message).where(Message.event == testers.EVENT)).one()
        assert message.content["consultation"]["text"].startswith("[TIN THỬ")
        assert "Chào Bình Thuận!" in message.content["consultation"]["text"]
        events = set(db.session.scalars(db.select(Message.event)))
        assert "tester_linked" in events


def test_who_is_not_linked_is_told_how(admin):
    answer = save(admin, "test")

    assert answer.status_code == 409
    assert "Lấy mã nối" in text(answer)


def test_a_code_works_once_and_guessing_is_stopped(admin):
    code = code_shown(admin)
    with tenant_scope("binh-thuan"):
        first, second = make_citizen("71"), registry.meet("388000000000000060", "72")
        assert testers.link(first, code) is True
        assert testers.link(second, code) is False
        for number in range(8):
            answers.reply(second, f"k{number}", f"nối mã AAAAAAA{number % 10}")
        db.session.commit()
        said = list(db.session.scalars(db.select(Message.event).where(Message.citizen_id == second.id)))
    assert said.count("tester_refused") == 4
    assert "cooled_down" in said


def test_a_code_of_another_province_links_nobody(admin):
    code = code_shown(admin)

    with tenant_scope("da-nang"):
        assert testers.link(make_citizen("71"), code) is False


def test_tests_are_limited_in_number(admin, monkeypatch):
    monkeypatch.setattr(testers, "MOST_AN_HOUR", 1)
    code = code_shown(admin)
    with tenant_scope("binh-thuan"):
        testers.link(make_citizen("71"), code)
        db.session.commit()

    assert save(admin, "test").status_code == 200
    assert save(admin, "test").status_code == 429


def test_switching_a_message_off_and_who_did_it(admin):
    page = text(admin.get("/console/message-switches/"))
    ticked = re.findall(r'value="([a-z_]+:[a-z]+)" checked', page)
    assert "dossier_moved:zbs" in ticked and "help:zbs" not in ticked

    left = [one for one in ticked if not one.startswith("dossier_moved:")]
    page = text(admin.follow("/console/message-switches/", data={"on": left}))

    assert "Đã đổi 2 mục" in page
    assert "Người dân không nhận tin này" in page
    assert "tắt bởi Phạm Thu Hà" in page
    assert ours(switches.off) == {("dossier_moved", "consultation"), ("dossier_moved", "zbs")}


def test_nothing_ticked_switches_off_only_what_may_be_off(admin):
    admin.post("/console/message-switches/", data={})

    off = ours(switches.off)
    assert ("dossier_supplement", "zbs") in off
    assert ("dossier_supplement", "consultation") not in off


def test_hours_and_limits_are_kept_with_who_set_them(admin):
    page = text(admin.get("/console/message-channels/costs"))
    given = dict(re.findall(r'name="([a-z]+-(?:start|end))" value="([0-9:]+)"', page))
    given |= dict.fromkeys(("news-days", "reminder-days", "survey-days", "broadcast-days"), "every")

    page = text(
        admin.follow(
            "/console/message-channels/costs",
            data=given | {"survey-start": "9h00", "cap_vnd": "5.000.000", "urgent_cap_vnd": "6 000 000 đ"},
        )
    )

    settings = ours(rule_versions.in_force)
    assert (settings.cap_vnd, settings.urgent_cap_vnd) == (5_000_000, 6_000_000)
    assert settings.hours["survey"].start.hour == 9
    assert "5.000.000 ₫" in page and "Phạm Thu Hà" in page


@pytest.mark.parametrize(
    "wrong", [{"cap_vnd": "nhiều"}, {"survey-start": "25:00"}, {"survey-days": "never"}, {}]
)
def test_what_makes_no_sense_is_refused(admin, wrong):
    answer = admin.post("/console/message-channels/costs", data=wrong)

    assert answer.status_code == 422
    assert "Xin" in text(answer)
    assert ours(rule_versions.latest) is None


def test_costs_by_event_and_channel(admin):
    def spent():
        month = spending.month_of(spending.now())
        row = {"event": "dossier_ready", "channel": "zbs_phone", "messages": 100, "amount_vnd": 12_000}
        db.session.add(spending.MessageSpend(month=month, **row))
        db.session.commit()

    ours(spent)

    page = text(admin.get("/console/message-channels/costs"))

    assert "12.000 ₫" in page and "Đã có kết quả" in page and "theo số điện thoại" in page


def test_templates_show_what_is_amiss_and_are_fetched_on_demand(admin):
    assert "Chưa đồng bộ lần nào" in text(admin.get("/console/message-channels/templates"))

    def kept():
        values = {"template_id": "300000", "name": "Tiếp <b>nhận", "reason": "Sai mẫu", "params": []}
        db.session.add(ZbsTemplate(account_id=1, status="REJECT", synced_at=spending.now(), **values))
        db.session.commit()

    ours(kept)
    page = text(admin.get("/console/message-channels/templates"))
    assert "Không gửi bằng mẫu này" in page and "Sai mẫu" in page
    assert "Tiếp &lt;b&gt;nhận" in page

    admin.post("/console/message-channels/templates/sync")
    assert template_sync.SYNC in [job.func_name for job in queue.lane_queue("normal").jobs]
