"""Keys of the one-stop system: live, test and read-only; when last used; not without limit; until revoked."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.accounts import api_keys
from motcua.accounts.models import ApiKey
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import AnsweredRequest, Dossier
from motcua.messaging.models import Message
from tests.factories import dossier_body, event_body, make_api_key, make_citizen

pytestmark = pytest.mark.usefixtures("two_provinces")

PATH = "/api/v1/dossiers/000.00.01.H11-241126-0007"


@pytest.fixture
def door(api):
    return api["binh-thuan"]


def counts() -> tuple[int, ...]:
    with tenant_scope("binh-thuan"):
        return tuple(
            db.session.scalar(db.select(db.func.count()).select_from(one))
            for one in (Dossier, Message, AnsweredRequest)
        )


def last_used() -> datetime | None:
    with tenant_scope("binh-thuan"):
        return db.session.scalars(db.select(ApiKey.last_used_at)).one()


def test_a_test_key_is_answered_as_if_nothing_stays_and_nobody_is_told(door):
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()
    live = door.put(PATH, dossier_body())
    queue.connection().flushdb()
    before = counts()
    door.key = make_api_key("binh-thuan", "test")

    made = door.put(PATH[:-1] + "8", dossier_body(), headers={"Idempotency-Key": "k"})
    told = door.post(f"{PATH}/events", event_body(9))

    assert (made.status_code, made.headers["Motcua-Test"]) == (201, "true")
    assert set(made.json) == set(live.json)
    assert (told.status_code, told.json["dossier"]["status"]) == (201, 9)
    assert counts() == before
    assert queue.connection().keys("motcua:wake:*") == []
    assert door.get(PATH).json["status"] == 2
    assert door.get(PATH[:-1] + "8").status_code == 404


def test_a_test_key_is_checked_like_a_live_one(door):
    door.key = make_api_key("binh-thuan", "test")

    refused = door.put(PATH, dossier_body(procedure_code="9.999999"))

    assert (refused.status_code, refused.headers["Motcua-Test"]) == (422, "true")
    assert door.post(f"{PATH}/events", event_body(4)).status_code == 404


def test_a_live_answer_is_not_marked_as_a_test(door):
    assert "Motcua-Test" not in door.put(PATH, dossier_body()).headers


def test_last_use_is_noted_at_most_once_a_minute(door):
    at = datetime(2026, 11, 26, 8, tzinfo=UTC)
    noted = []
    for seconds in (0, 30, 59, 61):
        with time_machine.travel(at + timedelta(seconds=seconds), tick=False):
            door.get(PATH)
            noted.append(last_used())

    assert noted == [at, at, at, at + timedelta(seconds=61)]


def test_a_key_that_runs_wild_is_told_to_wait(door, monkeypatch):
    monkeypatch.setattr(api_keys, "PER_MINUTE", 20)
    statuses = [door.get(PATH).status_code for _ in range(8)]

    refused = door.get(PATH)

    assert statuses[:5] == [404] * 5
    assert (refused.status_code, refused.json["error"]["code"]) == (429, "too_many_attempts")
    assert int(refused.headers["Retry-After"]) >= 1


def test_one_keys_rush_does_not_hold_another_back(door, monkeypatch):
    monkeypatch.setattr(api_keys, "PER_MINUTE", 20)
    for _ in range(8):
        door.get(PATH)
    door.key = make_api_key("binh-thuan")

    assert door.get(PATH).status_code == 404


def test_a_revoked_key_opens_nothing(door):
    with tenant_scope("binh-thuan"):
        assert api_keys.revoke(door.key.split("_")[1])
        db.session.commit()

    assert door.get(PATH).status_code == 401
