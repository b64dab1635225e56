"""Every change of a text is a version; one of them is live, and nothing already owed changes its words."""

import threading

import pytest

from motcua.core.database import db, tenant_scope
from motcua.core.errors import NotFound
from motcua.messaging.models import Message, MessageText
from motcua.messaging.outbox import owe
from motcua.messaging.wording import text_editing, text_versions
from motcua.messaging.wording.texts import keep_texts, render
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen, texts

WORDS = {"province": "Bình Thuận"}


def save(body: str, body_en: str = "", event: str = "help", **given):
    version = text_editing.save(event, text_editing.pair_of(body, body_en), "Phạm Thu Hà", **given)
    db.session.commit()
    return version


def publish(version):
    text_editing.publish(version.event, version.number, "Phạm Thu Hà")
    db.session.commit()
    return version


def test_a_draft_is_not_what_citizens_read_until_it_is_published(province):
    before = render("help", WORDS)

    draft = save("Chào bà con {{ province }}!", note="Thử lời mới")

    assert (draft.number, render("help", WORDS)) == (2, before)
    assert text_versions.drafts() == {"help": 2}
    publish(draft)
    assert render("help", WORDS) == "Chào bà con Bình Thuận!"
    assert text_versions.drafts() == {}
    assert [(one.number, one.made_by, one.note) for one in text_versions.history("help")] == [
        (2, "Phạm Thu Hà", "Thử lời mới"),
        (1, "Thư mục của tỉnh", ""),
    ]


def test_without_english_the_vietnamese_stands_for_both(province):
    publish(save("Xin chào!"))

    assert render("help", WORDS, "en") == "Xin chào!"
    publish(save("Xin chào!", "Hello!"))
    assert render("help", WORDS, "en") == "Hello!"


def test_an_older_version_comes_back_as_a_new_one(province):
    publish(save("Lời mới"))

    text_editing.restore("help", 1, "Trần Văn Nam")
    db.session.commit()

    newest = text_versions.history("help")[0]
    assert (newest.number, newest.note, newest.source) == (3, "Trở về bản 1", "folder")
    assert text_versions.live_number("help") == 3
    assert render("help", WORDS) == texts()["help"].strip()
    assert text_versions.differences() == []


def test_the_console_wins_over_the_folder_and_the_difference_is_known(province):
    publish(save("Lời của tỉnh"))

    keep_texts(texts() | {"help": "Lời mới của thư mục"})
    db.session.commit()

    assert render("help", WORDS) == "Lời của tỉnh"
    ((live, folder),) = text_versions.differences()
    assert (live.body, folder.body, folder.number) == ("Lời của tỉnh", "Lời mới của thư mục", 3)


def test_back_at_the_folder_it_follows_the_folder_again(province):
    publish(save("Lời của tỉnh"))
    text_editing.restore("help", 1, "Phạm Thu Hà")

    keep_texts(texts() | {"help": "Lời mới của thư mục"})
    db.session.commit()

    assert render("help", WORDS) == "Lời mới của thư mục"


def test_applying_the_same_folder_again_makes_no_version(province):
    keep_texts(texts())
    db.session.commit()

    assert {one.number for one in text_versions.live()} == {1}


def test_a_folder_that_loses_its_english_loses_it_here_too(province):
    fewer = {name: body for name, body in texts().items() if name != "help.en"}

    keep_texts(fewer)
    db.session.commit()

    assert db.session.scalar(db.select(MessageText).where(MessageText.event == "help.en")) is None


def test_a_message_in_flight_keeps_its_words(province):
    citizen = make_citizen()
    owe(citizen, "help", dedupe_key="1", consultation=TextMessage(render("help", WORDS)))
    db.session.commit()
    before = db.session.scalars(db.select(Message.content)).one()

    publish(save("Lời khác"))

    assert db.session.scalars(db.select(Message.content)).one() == before


@pytest.mark.parametrize(
    ("pair", "language", "says"),
    [
        (("Xin chào {{ ten }}", ""), "vi", "Dòng 1: Không có biến “ten”"),
        (("Xin chào", "Line\n{{ note }}"), "en", "Dòng 2"),
    ],
)
def test_a_faulty_text_is_not_kept_and_says_where(province, pair, language, says):
    with pytest.raises(text_editing.FaultyText) as refused:
        save(*pair)

    assert says in refused.value.details[language][0]
    assert text_versions.latest_number("help") == 1


def test_who_edits_what_another_has_changed_meanwhile_is_told(province):
    save("Một", based_on=1)

    with pytest.raises(text_editing.OvertakenText):
        save("Hai", based_on=1)


def test_an_event_or_version_that_does_not_exist_is_not_found(province):
    for event, number in (("no_such", 1), ("help", 99), ("help.en", 1)):
        with pytest.raises(NotFound):
            text_editing.find(event, number)


def test_another_provinces_versions_are_not_found(two_provinces):
    with tenant_scope("da-nang"):
        save("Riêng của Đà Nẵng")
    with tenant_scope("binh-thuan"), pytest.raises(NotFound):
        text_editing.publish("help", 2, "Phạm Thu Hà")


def test_two_who_save_at_once_get_two_numbers(app, two_provinces):
    numbers, ready = [], threading.Barrier(4)

    def one(at: int) -> None:
        with app.app_context(), tenant_scope("binh-thuan"):
            ready.wait()
            numbers.append(save(f"Lời {at}").number)
            db.session.remove()

    threads = [threading.Thread(target=one, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [2, 3, 4, 5]


@pytest.mark.parametrize("size", text_editing.SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_preview_of_every_text_is_fit_to_be_sent(province, size, language):
    for event in ("dossier_accepted", "my_dossiers", "procedure_papers", "visit_refused", "complaint_kinds"):
        body = texts()[event if language == "vi" else f"{event}.en"]

        shown = text_editing.preview(event, body, language, size)

        assert 0 < len(shown) <= 2000
        assert "None" not in shown
