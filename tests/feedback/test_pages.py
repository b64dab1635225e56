"""The public list, the form without Zalo, one's own page, and the desk."""

import io

import pytest

from motcua.core.database import db, tenant_scope
from motcua.feedback import drafts, handling, publishing
from motcua.feedback.models import Feedback, FeedbackPhoto
from motcua.feedback.pictures import remade
from motcua.feedback.wording import without_private
from tests.factories import make_province, make_staff
from tests.signing_in import sign_in

from .conftest import STORY, reported, the_one
from .photographs import PHAN_THIET, jpeg, png_that_claims

HOST = {"Host": "binh-thuan.localhost"}
ANSWER = "Đã vá ổ gà trước chợ chiều nay."


@pytest.fixture
def without_csrf(app):
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def visitor(app, without_csrf):
    return app.test_client()


@pytest.fixture
def admin():
    return make_staff("binh-thuan", role="province_admin")


@pytest.fixture
def desk(visitor, admin):
    return sign_in(visitor, admin)


def form(**given) -> dict:
    return {"kind": "road", "text": STORY, "commune": "ubnd-mui-ne"} | given


def photo(body: bytes, name: str = "anh.jpg"):
    return io.BytesIO(body), name


def test_a_report_without_zalo_gets_a_page_of_its_own(visitor):
    answer = visitor.post(
        "/phan-anh/gui", data=form(photos=[photo(jpeg(at=PHAN_THIET))], phone="0912 345 678"), headers=HOST
    )
    page = visitor.get(answer.headers["Location"], headers=HOST)

    one = the_one()
    assert (answer.status_code, one.phone, one.location) == (303, "84912345678", PHAN_THIET)
    assert STORY in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "0912" not in page.text
    assert "84912345678" not in page.text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": ""}, "Xin chọn một loại việc."),
        ({"text": "ngắn"}, "Xin mô tả từ 10 đến 2000 ký tự."),
        ({"phone": "12"}, "Số điện thoại chưa đúng."),
        ({"commune": "xa-la"}, "Không có xã, phường này."),
        ({"photos": [photo(b"khong phai anh")]}, "Ảnh thứ 1: Không đọc được ảnh này."),
        (
            {"photos": [photo(jpeg()), photo(png_that_claims(10_000, 5_000))]},
            "Ảnh thứ 2: Ảnh có hơn 40 triệu điểm ảnh",
        ),
        ({"photos": [photo(jpeg()) for _ in range(6)]}, "Chỉ gửi được 5 ảnh."),
    ],
    ids=["kind", "text", "phone", "commune", "no picture", "50 megapixels", "six photos"],
)
def test_a_fault_is_named_in_its_place_and_nothing_is_kept_or_lost(visitor, given, sentence):
    answer = visitor.post("/phan-anh/gui", data=form(**given), headers=HOST)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert given.get("text", STORY) in answer.text
    assert db.session.scalar(db.select(db.func.count()).select_from(FeedbackPhoto)) == 0


def test_what_was_agreed_to_is_still_ticked_when_a_photo_was_not_taken(visitor):
    tick = 'name="publish" value="yes"'
    bad = {"photos": [photo(b"khong phai anh")]}

    agreed = visitor.post("/phan-anh/gui", data=form(**bad, publish="yes"), headers=HOST)
    silent = visitor.post(
        "/phan-anh/gui", data=form(**bad | {"photos": [photo(b"x")]}, publish=""), headers=HOST
    )

    assert f"{tick} checked>" in agreed.text
    assert f"{tick}>" in silent.text


def test_one_address_cannot_flood(visitor):
    statuses = [
        visitor.post("/phan-anh/gui", data=form(kind=""), headers=HOST).status_code for _ in range(21)
    ]

    assert statuses == [422] * 20 + [429]


def test_the_list_shows_what_staff_wrote_and_nothing_else(desk, admin):
    one = reported(None, text=f"{STORY}, gọi tôi 0912345678", commune_code="ubnd-mui-ne")
    drafts_photo(one)
    handling.agree_to_publish(one, True)
    db.session.commit()
    handling.act(one.id, "answer", ANSWER, admin)
    published = {"text": "Ổ gà trước chợ Mũi Né.", "answer": ANSWER, "photos": "1"}
    private = published | {"text": "gọi 0912345678"}

    refused = desk.post(f"/console/feedback/{one.id}/publish", data=private, headers=HOST)
    before = desk.get(f"/phan-anh/{one.id}", headers=HOST).status_code
    done = desk.post(f"/console/feedback/{one.id}/publish", data=published, headers=HOST)
    listed = desk.get("/phan-anh/?xa=ubnd-mui-ne", headers=HOST)
    shown = desk.get(f"/phan-anh/{one.id}", headers=HOST)
    picture = desk.get(f"/phan-anh/{one.id}/anh/1", headers=HOST)

    assert (refused.status_code, before, done.status_code) == (303, 404, 303)
    assert "Ổ gà trước chợ Mũi Né." in listed.text
    assert ANSWER in shown.text
    assert "0912345678" not in listed.text + shown.text
    assert one.token not in listed.text + shown.text
    assert picture.content_type == "image/jpeg"


def drafts_photo(one) -> None:
    drafts.attach(one, remade(jpeg()))
    db.session.commit()


def test_a_photo_that_is_not_published_is_not_found(visitor, admin):
    one = reported(None)
    drafts_photo(one)
    handling.agree_to_publish(one, True)
    handling.act(one.id, "answer", ANSWER, admin)
    publishing.publish(one.id, "Ổ gà", ANSWER, set(), admin)

    assert visitor.get(f"/phan-anh/{one.id}/anh/1", headers=HOST).status_code == 404
    assert visitor.get(f"/phan-anh/theo-doi/{one.token}/anh/1", headers=HOST).status_code == 200


def test_consent_taken_back_takes_it_off_the_list_at_once(visitor, admin):
    one = reported(None)
    handling.agree_to_publish(one, True)
    handling.act(one.id, "answer", ANSWER, admin)
    publishing.publish(one.id, "Ổ gà", ANSWER, set(), admin)

    visitor.post(f"/phan-anh/theo-doi/{one.token}", data={"action": "hide"}, headers=HOST)

    assert visitor.get(f"/phan-anh/{one.id}", headers=HOST).status_code == 404
    assert (the_one().state, the_one().public_text) == ("answered", None)


def test_without_consent_nothing_is_published(desk, admin):
    one = reported(None)
    handling.act(one.id, "answer", ANSWER, admin)

    desk.post(f"/console/feedback/{one.id}/publish", data={"text": "a", "answer": "b"}, headers=HOST)

    assert the_one().state == "answered"


def test_an_officer_cannot_publish_merge_or_route(visitor):
    one, other = reported(None), reported(None)
    sign_in(visitor, make_staff("binh-thuan"))

    tries = [
        visitor.post(f"/console/feedback/{one.id}/publish", headers=HOST),
        visitor.post(f"/console/feedback/{one.id}/merge", data={"into": other.id}, headers=HOST),
        visitor.get("/console/feedback/routes", headers=HOST),
    ]

    assert [answer.status_code for answer in tries] == [403] * 3


def test_merging_says_what_follows_and_asks_for_the_number(desk):
    one, other = reported(None), reported(None)
    path = f"/console/feedback/{one.id}/merge"

    asked = desk.post(path, data={"into": other.id}, headers=HOST)
    wrong = desk.post(path, data={"into": other.id, "name": str(other.id)}, headers=HOST)
    state_before = state_of(one.id)
    done = desk.post(path, data={"into": other.id, "name": str(one.id)}, headers=HOST)

    assert (asked.status_code, wrong.status_code, state_before) == (200, 422, "received")
    assert "thì không tách lại được" in asked.text
    assert f"Chưa gộp. Xin gõ đúng {one.id}." in wrong.text
    assert (done.status_code, state_of(one.id)) == (303, "merged")


@pytest.mark.parametrize("into", ["", "0", "999"])
def test_merging_with_what_is_not_there_is_refused_before_anybody_is_asked(desk, into):
    one = reported(None)

    answer = desk.post(f"/console/feedback/{one.id}/merge", data={"into": into}, headers=HOST)

    assert answer.status_code == 303
    assert "Không có phản ánh số này" in desk.get(answer.location, headers=HOST).text


def state_of(number: int) -> str:
    with tenant_scope("binh-thuan"):
        return db.session.scalar(db.select(Feedback.state).where(Feedback.id == number))


@pytest.mark.parametrize("state", ["open", "late", "unpublished", "low", "done", "nonsense"])
def test_the_desk_lists_under_every_filter(desk, state):
    one = reported(None)

    answer = desk.get(f"/console/feedback/?state={state}", headers=HOST)

    assert answer.status_code == 200
    assert (f"Số {one.id}" in answer.text) == (state in ("open", "nonsense"))


def test_what_runs_out_says_which_clock(desk, admin, clock):
    one = reported(None)
    clock.shift(4 * 24 * 3600)
    sign_in(desk, admin)  # the clock ran past the old one

    answer = desk.get("/console/feedback/?state=late", headers=HOST)

    assert f"Số {one.id}" in answer.text
    assert "Quá hạn 2 ngày làm việc" in answer.text


def test_pages_of_the_list_go_on_where_the_last_ended(desk, monkeypatch):
    monkeypatch.setattr("motcua.feedback.seeing.PAGE", 2)
    numbers = [reported(None, kind=kind).id for kind in ("road", "light", "waste", "trees", "water")]

    seen, after = [], None
    for _ in range(3):
        url = "/console/feedback/?state=open" + (f"&after={after}" if after else "")
        page = desk.get(url, headers=HOST).text
        found = [number for number in numbers if f"Số {number}<" in page]
        seen += found
        after = found[-1]

    assert seen == numbers


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("gọi 0912 345 678 nhé", "gọi [số điện thoại] nhé"),
        ("xe 86B1-234.56 đậu bậy", "xe [biển số] đậu bậy"),
        ("xe 51F 12345", "xe [biển số]"),
        ("CCCD 079123456789", "CCCD [số giấy tờ]"),
        ("thư lan.nguyen@example.vn", "thư [thư điện tử]"),
        ("hố sâu 30 cm, rộng 2 m, từ 20/11/2026", "hố sâu 30 cm, rộng 2 m, từ 20/11/2026"),
    ],
)
def test_numbers_that_name_a_person_are_taken_out_of_the_draft(said, kept):
    assert without_private(said) == kept


def test_another_provinces_report_is_not_found_by_number_token_or_photo(app, without_csrf, admin):
    make_province("da-nang")
    with tenant_scope("da-nang"):
        theirs = reported(None)
        drafts_photo(theirs)
        number, token = theirs.id, theirs.token
    client = sign_in(app.test_client(), admin)

    mine = f"/console/feedback/{number}"
    gets = [f"/phan-anh/theo-doi/{token}", f"/phan-anh/theo-doi/{token}/anh/1", mine, f"{mine}/photo/1"]
    statuses = [client.get(path, headers=HOST).status_code for path in gets]
    statuses += [
        client.post(mine, data={"action": "work"}, headers=HOST).status_code,
        client.post(f"{mine}/merge", data={"into": 1}, headers=HOST).status_code,
        client.post(f"{mine}/publish", data={"text": "a", "answer": "b"}, headers=HOST).status_code,
        client.post(f"/phan-anh/theo-doi/{token}", data={"action": "publish"}, headers=HOST).status_code,
    ]

    assert statuses == [404] * 8
