"""What is owed already is not owed again, whoever owes it at the same moment."""

import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message, MessageKey
from motcua.messaging.outbox import Owed, owe, owe_all
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen, make_province

PEOPLE = 4


def owed(citizen, key: str) -> Owed:
    return Owed(citizen, "help", key, TextMessage(key))


def keys_of(table: type) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(table.dedupe_key).order_by(table.id)))


@pytest.fixture
def lan(province):
    citizen = make_citizen()
    db.session.commit()
    return citizen


def test_of_several_messages_those_that_are_new_are_written(lan):
    assert owe_all([owed(lan, "a"), owed(lan, "b"), owed(lan, "a")]) == 2
    db.session.commit()
    assert owe_all([owed(lan, "b"), owed(lan, "c")]) == 1
    db.session.commit()

    assert keys_of(Message) == keys_of(MessageKey) == ["a", "b", "c"]


def test_a_message_of_a_transaction_that_was_rolled_back_may_be_owed(lan):
    owe_all([owed(lan, "a")])
    db.session.rollback()

    assert owe_all([owed(lan, "a")]) == 1


def test_two_provinces_may_owe_messages_of_one_key(province):
    make_province("da-nang")
    for slug in ("binh-thuan", "da-nang"):
        with tenant_scope(slug):
            assert owe(make_citizen(), "help", dedupe_key="a", consultation=TextMessage("x"))
            db.session.commit()


def test_a_deleted_message_gives_its_key_back(lan):
    owe_all([owed(lan, "a"), owed(lan, "b")])
    db.session.execute(db.delete(Message).where(Message.dedupe_key == "a"))
    db.session.commit()

    assert keys_of(MessageKey) == ["b"]
    assert owe_all([owed(lan, "a")]) == 1


def test_of_many_who_owe_the_same_at_once_one_does(app, lan):
    ready = threading.Barrier(PEOPLE)

    def one() -> int:
        with app.app_context(), tenant_scope("binh-thuan"):
            ready.wait()
            written = owe_all([owed(lan, f"{number}") for number in range(50)])
            db.session.commit()
            return written

    with ThreadPoolExecutor(PEOPLE) as people:
        written = [people.submit(contextvars.Context().run, one) for _ in range(PEOPLE)]

        assert sum(work.result(30) for work in written) == 50
    assert len(keys_of(Message)) == len(keys_of(MessageKey)) == 50
