"""Messages that did not simply arrive: seen by officers, decided by admins, with name and reason."""

from datetime import timedelta

import pytest

from motcua.alerts import watching
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging import deliveries
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, Zbs, owe_all
from motcua.zalo.messages import TextMessage
from tests.factories import PHONE, make_citizen

SLUG, PATH = "binh-thuan", "/console/deliveries/"


def owe(count: int = 1, *, slug: str = SLUG, to=None, **given) -> list[int]:
    """Messages in the state `given`; returns their numbers."""
    with tenant_scope(slug):
        recipient = to or make_citizen(phone=PHONE)
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        owe_all(
            [
                Owed(
                    recipient,
                    "dossier_ready",
                    f"{last}:{at}",
                    TextMessage("Có kết quả"),
                    Zbs("dossier_status", {}),
                )
                for at in range(count)
            ]
        )
        values = {
            "state": "uncertain",
            "failure": "zalo_uncertain",
            "claimed_at": now(),
            "attempts": 1,
        } | given
        db.session.execute(db.update(Message).where(Message.id > last).values(values))
        numbers = list(db.session.scalars(db.select(Message.id).where(Message.id > last)))
        db.session.commit()
    return numbers


def message(number: int, slug: str = SLUG) -> Message:
    with tenant_scope(slug):
        return db.session.scalars(db.select(Message).where(Message.id == number)).one()


def test_an_officer_reads_why_and_may_not_decide(officer):
    [number] = owe(failure="worker_lost", channel="zbs_uid")

    page = officer.get(PATH).get_data(as_text=True)
    one = officer.get(f"{PATH}{number}").get_data(as_text=True)

    assert "Máy gửi tin dừng đột ngột khi đang gửi." in page
    assert "Tin mẫu ZBS theo người quan tâm" in page
    assert "Gửi lại" not in one
    assert officer.post(f"{PATH}{number}/received", data={"reason": "đã gọi"}).status_code == 403
    assert message(number).state == "uncertain"


def test_no_phone_number_and_no_words_of_the_message_are_shown(officer):
    [number] = owe()

    for path in (PATH, f"{PATH}{number}"):
        page = officer.get(path).get_data(as_text=True)
        assert "09x****678" in page
        assert "912345678" not in page


def test_an_admin_writes_down_that_it_arrived(admin):
    [number] = owe()

    answer = admin.follow(f"{PATH}{number}/received", data={"reason": "Đã gọi điện hỏi"})

    assert "Đã gọi điện hỏi" in answer.get_data(as_text=True)
    assert "Phạm Thu Hà" in answer.get_data(as_text=True)
    assert message(number).state == "sent"
    with tenant_scope(SLUG):
        [act] = deliveries.acts_on(number)
        assert (act.act, act.reason, act.staff_id > 0) == ("received", "Đã gọi điện hỏi", True)


def test_an_admin_sends_again_only_after_having_read_the_warning(admin):
    [number] = owe(expires_at=now() - timedelta(days=1))
    path = f"{PATH}{number}/resend"

    assert "hai lần" in admin.follow(path, data={"reason": "Chưa nhận"}).get_data(as_text=True)
    assert message(number).state == "uncertain"
    admin.follow(path, data={"reason": "Chưa nhận", "twice": "yes"})

    again = message(number)
    assert again.state == "queued"
    assert again.expires_at > now()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_nothing_is_decided_without_a_reason(admin, reason):
    [number] = owe()

    answer = admin.follow(f"{PATH}{number}/received", data={"reason": reason})

    assert "Xin ghi lý do" in answer.get_data(as_text=True)
    assert message(number).state == "uncertain"


def test_what_became_clear_meanwhile_is_not_decided_over(admin):
    [number] = owe(state="delivered")

    answer = admin.follow(f"{PATH}{number}/resend", data={"reason": "x", "twice": "yes"})

    assert "vừa được làm rõ" in answer.get_data(as_text=True)
    assert message(number).state == "delivered"


def test_an_admin_decides_many_at_once(admin):
    known, unknown = owe(3), owe(2)

    answer = admin.follow(
        f"{PATH}decided", data={"message": known, "act": "received", "reason": "Đã gọi điện hỏi"}
    )

    assert "Đã ghi 3 tin là đã nhận." in answer.get_data(as_text=True)
    assert {message(one).state for one in known} == {"sent"}
    assert {message(one).state for one in unknown} == {"uncertain"}
    with tenant_scope(SLUG):
        assert [act.reason for one in known for act in deliveries.acts_on(one)] == ["Đã gọi điện hỏi"] * 3


def test_all_of_a_filter_are_sent_again_on_every_page(admin):
    long_ago = now() - deliveries.FOR_A_PERSON_AFTER
    by_phone = owe(deliveries.PAGE + 2, channel="zbs_phone", claimed_at=long_ago)
    others = owe(channel="zbs_uid", claimed_at=long_ago) + owe(channel="zbs_phone")  # this may yet clear up
    path = f"{PATH}decided?channel=zbs_phone"
    words = {"all": "yes", "act": "resend", "reason": "Zalo báo mất mạng"}

    assert "hai lần" in admin.follow(path, data=words).get_data(as_text=True)
    assert message(by_phone[0]).state == "uncertain"
    answer = admin.follow(path, data=words | {"twice": "yes"})

    assert f"{len(by_phone)} tin sẽ được gửi lại ngay." in answer.get_data(as_text=True)
    assert {message(one).state for one in by_phone} == {"queued"}
    assert {message(one).state for one in others} == {"uncertain"}


def test_what_became_clear_meanwhile_is_left_alone_among_many(admin):
    [doubtful], [clear] = owe(), owe(state="delivered")

    answer = admin.follow(
        f"{PATH}decided", data={"message": [doubtful, clear, clear], "act": "received", "reason": "x"}
    )

    assert "1 tin vừa được làm rõ" in answer.get_data(as_text=True)
    assert (message(doubtful).state, message(clear).state) == ("sent", "delivered")


@pytest.mark.parametrize("ticked", [[], ["x"], ["-1"], ["9" * 40], ["1 OR 1=1"]])
def test_nothing_is_decided_where_nothing_is_ticked(admin, ticked):
    [number] = owe()

    answer = admin.follow(f"{PATH}decided", data={"message": ticked, "act": "received", "reason": "x"})

    assert "Chưa có tin nào được chọn" in answer.get_data(as_text=True)
    assert message(number).state == "uncertain"


def test_many_of_another_province_or_by_an_officer_are_not_decided(admin, officer):
    long_ago = now() - deliveries.FOR_A_PERSON_AFTER
    [theirs] = owe(slug="da-nang", lane="emergency", claimed_at=long_ago)
    [ours] = owe(claimed_at=long_ago)
    words = {"act": "received", "reason": "x"}

    admin.follow(f"{PATH}decided", data=words | {"message": [theirs]})
    admin.follow(f"{PATH}decided", data=words | {"all": "yes"})

    assert message(theirs, "da-nang").state == "uncertain"
    assert message(ours).state == "sent"
    assert officer.post(f"{PATH}decided", data=words | {"all": "yes"}).status_code == 403
    assert f"{PATH}decided" not in officer.get(PATH).get_data(as_text=True)


def test_another_provinces_message_is_nobodys(admin):
    [theirs] = owe(slug="da-nang", lane="emergency")
    for path in (f"{PATH}{theirs}/received", f"{PATH}{theirs}/resend"):
        assert admin.post(path, data={"reason": "x", "twice": "yes"}).status_code == 404
    assert admin.get(f"{PATH}{theirs}").status_code == 404
    assert message(theirs, "da-nang").state == "uncertain"


@pytest.mark.parametrize("state", deliveries.STATES)
def test_every_message_stands_on_exactly_one_page(officer, state):
    numbers = sorted(owe(deliveries.PAGE * 2 + 3, state=state))
    found, after = [], ""
    with tenant_scope(SLUG):
        while after is not None:
            page = deliveries.page(deliveries.Wanted(state, after=after))
            found += [one.id for one, _ in page.rows]
            after = page.next

    assert found == (numbers if state == "queued" else numbers[::-1])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=failed", {"failed"}),
        ("state=failed&channel=zbs_uid", {"failed"}),
        ("state=failed&channel=zbs_phone", set()),
        ("state=failed&lane=normal", set()),
        ("state=queued", {"queued"}),
        ("day=2020-01-01", set()),
        ("state=nonsense&lane=x&channel=y&day=z", {"uncertain"}),
    ],
)
def test_the_list_is_filtered(officer, query, expected):
    numbers = {
        "uncertain": owe(channel="zbs_uid"),
        "failed": owe(state="failed", channel="zbs_uid"),
        "queued": owe(state="queued", failure=None),
    }

    page = officer.get(f"{PATH}?{query}").get_data(as_text=True)

    assert {state for state, [number] in numbers.items() if f"số {number}</a>" in page} == expected


@pytest.mark.parametrize("after", ["x", "2024-01-01T00:00:00~1", "~", "2024-01-01T00:00:00+00:00~-1"])
def test_a_page_that_nobody_gave_is_refused_in_words(officer, after):
    answer = officer.get(f"{PATH}?after={after.replace('+', '%2B')}")

    assert answer.status_code == 422
    assert "mở lại danh sách" in answer.get_data(as_text=True)


def test_the_admin_is_told_of_what_only_a_person_can_settle(admin):
    owe(claimed_at=now() - deliveries.FOR_A_PERSON_AFTER)
    with tenant_scope(SLUG):
        watching.look()
        [alert] = watching.shown()

    assert alert.sentence.startswith("Có 1 tin chưa rõ")
    assert alert.sentence in admin.get(PATH).get_data(as_text=True)


def test_a_page_of_many_messages_reads_its_own_rows_only(officer):
    owe(400, state="delivered")
    owe(60, state="failed")
    with tenant_scope(SLUG):
        # A table of a few hundred rows is read by any means: what counts is that the index can give the order.
        for means in ("seqscan", "bitmapscan", "sort"):
            db.session.execute(db.text(f"SET LOCAL enable_{means} = off"))
        plan = "\n".join(
            db.session.scalars(
                db.text(
                    "EXPLAIN SELECT created_at, id FROM message WHERE state = 'failed'"
                    " AND (created_at, id) < (now(), 1) ORDER BY created_at DESC, id DESC LIMIT 51"
                )
            )
        )

    assert "ix_message_trouble" in plan
    assert "Sort" not in plan
