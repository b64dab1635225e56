"""`/console/readiness`, `/trial`, `/pauses`, `/privacy`: what an admin does before and while citizens are served."""

import html
import re

from motcua.core.database import db, tenant_scope
from motcua.messaging import pauses
from motcua.messaging.limits import guests
from motcua.messaging.models import TrialGuest
from motcua.tenancy.models import Tenant
from tests.factories import OA_IDS

SLUG = "binh-thuan"


def seen(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def test_the_admin_sees_what_is_missing_with_the_page_that_mends_it(admin):
    page = seen(admin.get("/console/readiness/"))

    assert "Sẵn sàng phục vụ: " in page and "✗ Còn thiếu" in page
    assert 'href="/console/official-accounts/"' in page and 'href="/console/trial/"' in page


def test_confirming_the_hours_ticks_the_item_with_the_persons_name(admin):
    page = seen(admin.follow("/console/readiness/hours"))

    assert re.search(
        r"✓ Xong</span> <strong>Giờ làm việc đã xác nhận</strong>: [^<]*Phạm Thu Hà xác nhận", page
    )


def test_the_calendar_offers_to_confirm_the_hours_it_shows_until_somebody_has(admin, officer):
    button = 'action="/console/readiness/hours"'
    before, officers = seen(admin.get("/console/calendar/")), seen(officer.get("/console/calendar/"))
    admin.get("/console/readiness/")
    admin.follow("/console/readiness/hours")

    assert button in before and button not in officers
    assert button not in seen(admin.get("/console/calendar/"))


def test_the_privacy_notice_is_proposed_with_the_provinces_own_words_and_read_by_everybody(app, admin):
    proposed = seen(admin.get("/console/privacy/"))
    assert "Tỉnh Bình Thuận dùng kênh Zalo này" in proposed and "90 ngày" in proposed
    stranger, host = app.test_client(), {"Host": f"{SLUG}.localhost"}
    assert stranger.get("/du-lieu-ca-nhan", headers=host).status_code == 404

    body = re.search(r"<textarea[^>]*>(.*?)</textarea>", proposed, re.DOTALL)[1]
    assert "Đã công bố" in seen(admin.follow("/console/privacy/", data={"body": body + "\n\n<b>đậm</b>"}))

    read = stranger.get("/du-lieu-ca-nhan", headers=host).get_data(as_text=True)
    assert "&lt;b&gt;đậm&lt;/b&gt;" in read and "Quyền của ông/bà" in read
    assert stranger.get("/du-lieu-ca-nhan", headers={"Host": "da-nang.localhost"}).status_code == 404
    short = admin.post("/console/privacy/", data={"body": "ngắn"})
    assert short.status_code == 422 and "ngắn" in seen(short)


def test_phones_are_invited_line_by_line_shown_masked_and_dismissed(admin):
    page = seen(admin.follow("/console/trial/", data={"phones": "0912 345 678\n\n+84987654321\n"}))
    assert "Đã mời thêm 2 số" in page and "0912345678" not in page and "84987654321" not in page

    with tenant_scope(SLUG):
        number = db.session.scalar(db.select(TrialGuest.id).order_by(TrialGuest.id))
    admin.follow(f"/console/trial/{number}/dismiss")
    with tenant_scope(SLUG):
        assert [one.phone for one in guests.guests()] == ["84987654321"]


def test_one_wrong_number_invites_nobody(admin):
    page = seen(admin.follow("/console/trial/", data={"phones": "0912345678\n12"}))

    assert "Chưa mời số nào" in page
    with tenant_scope(SLUG):
        assert guests.guests() == []


def test_another_provinces_guest_cannot_be_dismissed(admin):
    with tenant_scope("da-nang"):
        guests.invite("0912345678", "An")
        db.session.commit()
        number = db.session.scalar(db.select(TrialGuest.id))

    assert admin.post(f"/console/trial/{number}/dismiss").status_code == 404
    with tenant_scope("da-nang"):
        assert len(guests.guests()) == 1


def test_everything_one_oa_or_the_broadcasts_are_paused_and_go_on(admin):
    for what in ("", OA_IDS[SLUG], pauses.BROADCASTS):
        page = seen(admin.follow("/console/pauses/", data={"what": what, "reason": "Tin sai số tiền"}))
        assert "Đã dừng" in page and "Tin sai số tiền" in page
        assert "Đang gửi tiếp" in seen(admin.follow("/console/pauses/resume", data={"what": what}))
    assert "Xin ghi lý do" in seen(admin.follow("/console/pauses/", data={"what": "", "reason": ""}))
    theirs = {"what": OA_IDS["da-nang"], "reason": "Không phải của mình"}
    assert "Không tìm thấy" in seen(admin.follow("/console/pauses/", data=theirs))


def test_an_officer_may_do_none_of_it(officer):
    for path in ("readiness", "privacy", "trial", "pauses"):
        assert officer.get(f"/console/{path}/").status_code == 403, path


def test_the_pages_say_what_trial_means_only_while_it_is(admin):
    assert "đã qua dùng thử" in seen(admin.get("/console/trial/"))
    db.session.execute(db.update(Tenant).where(Tenant.id == SLUG).values(status="trial"))
    db.session.commit()

    assert "chỉ những số dưới đây nhận được tin" in seen(admin.get("/console/trial/"))


def test_on_trial_the_oas_page_says_what_a_test_message_needs(admin):
    needs = "không thì tin thử không đến máy"
    live = seen(admin.get("/console/official-accounts/"))
    db.session.execute(db.update(Tenant).where(Tenant.id == SLUG).values(status="trial"))
    db.session.commit()

    assert needs not in live
    assert needs in seen(admin.get("/console/official-accounts/"))


def test_on_trial_every_page_leads_to_the_next_step_and_later_none_does(admin, officer):
    assert "Việc kế tiếp" not in seen(admin.get("/console/trial/"))
    db.session.execute(db.update(Tenant).where(Tenant.id == SLUG).values(status="trial"))
    db.session.commit()

    home, calendar, checklist = (
        seen(admin.get(path)) for path in ("/console/", "/console/calendar/", "/console/readiness/")
    )

    for page in (home, calendar):
        assert '<a class="alert-link" href="/console/official-accounts/">Webhook đã nhận</a>' in page
        assert 'href="/console/readiness/">Xem cả danh mục' in page
    assert "Việc kế tiếp" not in checklist  # it is all there
    assert "Việc kế tiếp" not in seen(officer.get("/console/"))
