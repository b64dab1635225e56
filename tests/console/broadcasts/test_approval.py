"""What an approver reads is what leaves: the words of every language, kept when they are approved."""

import re

from motcua.core.database import db, tenant_scope
from motcua.messaging.wording import text_editing

from .conftest import SLUG, approve, only, said, written


def publish(body: str, body_en: str) -> None:
    with tenant_scope(SLUG):
        version = text_editing.save("broadcast_policy", (body, body_en), "Phạm Thu Hà")
        text_editing.publish("broadcast_policy", version.number, "Phạm Thu Hà")
        db.session.commit()


def test_whoever_approves_reads_also_what_english_readers_get_around_vietnamese_words(
    writer, leader, citizens
):
    path = written(writer)
    writer.post(path, data={"action": "submit"})

    page = said(leader.get(path))

    assert "THÔNG BÁO · Bình Thuận" in page and "ANNOUNCEMENT · Bình Thuận" in page


def test_a_text_published_while_the_page_stood_open_has_to_be_read_before_it_is_approved(
    writer, leader, citizens
):
    path = written(writer)
    writer.post(path, data={"action": "submit"})
    opened = said(leader.get(path))
    seen = re.search(r'name="words" value="(\w+)"', opened)[1]
    publish("Lời khác hẳn: {{ title }}. {{ page_url }}", "Other words: {{ title }}. {{ page_url }}")

    form = {"action": "approve", "revision": only().revision, "words": seen}
    refused = said(leader.follow(path, data=form))

    assert "Lời tin đã đổi sau khi trang này mở. Xin đọc lại rồi duyệt." in refused
    assert "Lời khác hẳn" in refused and "Lời khác hẳn" not in opened
    assert only().state == "submitted"
    approve(leader, path)
    assert only().state == "approved"


def test_an_approval_that_names_no_words_is_not_one(writer, leader, citizens):
    path = written(writer)
    writer.post(path, data={"action": "submit"})

    leader.post(path, data={"action": "approve", "revision": only().revision})

    assert only().state == "submitted"


def test_after_approval_the_page_shows_what_was_approved(writer, leader, citizens):
    path = written(writer)
    writer.post(path, data={"action": "submit"})
    approve(leader, path)

    publish("Lời khác hẳn: {{ title }}. {{ page_url }}", "Other words: {{ title }}. {{ page_url }}")

    page = said(writer.get(path))
    assert "THÔNG BÁO · Bình Thuận" in page and "Lời khác hẳn" not in page
    assert "Tin giữ đúng lời đã duyệt" in page
    assert page.index("THÔNG BÁO · Bình Thuận") < page.index("ANNOUNCEMENT · Bình Thuận")
