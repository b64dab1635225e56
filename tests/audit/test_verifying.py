"""Whatever is done to the tables or to an export, the verifier names the first number that is wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from motcua import audit
from motcua.audit import anchoring, chain, pruning, seals, verifying
from motcua.audit.models import AuditCutoff
from motcua.core.database import db

TENANT = "binh-thuan"


def link(numbers: int) -> list[dict]:
    entries, last = [], chain.GENESIS
    for number in range(1, numbers + 1):
        entry = {
            "tenant": TENANT,
            "number": number,
            "at": chain.moment(datetime(2026, 11, 26, tzinfo=UTC) + timedelta(minutes=number)),
            "actor_kind": "staff",
            "actor_id": "7",
            "actor_name": "Phạm Thu Hà",
            "action": "agency.rename",
            "subject": f"agency {number}",
            "detail": {"name": ["Sở Tư pháp", "Sở Nội vụ"]},
            "address": "",
            "prev_hash": last,
        }
        last = chain.hash_of(entry)
        entries.append(entry | {"hash": last})
    return entries


def change(entries, at, draw):
    field = draw(st.sampled_from([*chain.FIELDS, "hash"]))
    before = entries[at][field]
    fresh = {"detail": {"name": ["Sở Tư pháp", "Sở Y tế"]}, "number": 10_000}.get(field, f"{before}x")
    entries[at] = entries[at] | {field: fresh}
    return at + 1


def remove(entries, at, draw):
    del entries[at]
    return at + 1


def remove_tail(entries, at, draw):
    del entries[at:]
    return at + 1


def insert(entries, at, draw):
    entries.insert(at, entries[at] | {"subject": "agency 99"})
    return at + 1


def insert_and_rehash(entries, at, draw):
    """Somebody who knows how it works: a new entry, linked and hashed well, and the rest shifted."""
    forged = entries[at] | {"subject": "agency 99"}
    forged["hash"] = chain.hash_of(forged)
    entries[at:] = [forged, *(one | {"number": one["number"] + 1} for one in entries[at:])]
    return at + 2


def swap(entries, at, draw):
    other = draw(st.integers(0, len(entries) - 1).filter(lambda n: n != at))
    entries[at], entries[other] = entries[other], entries[at]
    return min(at, other) + 1


def swap_and_renumber(entries, at, draw):
    first = swap(entries, at, draw)
    for number, entry in enumerate(entries, 1):
        entry["number"] = number
    return first


MUTATIONS = [change, remove, remove_tail, insert, insert_and_rehash, swap, swap_and_renumber]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda one: one.__name__)
@settings(deadline=None)
@given(data=st.data())
def test_any_one_tampering_is_named_by_its_first_wrong_number(mutate, data):
    entries = [dict(one) for one in link(data.draw(st.integers(2, 12)))]
    whole = len(entries)
    first_wrong = mutate(entries, data.draw(st.integers(0, whole - 1)), data.draw)

    verdict = chain.check(entries, until=whole)

    assert verdict.broken is not None
    assert verdict.broken.number == first_wrong


@settings(deadline=None)
@given(st.integers(0, 20))
def test_what_nobody_touched_holds(numbers):
    verdict = chain.check(link(numbers), until=numbers)

    assert (verdict.broken, verdict.checked) == (None, numbers)


@settings(deadline=None)
@given(st.integers(1, 10), st.integers(0, 9))
def test_a_whole_chain_hashed_anew_fails_at_the_first_seal(numbers, at):
    at = min(at, numbers - 1)
    entries = link(numbers)
    ours = {one["hash"] for one in entries}
    last = entries[at - 1]["hash"] if at else chain.GENESIS
    for entry in entries[at:]:
        entry |= {"actor_name": "Người khác", "prev_hash": last}
        last = entry["hash"] = chain.hash_of(entry)

    verdict = chain.check(entries, until=numbers, is_sealed=lambda hash_, seal: hash_ in ours)

    assert chain.check(entries, until=numbers).broken is None
    assert verdict.broken == chain.Break(at + 1, chain.UNSEALED)


def exported(entries) -> list[str]:
    return [json.dumps(one, ensure_ascii=False) for one in entries]


def test_an_export_is_checked_by_its_hashes_alone_also_a_part_of_one():
    lines = exported(link(9))

    assert verifying.verify_lines(lines).checked == 9
    assert verifying.verify_lines(lines[4:]).last[0] == 9
    assert verifying.verify_lines([]).checked == 0


@pytest.mark.parametrize("rubbish", ["{", "[]", "null", '"x"', '{"number": 3}', '{"number": null}'])
def test_a_line_that_is_no_entry_counts_as_a_missing_one(rubbish):
    lines = exported(link(5))
    lines[2] = rubbish

    assert verifying.verify_lines(lines).broken.number == 3


@pytest.fixture
def log(province):
    """Eight entries of the province's."""
    for at in range(8):
        audit.record("agency.rename", f"agency {at}")
        db.session.commit()
    return province


def tamper(owner_engine, statement: str) -> None:
    """As somebody who owns the tables and has put the triggers aside."""
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('motcua.tenant_id', :id, true)"), {"id": TENANT})
        for table in ("audit_entry", "audit_head", "audit_cutoff"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for one in statement.split(";"):
            connection.execute(text(one))
        for table in ("audit_entry", "audit_head", "audit_cutoff"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@pytest.mark.parametrize(
    ("statement", "first_wrong"),
    [
        ("UPDATE audit_entry SET actor_name = 'Ai' WHERE number = 4", 4),
        ("""UPDATE audit_entry SET detail = '{"a": 1}' WHERE number = 2""", 2),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE number = 6", 6),
        ("UPDATE audit_entry SET seal = repeat('0', 64) WHERE number = 5", 5),
        ("DELETE FROM audit_entry WHERE number = 3", 3),
        ("DELETE FROM audit_entry WHERE number >= 7", 7),
        ("DELETE FROM audit_entry", 1),
        ("DELETE FROM audit_head", 1),
        (
            "DELETE FROM audit_entry WHERE number > 6; UPDATE audit_head SET number = 6,"
            " hash = (SELECT hash FROM audit_entry WHERE number = 6)",
            6,
        ),
        (
            "UPDATE audit_entry SET number = 100 WHERE number = 2;"
            "UPDATE audit_entry SET number = 2 WHERE number = 5;"
            "UPDATE audit_entry SET number = 5 WHERE number = 100",
            2,
        ),
        (
            "INSERT INTO audit_entry (tenant_id, number, at, actor_kind, actor_id, actor_name, action, subject,"
            " detail, address, prev_hash, hash, seal) SELECT tenant_id, 9, at, actor_kind, actor_id, actor_name,"
            " action, subject, detail, address, hash, hash, seal FROM audit_entry WHERE number = 8",
            9,
        ),
        ("DELETE FROM audit_entry WHERE number <= 3", 1),
        (
            "DELETE FROM audit_entry WHERE number <= 3; INSERT INTO audit_cutoff (tenant_id, number, hash, before,"
            " made_at, seal) SELECT tenant_id, 3, prev_hash, now(), now(), repeat('0', 64) FROM audit_entry"
            " WHERE number = 4",
            3,
        ),
    ],
    ids=[
        "actor", "detail", "moment", "seal", "middle", "tail", "all", "head", "tail and head", "swapped", "added",
        "beginning", "forged cut-off",
    ],
)  # fmt: skip
def test_the_tables_tampered_with_by_their_owner_are_found_out(log, owner_engine, statement, first_wrong):
    assert verifying.verify().broken is None
    db.session.rollback()

    tamper(owner_engine, statement)

    assert verifying.verify().broken.number == first_wrong


def test_an_anchor_kept_elsewhere_shows_that_an_older_copy_was_put_back(log, owner_engine):
    anchoring._done.clear()
    anchoring.anchor_today()
    lines = [json.dumps(one) for one in anchoring.exported()]
    earlier = seals.seal(TENANT, "head", seals.place(5, verifying_hash(5)))
    tamper(
        owner_engine,
        "DELETE FROM audit_entry WHERE number > 5;"
        f" UPDATE audit_head SET number = 5, hash = '{verifying_hash(5)}', seal = '{earlier}'",
    )
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('motcua.tenant_id', :id, true)"), {"id": TENANT})
        connection.execute(text("ALTER TABLE audit_anchor DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit_anchor"))
        connection.execute(text("ALTER TABLE audit_anchor ENABLE TRIGGER USER"))
    assert verifying.verify().broken is None, "nothing inside the database can show it"

    verdict = verifying.verify(anchoring.read(lines))

    assert verdict.broken == chain.Break(6, chain.MISSING)


def verifying_hash(number: int) -> str:
    found = next(one for one in verifying.as_dicts() if one["number"] == number)
    db.session.rollback()
    return found["hash"]


def test_pruning_leaves_a_sealed_tombstone_and_a_chain_that_holds(province, monkeypatch):
    then = datetime(2024, 1, 5, tzinfo=UTC)
    monkeypatch.setattr("motcua.audit.recording.now", lambda: then)
    for at in range(4):
        audit.record("old", str(at))
        db.session.commit()
    monkeypatch.undo()
    audit.record("new", "1")
    db.session.commit()

    assert pruning.prune(then + timedelta(days=1)) == 4

    verdict = verifying.verify()
    assert (verdict.broken, verdict.first[0], verdict.last[0]) == (None, 5, 6)
    assert db.session.scalar(db.select(AuditCutoff.number)) == 4


def test_entries_of_the_last_year_are_never_pruned(log):
    with pytest.raises(Exception, match="12 tháng"):
        pruning.prune(datetime.now(UTC) - timedelta(days=300))

    assert verifying.verify().checked == 8
