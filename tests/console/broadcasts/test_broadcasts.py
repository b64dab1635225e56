"""Announcements in the console and on the public page: two people, one number that anybody can check."""

import csv
import io
import re

import pytest

from motcua.broadcasts import workflow
from motcua.core.database import db, tenant_scope
from tests.broadcasts.conftest import FORM, deliver, draft, move_on, person, scheduled, zalo  # noqa: F401
from tests.factories import make_citizen

from ..conftest import HOST, _signed_in
from .conftest import LIST, SLUG, approve, only, said, written


def test_from_the_first_word_to_the_queue_by_two_people(writer, leader, citizens):
    path = written(writer)
    aimed = writer.follow(f"{path}/audience", data={"topic": "policy"})
    assert "<strong>3</strong><br>người nhận" in said(aimed)

    writer.post(path, data={"action": "submit"})
    seen = said(leader.get(path))
    assert FORM["body"].split("\n")[0] in seen
    assert "Miễn lệ phí" in said(leader.get(LIST)).split("Chờ ông/bà duyệt")[1]
    approve(leader, path)
    writer.post(path, data={"action": "schedule", "when": "now"})
    with tenant_scope(SLUG):
        move_on(only())

    shown = said(writer.get(path))
    assert "Đang gửi" in shown and "Đã xếp hàng</dt><dd>3" in shown
    assert "Trần" not in said(writer.get(f"{path}/progress"))
    assert 'data-state="running"' in said(writer.get(f"{path}/progress"))


def test_the_writer_sees_no_button_to_approve_and_a_forged_one_does_nothing(writer, citizens):
    path = written(writer)
    writer.post(path, data={"action": "submit"})

    assert "Chờ một người khác duyệt" in said(writer.get(path))
    writer.post(path, data={"action": "approve", "revision": only().revision, "sure": "1"})

    assert only().state == "submitted"


def test_an_admin_never_approves_what_is_his_own(admin):
    path = written(admin)
    admin.post(path, data={"action": "submit"})

    answer = admin.follow(path, data={"action": "approve", "revision": only().revision})

    assert "cần một người khác" in said(answer)
    assert only().state == "submitted"


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(writer):
    answer = writer.post(LIST + "new", data=FORM | {"title": "", "link": "http://lua-dao.example"})

    page = said(answer)
    assert answer.status_code == 422
    assert 'aria-describedby="fault-title"' in page and "Tiêu đề đang trống. Xin viết." in page
    assert "để người dân phân biệt với tin giả" in page
    assert FORM["document_number"] in page


def test_what_is_written_is_shown_as_text_never_as_markup(writer):
    path = written(writer, title="<script>alert(1)</script>", body="{{ 7*7 }} <b>đậm</b>")

    page = said(writer.get(path))

    assert "<script>alert(1)" not in page and "<b>đậm" not in page
    assert "{{ 7*7 }}" in page


@pytest.mark.parametrize(
    "path", ["", "new", "1", "1/edit", "1/audience", "1/not-reached", "1/not-reached.csv"]
)
def test_an_officer_at_the_desk_has_nothing_to_do_here(officer, path):
    assert officer.get(LIST + path).status_code == 403


def test_a_leader_reads_and_decides_but_does_not_write(leader):
    assert leader.get(LIST).status_code == 200
    assert leader.get(LIST + "new").status_code == 403


def test_theirs_is_not_found_by_any_door(writer, app):
    with tenant_scope("da-nang"):
        number, code = draft().id, draft().code
    for path in ("", "/edit", "/audience", "/progress", "/not-reached", "/not-reached.csv"):
        assert writer.get(f"{LIST}{number}{path}").status_code == 404, path
    for path in ("", "/edit", "/audience", "/audience/list", "/audience/list/mend"):
        assert writer.post(f"{LIST}{number}{path}", data=FORM).status_code == 404, path
    assert writer.get(f"/thong-bao/{code}").status_code == 404


def test_a_list_is_uploaded_mended_in_place_and_counted(writer):
    with tenant_scope(SLUG):
        make_citizen(phone="84912345678")
        db.session.commit()
    path = written(writer)
    file = (io.BytesIO("Số điện thoại\n0912345678\n0912 345 678\n12ab\n".encode()), "ds.csv")

    faulty = said(writer.follow(f"{path}/audience/list", data={"file": file}))
    (name,) = re.findall(r'name="(line-\d+)" value="12ab"', faulty)
    mended = said(writer.follow(f"{path}/audience/list/mend", data={name: "0905111222"}))

    assert "1 dòng trùng đã gộp. Còn 1 dòng cần sửa." in faulty and "<td>4</td>" in faulty
    assert "Danh sách có 2 người. Không có dòng lỗi." in mended
    assert "1 dòng trong danh sách không phải người quan tâm" in mended


def test_a_file_that_is_no_list_is_one_sentence(writer):
    path = written(writer)

    answer = writer.follow(f"{path}/audience/list", data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})

    assert "Tệp này là PDF" in said(answer)


def test_a_past_hour_is_refused_and_a_later_one_kept(writer, leader, citizens):
    path = written(writer)
    writer.post(path, data={"action": "submit"})
    approve(leader, path)

    past = writer.follow(
        path, data={"action": "schedule", "when": "later", "day": "2026-11-25", "time": "09:00"}
    )
    assert "Giờ gửi đã qua" in said(past)
    writer.post(path, data={"action": "schedule", "when": "later", "day": "2026-11-27", "time": "22:30"})

    assert "08:00 thứ Bảy, 28/11/2026" in said(writer.get(path))


def test_the_form_guards_itself_against_other_sites(app, two_provinces, clock):
    browser = _signed_in_with_tokens(app)

    assert browser.post(LIST + "new", data=FORM).status_code == 400


def _signed_in_with_tokens(app):
    app.config["WTF_CSRF_ENABLED"] = False
    browser = _signed_in(app, "communications")
    app.config["WTF_CSRF_ENABLED"] = True
    return browser


def missed(writer, **given) -> str:
    """A broadcast with three people: one reached, one refused by Zalo, one who stopped; its number."""
    with tenant_scope(SLUG):
        citizens = [person(phone=f"8491234567{at}") for at in range(3)]
        one = scheduled(draft())
        move_on(one)
        deliver(one, **({"state": "failed", "failure": "zalo_recipient_unreachable"} | given))
        db.session.execute(
            db.text("UPDATE message SET state = 'delivered', failure = NULL WHERE citizen_id = :one"),
            {"one": citizens[0].id},
        )
        db.session.execute(
            db.text("UPDATE broadcast_recipient SET skipped = 'stopped' WHERE citizen_id = :one"),
            {"one": citizens[1].id},
        )
        db.session.execute(db.text("DELETE FROM message WHERE citizen_id = :one"), {"one": citizens[1].id})
        db.session.commit()
        return f"{LIST}{one.id}/not-reached"


def test_who_was_not_reached_and_why_masked_for_the_writer(writer):
    path = missed(writer)

    page = said(writer.get(path))
    rows = list(csv.reader(io.StringIO(writer.get(path + ".csv").get_data(as_text=True).lstrip("\ufeff"))))

    assert "<strong>2</strong> người không nhận được" in page
    assert [row[1:4] for row in rows[1:]] == [
        ["09x****671", "Đã nhắn DỪNG sau khi chốt danh sách.", "Không gửi"],
        [
            "09x****672",
            "Zalo báo không gửi được cho người này: đã chặn, thôi quan tâm hoặc khóa tài khoản.",
            "Không gửi được",
        ],
    ]


def test_lines_of_the_list_that_nobody_was_told_by_are_on_the_page_and_in_the_file(writer, admin):
    with tenant_scope(SLUG):
        person(topics=(), phone="84912345670")
        person(muted=True, phone="84912345671")
    path = written(writer)
    upload = {"file": (io.BytesIO(b"0912345670\n0912345671\n0912345672\n7200000000000000099\n"), "a.csv")}
    writer.follow(f"{path}/audience/list", data=upload)
    with tenant_scope(SLUG):
        move_on(scheduled(only()))
        deliver(only())
        move_on(only())

    page, shown = said(writer.get(path + "/not-reached")), said(writer.get(path))
    masked = csv_of(writer.get(path + "/not-reached.csv"))
    whole = csv_of(admin.get(path + "/not-reached.csv"))

    assert "<strong>3</strong> người không nhận được" in page
    assert "Cả thảy 4 người: đã gửi 1, không nhận được 3, còn lại 0." in page
    assert "Đã nhắn DỪNG trước khi chốt" in page and "chưa liên kết số này" in page and "09x****672" in page
    assert "0912345672" not in page
    assert "<dt>Tổng số người</dt><dd>4" in shown and "<dt>Không nhận được</dt><dd>3" in shown
    assert [row[1] for row in masked] == ["09x****671", "09x****672", "Mã Zalo …099"]
    assert [row[1] for row in whole] == ["0912345671", "0912345672", "Mã Zalo 7200000000000000099"]


def csv_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))[1:]


def test_whole_numbers_are_for_those_who_may_see_them(admin):
    page = admin.get(missed(admin) + ".csv").get_data(as_text=True)

    assert "0912345672" in page and "09x" not in page


def test_no_cell_of_the_list_can_run_as_a_formula(admin):
    page = admin.get(missed(admin, failure="=HYPERLINK(1)") + ".csv").get_data(as_text=True)

    rows = csv.reader(io.StringIO(page))
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)


def test_the_public_page_shows_what_was_sent_and_never_a_draft(app, writer, citizens):
    with tenant_scope(SLUG):
        hidden, shown = draft(title="Còn là bản nháp"), scheduled(draft())
        move_on(shown)
    public = app.test_client()

    page = public.get(f"/thong-bao/{shown.code}", headers=HOST)
    listed = said(public.get("/thong-bao", headers=HOST))

    words = said(page)
    for part in ("Tin thật.", FORM["title"], FORM["document_number"], "20/11/2026", FORM["document_issuer"]):
        assert part in words
    assert "Kênh chính thức" in words
    assert len(page.data) < 100_000 and "<script" not in words
    assert FORM["title"] in listed and "Còn là bản nháp" not in listed
    assert public.get(f"/thong-bao/{hidden.code}", headers=HOST).status_code == 404


@pytest.mark.parametrize(
    "as_typed", [lambda code: code, lambda code: f" số {code.lower()}"], ids=["as is", "by hand"]
)
def test_a_number_that_is_ours_leads_to_its_page(app, writer, as_typed):
    with tenant_scope(SLUG):
        one = scheduled(draft())
        move_on(one)

    answer = app.test_client().get("/thong-bao", query_string={"number": as_typed(one.code)}, headers=HOST)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/thong-bao/{one.code}")


@pytest.mark.parametrize(
    "typed", ["1-AAAAAA", "không biết", "<script>", "99999999999999999999-AAAAAA", "\x00"]
)
def test_a_number_that_is_not_ours_is_called_false(app, writer, typed):
    answer = app.test_client().get("/thong-bao", query_string={"number": typed}, headers=HOST)

    assert answer.status_code == 404
    assert "không phải tin của tỉnh" in said(answer)
    assert "<script>" not in said(answer)


def test_a_stopped_announcement_says_so_on_its_page(app, writer, citizens):
    with tenant_scope(SLUG):
        one = scheduled(draft())
        move_on(one)
        workflow.cancel(one.id, workflow.By(1, "A"))
        db.session.commit()

    assert "Tỉnh đã dừng gửi" in said(app.test_client().get(f"/thong-bao/{one.code}", headers=HOST))


def test_cancelling_says_what_ends_and_asks_for_the_number(writer, citizens):
    path = written(writer)

    asked = said(writer.get(f"{path}/cancel"))
    wrong = writer.post(f"{path}/cancel", data={"name": "1-AAAAAA", "note": "Nhầm ngày"})
    unnamed = writer.post(path, data={"action": "cancel"})

    assert "Không mở lại được" in asked and f"<strong>{only().code}</strong>" in asked
    assert wrong.status_code == 422
    assert "Số thông báo chưa đúng" in said(wrong) and 'value="Nhầm ngày"' in said(wrong)
    assert (unnamed.status_code, only().state) == (303, "draft")

    writer.post(f"{path}/cancel", data={"name": f" {only().code} ", "note": "Nhầm ngày"})

    shown = said(writer.get(path))
    assert only().state == "cancelled"
    assert "Nhầm ngày" in shown and "Hủy thông báo…" not in shown


def test_what_is_over_or_anothers_cannot_be_cancelled(writer, admin, citizens):
    path = written(writer)
    with tenant_scope(SLUG):
        workflow.cancel(only().id, workflow.By(1, "A"))
        db.session.commit()

    assert writer.get(f"{path}/cancel").status_code == 303
    assert writer.post(f"{path}/cancel", data={"name": only().code}).status_code == 303
    assert admin.get(f"{LIST}99999/cancel").status_code == 404


def test_the_progress_gives_way_to_the_whole_page_once_it_is_over(writer, citizens):
    with tenant_scope(SLUG):
        one = scheduled(draft())
        move_on(one)
    path = f"{LIST}{one.id}"

    going = said(writer.get(f"{path}/progress"))
    with tenant_scope(SLUG):
        workflow.pause(one.id, workflow.By(1, "A"), "")
        db.session.commit()
    over = writer.get(f"{path}/progress")

    assert f'hx-get="{path}/progress"' in going and "<progress" in going
    assert (over.headers["HX-Refresh"], over.get_data()) == ("true", b"")
    assert "hx-get" not in said(writer.get(path))  # a paused one stands still


def test_a_renewal_by_nobody_leads_the_whole_page_to_the_sign_in(app, writer):
    path = f"{written(writer)}/progress"
    stranger = app.test_client()

    asked = stranger.get(path, headers=HOST | {"HX-Request": "true"})
    opened = stranger.get(path, headers=HOST)

    assert (asked.status_code, asked.headers["HX-Refresh"], asked.get_data()) == (200, "true", b"")
    assert opened.status_code == 302


def test_zalos_quota_stands_on_the_page_that_asked(app, zalo, clock, without_tokens):  # noqa: F811
    one = draft()

    shown = said(_signed_in(app, "communications").get(f"{LIST}{one.id}?quota=1"))

    assert "tin mẫu còn gửi được hôm nay" in shown
    assert "Gửi duyệt" in shown


def test_a_sending_time_may_be_typed_as_it_is_written_in_vietnam(writer, leader, citizens):
    path = written(writer, document_date="20/11/2026")
    writer.post(path, data={"action": "submit"})
    approve(leader, path)

    when = {"action": "schedule", "when": "later", "day": "27/11/2026"}
    untimed = said(writer.follow(path, data=when | {"time": ""}))
    shown = said(writer.follow(path, data=when | {"time": "09:30"}))

    assert "Xin chọn cả ngày và giờ gửi" in untimed
    assert "gửi lúc 09:30 thứ Sáu, 27/11/2026" in shown
