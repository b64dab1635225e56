"""English on “EN”, and announcements by topic."""

from motcua.citizens.models import Citizen, Consent
from motcua.core.database import db
from tests.factories import event_body, make_dossier


def citizen() -> Citizen:
    db.session.rollback()
    return db.session.scalars(db.select(Citizen)).one()


def consents() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Consent.purpose).where(Consent.withdrawn_at.is_(None))))


def test_en_switches_to_english_and_vi_back(say):
    (changed,) = say("EN")
    (menu,) = say("menu")
    say("vi")
    (back,) = say("menu")

    assert "English" in changed
    assert "Tap an item" in menu
    assert "Xin chạm một mục" in back


def test_news_of_a_dossier_comes_in_the_citizens_language(say, hears):
    from motcua.dossiers import codes, intake
    from motcua.dossiers.schemas import EventIn
    from motcua.messaging.models import Message

    dossier = make_dossier()
    code, token = dossier.code, dossier.token
    say("EN")
    (answer, *_) = say(codes.spaced(token))[:1]
    intake.add_event(code, EventIn().load(event_body(9)))
    db.session.commit()

    news = db.session.scalars(
        db.select(Message).where(Message.event.startswith("dossier_ready"), Message.citizen_id.is_not(None))
    ).one()
    words = news.content["consultation"]
    assert code in answer
    assert "Hồ sơ" not in words["text"].splitlines()[0]
    assert "See the progress" in [button["title"] for button in words["buttons"]]


def test_topics_are_off_until_they_are_asked_for(say):
    (answer,) = say("thông báo")

    assert answer.count("đang tắt") == 3
    assert citizen().topics == []


def test_turning_a_topic_on_is_consent_and_the_last_one_off_takes_it_back(say):
    say("#topic:policy:on")
    say("#topic:warning:on")
    assert citizen().topics == ["policy", "warning"]
    assert consents() == ["broadcasts"]

    say("#topic:policy:off")
    assert consents() == ["broadcasts"]
    say("#topic:warning:off")
    assert (citizen().topics, consents()) == ([], [])


def test_an_unknown_topic_shows_the_list(say):
    (answer,) = say("#topic:gold:on")

    assert "Thông báo của" in answer


def test_stop_turns_every_topic_off(say):
    say("#topic:policy:on")

    say("DỪNG")

    assert (citizen().topics, consents()) == ([], [])
