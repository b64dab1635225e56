"""Looking at many provinces' messages in one statement: each sees its own rows only, nobody waits."""

import psycopg

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


def test_who_looks_beside_another_takes_nobody_past_what_the_other_one_holds(two_provinces, connect):
    owe_in("da-nang", "Một", "Hai")
    owe_in("da-nang", "Ba")
    first, second = connect(), connect()
    (held,) = map(claims.due_of, look(first, "da-nang", batch=1))

    found = [claims.due_of(row) for row in look(second, "da-nang")]

    assert [(one.id - held.id, one.is_behind) for one in found] == [(1, True), (2, False)]


def test_a_scheduled_message_is_ahead_only_of_what_is_behind_it_in_the_queue(two_provinces, connect):
    """Were it ahead of all with a higher number, a heap of both kinds could stand still for ever."""
    owe_in("da-nang", "Sáng mai", "Ngay bây giờ")
    with connect() as other:
        other.execute("SELECT set_config('motcua.tenant_id', 'da-nang', false)")
        scheduled = other.execute("SELECT min(id) FROM message").fetchone()[0]
        other.execute(
            "UPDATE message SET next_attempt_at = (SELECT max(next_attempt_at) FROM message) + interval '1 ms'"
            " WHERE id = %s",
            (scheduled,),
        )

    (found,) = map(claims.due_of, look(connect(), "da-nang", batch=1))

    assert found.id > scheduled
    assert not found.is_behind
