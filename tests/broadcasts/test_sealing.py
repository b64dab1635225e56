"""What was approved is what leaves, whatever the province's texts say by then."""

import pytest

from motcua.broadcasts import content, feeding, sealing, states, workflow
from motcua.broadcasts.content import TEMPLATE
from motcua.broadcasts.models import Broadcast
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict
from motcua.messaging.wording import text_editing
from motcua.tenancy.models import OfficialAccount, Tenant

from .conftest import (
    APPROVER,
    WRITER,
    deliver,
    draft,
    emergency,
    fresh,
    messages,
    move_on,
    people,
    person,
    scheduled,
)

OTHER = "Xin chuyển tiền vào tài khoản này.\n{{ page_url }}"
OTHER_EN = "Please send money to this account.\n{{ page_url }}"


def publish(body: str = OTHER, body_en: str = OTHER_EN, event: str = "broadcast_policy") -> None:
    """By one person alone, in the console."""
    version = text_editing.save(event, (body, body_en), "Phạm Thu Hà")
    text_editing.publish(event, version.number, "Phạm Thu Hà")
    db.session.commit()


def submitted(**given) -> Broadcast:
    one = draft(**given)
    workflow.submit(one.id, WRITER)
    db.session.commit()
    return one


def read(one: Broadcast) -> dict[int, str]:
    """Citizen -> what they were owed."""
    return {message.citizen_id: message.content["consultation"]["text"] for message in messages(one)}


def unseal(one: Broadcast) -> None:
    """As a release that kept no words left it."""
    one.approved_words = None
    db.session.commit()


def test_another_text_published_after_approval_changes_no_word_in_either_language(day):
    vietnamese, english = person().id, person(language="en").id
    one = draft(title_en="No marriage fee", body_en="Free from 1 December.")
    shown = {language: content.message(one, language) for language in ("vi", "en")}
    scheduled(one)

    publish()
    move_on(one)

    assert read(one) == {vietnamese: shown["vi"], english: shown["en"]}


@pytest.mark.parametrize("are_kept", [True, False], ids=["words kept", "approved before words were kept"])
def test_both_halves_of_an_audience_read_the_same_whatever_is_published_between(
    day, small_chunks, monkeypatch, are_kept
):
    monkeypatch.setattr(feeding, "MOST_WAITING", 1)
    people(4)
    one = scheduled(draft())
    if not are_kept:
        unseal(one)
    move_on(one)

    publish()
    deliver(one)
    move_on(one)

    assert len(read(one)) == 4
    assert len(set(read(one).values())) == 1


def test_a_pause_does_not_let_other_words_in(day, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 1)
    people(4)
    one = scheduled(draft())
    move_on(one)
    workflow.pause(one.id, WRITER)
    publish()
    workflow.resume(one.id, WRITER)
    db.session.commit()

    deliver(one)
    move_on(one)

    assert len(read(one)) == 4
    assert len(set(read(one).values())) == 1


def test_an_emergency_leaves_with_the_words_of_its_approval(day):
    citizen = person().id
    one = workflow.write(emergency(), WRITER)
    shown = content.message(one, "vi")
    scheduled(one)

    publish(event="broadcast_emergency")
    move_on(one)

    assert read(one) == {citizen: shown}


def test_a_template_carries_what_was_approved_too(day):
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.templates = account.templates | {TEMPLATE: "300009"}
    person(hours_ago=100)
    papers = {"document_number": "", "document_date": "", "document_issuer": ""}
    one = draft(kind="news", pays="1", **papers)
    one.audience = one.audience | {"topic": "policy"}
    approved = sealing.of(one).template
    scheduled(one)

    tenant = db.session.get(Tenant, one.tenant_id)
    names = [entry | {"short_name": "Cơ quan khác"} for entry in tenant.settings["names"]]
    tenant.settings = tenant.settings | {"names": names}
    db.session.commit()
    move_on(one)

    assert approved["co_quan"] == "Bình Thuận"
    assert [message.content["zbs"]["data"] for message in messages(one)] == [approved]


def test_words_that_changed_since_they_were_shown_are_not_approved_before_they_are_read_again(day):
    citizen = person().id
    one = submitted()
    shown = sealing.of(one).mark
    publish()

    with pytest.raises(Conflict, match="Lời tin đã đổi sau khi trang này mở"):
        workflow.approve(one.id, one.revision, APPROVER, seen=shown)
    db.session.rollback()
    again = sealing.of(one)
    workflow.approve(one.id, one.revision, APPROVER, seen=again.mark)
    workflow.schedule(one.id, now(), WRITER)
    db.session.commit()
    move_on(one)

    assert read(one) == {citizen: again.messages["vi"]}
    assert "tài khoản này" in again.messages["vi"]


def test_an_english_text_changed_alone_is_a_change_for_whoever_approves(day):
    one = submitted()
    shown = sealing.of(one)
    body = text_editing.find("broadcast_policy", 1).body
    publish(body, OTHER_EN)

    assert sealing.of(one).messages["vi"] == shown.messages["vi"]
    with pytest.raises(Conflict, match="Lời tin đã đổi"):
        workflow.approve(one.id, one.revision, APPROVER, seen=shown.mark)


def test_a_text_that_would_cut_the_link_off_is_refused_at_approval_as_well(day):
    one = submitted()
    publish("{{ body }}\n" + "x" * 1900 + "\n{{ page_url }}")

    with pytest.raises(content.ContentInvalid, match="2000 ký tự"):
        workflow.approve(one.id, one.revision, APPROVER)


def test_a_change_of_the_announcement_is_approved_with_the_text_of_that_day(day):
    citizen = person().id
    one = scheduled(draft(), now())
    publish()
    workflow.edit(one.id, {"body": "Nội dung đã sửa."}, WRITER)
    db.session.commit()
    shown = sealing.of(one).messages["vi"]

    move_on(scheduled(one))

    assert "tài khoản này" in shown
    assert read(one) == {citizen: shown}


def test_a_broadcast_that_ran_while_the_release_changed_is_fed_to_its_end(day, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 1)
    ids = people(4)
    one = scheduled(draft())
    move_on(one)
    unseal(fresh(one))

    for _ in range(3):
        deliver(one)
        move_on(one)

    assert sorted(read(one)) == ids
    assert fresh(one).state == states.DONE


def test_words_kept_for_an_earlier_revision_are_not_those_of_a_later_one(day):
    """An older process, running beside this one during a release, edits and approves and keeps no words."""
    citizen = person().id
    one = scheduled(draft())
    one.body, one.revision = "Nội dung khác", one.revision + 1
    db.session.commit()

    move_on(one)

    assert "Nội dung khác" in read(one)[citizen]


def test_another_provinces_text_is_nobody_elses(app, two_provinces, clock):
    with tenant_scope("binh-thuan"):
        citizen, one = person().id, scheduled(draft())
        shown = sealing.of(one).messages["vi"]
        unseal(one)
    with tenant_scope("da-nang"):
        publish()

    with tenant_scope("binh-thuan"):
        move_on(one := db.session.get(Broadcast, ("binh-thuan", one.id)))

        assert read(one) == {citizen: shown}
