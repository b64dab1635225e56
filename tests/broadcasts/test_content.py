"""What may be announced: official papers named, no foreign address, and a message that is never cut short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.broadcasts import content, numbering, workflow
from motcua.core.database import tenant_scope
from motcua.messaging.wording import texts

from .conftest import FORM, WRITER, draft, emergency, values


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "Hai\ndòng"}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"body": ""}, "body"),
        ({"body": "Xem https://lua-dao.example ngay"}, "body"),
        ({"title": "Vào www.lua-dao.example"}, "title"),
        ({"document_number": ""}, "document_number"),
        ({"document_issuer": ""}, "document_issuer"),
        ({"document_date": ""}, "document_date"),
        ({"document_date": "32/13/2026"}, "document_date"),
        ({"document_date": "2026-12-30"}, "document_date"),
        ({"link": "http://binhthuan.gov.vn"}, "link"),
        ({"link": "https://binhthuan.gov.vn.lua-dao.example/"}, "link"),
        ({"link": "https://gov.vn@lua-dao.example/"}, "link"),
        ({"link": "https://binhthuan.gov.vn@lua-dao.example"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"title_en": "English"}, "body_en"),
        ({"body_en": "English"}, "title_en"),
        ({"kind": "rumour"}, "kind"),
        ({"channel": "sms"}, "channel"),
        ({"kind": "emergency", "channel": "article"}, "channel"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_faulty_announcement_is_refused_at_its_field_with_a_remedy(day, given, field):
    with pytest.raises(content.ContentInvalid) as refused:
        values(**given)

    assert list(refused.value.details) == [field]
    assert all("Xin " in sentence for sentence in refused.value.details[field])


@pytest.mark.parametrize("link", ["https://binhthuan.gov.vn/tin/1", "https://binh-thuan.localhost/thong-bao"])
def test_links_of_the_government_and_of_the_province_are_good(day, link):
    assert values(link=link)["link"] == link


def test_news_needs_no_document(day):
    assert values(kind="news", document_number="", document_date="", document_issuer="")["kind"] == "news"


def test_the_message_names_the_paper_and_ends_with_the_page_to_check_it_on(day):
    one = draft()

    text = content.message(one, "vi")

    assert "Văn bản số 25/2026/NQ-HĐND, ngày 20/11/2026, Hội đồng nhân dân tỉnh." in text
    assert "DỪNG" in text
    assert text.endswith(f"/thong-bao/{one.code}")


def test_english_speakers_read_english_where_there_is_some(day):
    bare, full = draft(), draft(title_en="No marriage fee", body_en="Free from 1 December.")

    assert FORM["title"] in content.message(bare, "en")
    assert "Free from 1 December." in content.message(full, "en")
    assert content.message(bare, "en").startswith("ANNOUNCEMENT")


def test_a_warning_offers_no_way_to_turn_it_off(day):
    one = workflow.write(emergency(), WRITER)

    assert "DỪNG" not in content.message(one, "vi")


def test_a_text_of_the_province_that_leaves_no_room_for_the_link_is_refused_when_written(day):
    long = texts.bodies_of("broadcast_policy")["vi"] + "x" * 1400
    texts.keep_texts(dict.fromkeys([f"broadcast_policy{end}" for end in ("", ".en")], long))

    with pytest.raises(content.ContentInvalid) as refused:
        draft(body="y" * 1400)

    assert "2000" in refused.value.details["body"][0]


@given(st.text(max_size=40))
def test_reading_a_number_never_fails_and_gives_only_numbers(typed):
    found = numbering.read(typed)

    assert found is None or numbering.read(found) == found


def test_a_number_is_found_as_people_type_it_and_cannot_be_guessed(app, two_provinces):
    with tenant_scope("binh-thuan"):
        mine, next_one = numbering.code_of(12), numbering.code_of(13)
    with tenant_scope("da-nang"):
        theirs = numbering.code_of(12)

    assert numbering.read(f" số {mine.lower()} ") == mine
    assert mine.split("-")[1] not in (theirs.split("-")[1], next_one.split("-")[1])
