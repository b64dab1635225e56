"""Looking at what is due reads what it takes and no more, whatever the planner was told of the queue before."""

import re

import pytest
from sqlalchemy import text

from motcua.core.database import db
from motcua.core.hot_connection import SETTINGS
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen

# What the function's look names of itself: its parameters, and what stands for one tenant of its loop.
TYPES = {
    "one": "text",
    "lane_name": "text",
    "moment": "timestamptz",
    "line_waits": "interval",
    "after_ats[n]": "timestamptz",
    "after_ids[n]": "bigint",
    "batches[n]": "int",
}
GIVEN = ("binh-thuan", "urgent", "now", "90 s", "1970-01-01", "0", "64")
PEOPLE = text("""
    INSERT INTO citizen (tenant_id, oa_id, uid_index, uid_encrypted, is_follower, dialogue, created_at, language,
        topics)
    SELECT tenant_id, oa_id, uid_index || n, uid_encrypted, is_follower, dialogue, created_at, language, topics
    FROM citizen, generate_series(1, 3000) AS n
""")
COPIES = text("""
    INSERT INTO message (tenant_id, lane, event, citizen_id, content, dedupe_key, state, created_at,
        next_attempt_at, expires_at, attempts, channels_refused)
    SELECT tenant_id, lane, event, citizen_id, content, dedupe_key || n, state, created_at,
        next_attempt_at, expires_at, attempts, channels_refused
    FROM message, generate_series(1, 3000) AS n
""")


def plan_of_the_look(explain: str = "COSTS OFF") -> str:
    """As a worker's connection has it: prepared once, for any tenant and any number."""
    raw = db.session.connection().connection.driver_connection
    for name, value in SETTINGS.items():
        raw.execute(f"SET LOCAL {name} = '{value}'")
    source = raw.execute("SELECT prosrc FROM pg_proc WHERE proname = 'look_at_due_messages'").fetchone()[0]
    statement = re.search(r"RETURN QUERY(.*?);", source, re.DOTALL).group(1)
    for number, name in enumerate(TYPES, start=1):
        statement = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", f"${number}", statement)
    raw.execute(f"PREPARE look({', '.join(TYPES.values())}) AS {statement}")
    given = ", ".join(f"'{one}'" for one in GIVEN)
    plan = "\n".join(row[0] for row in raw.execute(f"EXPLAIN ({explain}) EXECUTE look({given})"))
    raw.execute("DEALLOCATE look")
    db.session.rollback()
    return plan


def fill(owner_engine, state: str) -> None:
    """Thousands of messages to one of thousands of people, and the planner knows of them.

    What other tests deleted has left empty pages in some indexes, which then look dearer than they are.
    """
    owe(make_citizen(), "help", dedupe_key="x", consultation=TextMessage("x"))
    db.session.execute(text("UPDATE message SET state = :state"), {"state": state})
    db.session.execute(COPIES)
    db.session.execute(PEOPLE)
    db.session.commit()
    with owner_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text("REINDEX TABLE message"))
        owner.execute(text("ANALYZE message, citizen"))


@pytest.mark.parametrize("state", ["sent", "queued"])
def test_each_part_has_its_own_index_whether_the_queue_was_empty_or_full(province, owner_engine, state):
    fill(owner_engine, state)

    plan = plan_of_the_look()

    assert set(re.findall(r"using (\w+) on message", plan)) == {
        "ix_message_queued",
        "ix_message_sending",
        "ix_message_sending_phone",
        "ix_message_in_line",
        "ix_message_in_line_phone",
    }
    assert re.search(r"AND \(citizen_id = due.citizen_id\)\)", plan)
    assert re.search(
        r"Index Cond: .*ROW\(citizen_id, id\) > ROW\(due.citizen_id, .*ROW\(citizen_id, id\) < ROW\(due.cit",
        plan,
    )
    assert re.search(r"AND \(id = due.citizen_id\)\)", plan)
    assert "Seq Scan on message" not in plan


def test_a_long_line_to_one_person_is_not_read_for_each_message_in_it(province, owner_engine):
    fill(owner_engine, "queued")

    plan = plan_of_the_look("ANALYZE, BUFFERS, COSTS OFF, TIMING OFF")

    in_line = re.search(
        r"using ix_message_in_line on .*?loops=(\d+).*?Buffers: shared hit=(\d+)", plan, re.DOTALL
    )
    looks, pages = map(int, in_line.groups())
    assert looks == 64
    assert pages <= 4 * looks  # the way down and one leaf; the whole line has more than ten
