"""Looking at many provinces' messages in one statement: each under its own lock, and each sees its own rows only."""

import threading

import psycopg
import pytest

from motcua.core import roles
from motcua.core.database import db, tenant_scope
from motcua.core.fair_ring import Turn
from motcua.messaging.channels import rules
from motcua.messaging.dispatch import claims
from motcua.messaging.dispatch.looking import Look
from motcua.messaging.outbox import owe
from motcua.messaging.pace.standing import STANDINGS
from motcua.zalo.messages import TextMessage
from tests.factories import OA_IDS, make_citizen

BOTH = ("binh-thuan", "da-nang")


@pytest.fixture
def connect(app):
    """Connections of the role that workers have; closed at the end."""
    url, opened = roles.libpq_url(app.config["SETTINGS"].database_urls["app"]), []

    def one() -> psycopg.Connection:
        opened.append(psycopg.connect(url, **roles.connect_args("app")))
        return opened[-1]

    yield one
    for each in opened:
        each.close()


def owe_in(tenant_id: str, *texts: str) -> None:
    with tenant_scope(tenant_id):
        citizen = make_citizen()
        for text in texts:
            owe(citizen, "help", dedupe_key=text, consultation=TextMessage(text))
        db.session.commit()


def look(connection: psycopg.Connection, *tenants: str, batch: int = 10) -> list[tuple]:
    looks = [Look(Turn(one, "urgent", batch), batch) for one in tenants]
    return connection.execute(claims.LOOK, claims.look_words(looks)).fetchall()


def test_each_province_finds_its_own_messages_up_to_its_own_number(two_provinces, connect):
    owe_in("binh-thuan", "Một", "Hai", "Ba")
    owe_in("da-nang", "Bốn")

    found = look(connect(), *BOTH, batch=2)

    assert [(row[-1], claims.content_of(claims.due_of(row).content).consultation.text) for row in found] == [
        ("binh-thuan", "Một"),
        ("binh-thuan", "Hai"),
        ("da-nang", "Bốn"),
    ]
    assert [claims.due_of(row).oa_id for row in found] == [OA_IDS["binh-thuan"]] * 2 + [OA_IDS["da-nang"]]


def test_what_provinces_stand_by_is_told_apart_and_nobody_elses_is_told(two_provinces, connect):
    connection = connect()

    standings = connection.execute(STANDINGS, {"tenants": ["da-nang"]}).fetchall()
    stored = connection.execute(rules.RULES, {"tenants": ["da-nang", "nobody"]}).fetchall()

    assert {(row[0], row[5]) for row in standings} == {("da-nang", OA_IDS["da-nang"])}
    assert [row[0] for row in stored] == ["da-nang"]


def test_who_waited_for_the_lock_sees_what_the_one_before_it_has_taken(two_provinces, connect):
    owe_in("da-nang", "Một", "Hai")
    first, second, seen = connect(), connect(), []
    taken = claims.due_of(look(first, "da-nang", batch=1)[0])
    waiting = threading.Thread(target=lambda: seen.extend(look(second, *BOTH)))
    waiting.start()
    locked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = %s"
    watcher = connect()
    while not watcher.execute(locked, (second.info.backend_pid,)).fetchone()[0]:
        assert waiting.is_alive()

    first.execute("UPDATE message SET state = 'sending' WHERE id = %s", (taken.id,))
    first.commit()
    waiting.join(10)

    (left,) = map(claims.due_of, seen)
    assert left.id != taken.id
    assert left.is_behind
