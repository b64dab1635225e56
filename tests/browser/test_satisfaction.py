"""The survey's page, the leader's and the public's in a real browser, on a phone and on an office's screen."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.complaints import handling
from motcua.core.database import db
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.reports import public
from motcua.surveys import answering, asking
from tests.browsing import looked_at, looked_at_both_widths
from tests.factories import make_citizen, make_dossier, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


def ended_days_ago(days: int, late: bool = False, **given):
    at = datetime.now(UTC) - timedelta(days=days)
    made = make_dossier(
        received_at=(at - timedelta(days=4)).isoformat(),
        due_at=(at + timedelta(days=-1 if late else 1)).isoformat(),
        **given,
    )
    for status, hours in ((9, 2), (10, 1)):
        event = {"status": status, "occurred_at": (at - timedelta(hours=hours)).isoformat()}
        intake.add_event(made.code, EventIn().load(event))
    db.session.commit()
    return made


@pytest.fixture
def story(province):
    """Agencies with dossiers, answers and a complaint; returns a dossier that ended yesterday."""
    for number in range(24):
        made = ended_days_ago(
            1 + number % 3,
            late=number % 6 == 0,
            agency_code=...,
            agency_name=f"UBND phường {('Phan Thiết', 'Mũi Né', 'Hàm Thắng')[number % 3]}, tỉnh Bình Thuận",
        )
        survey = asking.open_for(made)
        survey.invited_at = datetime.now(UTC)
        if number % 4:
            answer = answering.give(survey, 5 - number % 5, channel="page")
            answering.add(
                answer,
                comment="Chờ lâu, không ai hướng dẫn" if number % 5 > 2 else "",
                attitude=1 + number % 3,
            )
    handling.file(make_citizen(), "regulation", "Tờ khai yêu cầu giấy tờ mà thủ tục không ghi", made.id)
    db.session.commit()
    mine = ended_days_ago(1)
    db.session.rollback()
    return mine


def test_a_citizen_proves_and_answers_on_the_phone(served, story, phone_sized):
    phone_sized.goto(f"{served}/t/{story.token}")
    phone_sized.get_by_label("Xem người đang giữ hồ sơ").fill("5678")
    phone_sized.get_by_role("button", name="Xem chi tiết").click()
    phone_sized.get_by_role("link", name="Đánh giá việc giải quyết hồ sơ").click()
    phone_sized.get_by_role("heading", name="Ông/bà hài lòng đến đâu").wait_for()
    looked_at(phone_sized, "survey")
    phone_sized.get_by_label("Không hài lòng", exact=True).check()
    phone_sized.get_by_label("Chờ lâu, trễ hẹn").check()
    phone_sized.get_by_role("button", name="Gửi đánh giá").click()

    phone_sized.get_by_text("Cảm ơn ông/bà đã đánh giá").wait_for()
    phone_sized.get_by_text("Muốn được giải quyết và trả lời?").wait_for()
    looked_at(phone_sized, "survey-answered")


def test_leaders_and_the_public_read_their_figures(served, story, browser, monkeypatch):
    today = datetime.now(UTC).date()
    monkeypatch.setattr(public, "quarters", lambda: [f"{today.year}-Q{(today.month + 2) // 3}"])
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    context = browser.new_context(viewport={"width": 360, "height": 768}, locale="vi-VN")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    span = f"from={today - timedelta(days=60)}&to={today}"
    page.goto(f"{served}/console/satisfaction/?{span}")
    come_in(page, "ha@binh-thuan.example")

    page.get_by_role("heading", name="Đúng hạn và hài lòng").wait_for()
    looked_at_both_widths(page, "leader")
    for path, heading in (
        (f"/console/satisfaction/dossiers?measure=late&{span}", "Trễ hạn"),
        (f"/console/satisfaction/comments?{span}", "Ý kiến người dân"),
        ("/console/complaints/", "Phản ánh, kiến nghị"),
        ("/console/complaints/1", "Phản ánh số 1"),
        ("/satisfaction", "Giải quyết đúng hạn và mức độ hài lòng"),
    ):
        page.goto(served + path)
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        looked_at_both_widths(page, path.strip("/").partition("?")[0].replace("/", "-"))
    context.close()
    assert not refused
