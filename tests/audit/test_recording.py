"""Entries join the chain with the transaction that they tell of, whoever else appends."""

import multiprocessing
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from motcua import audit
from motcua.app import create_app
from motcua.audit import verifying
from motcua.audit.models import PLATFORM, AuditEntry, AuditHead
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import Tenant

HA = audit.Actor("staff", "7", "Phạm Thu Hà", "203.0.113.9")


def entries() -> list[AuditEntry]:
    return db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.number)).all()


def test_an_entry_says_who_did_what_to_what(province):
    with audit.acting_as(HA):
        audit.record("staff.invite", "staff 12", {"role": ["officer", "leader"]})
        db.session.commit()

    (found,) = entries()
    assert (found.number, found.actor_kind, found.actor_id, found.actor_name) == (1, "staff", "7", HA.name)
    assert (found.action, found.subject, found.detail) == (
        "staff.invite",
        "staff 12",
        {"role": ["officer", "leader"]},
    )
    assert found.address.startswith("203.0.113.x #")
    assert "203.0.113.9" not in found.address


def test_without_a_person_the_system_acted(province):
    audit.record("catalogue.import", "import 3")
    db.session.commit()

    assert entries()[0].actor_kind == "system"


def test_numbers_run_without_gaps_over_transactions(province):
    for at in range(5):
        audit.record("one", str(at))
        audit.record("two", str(at))
        db.session.commit()

    assert [one.number for one in entries()] == list(range(1, 11))
    assert verifying.verify().broken is None


def test_what_is_rolled_back_leaves_neither_an_entry_nor_a_gap(province):
    audit.record("kept", "1")
    db.session.commit()
    audit.record("rolled back", "2")
    db.session.rollback()
    audit.record("kept", "3")
    db.session.commit()

    assert [(one.number, one.subject) for one in entries()] == [(1, "1"), (2, "3")]


def test_a_session_closed_without_a_commit_leaves_nothing_for_the_next(province):
    audit.record("forgotten", "1")
    db.session.scalar(text("SELECT 1"))
    db.session.close()
    audit.record("kept", "2")
    db.session.commit()

    assert [one.subject for one in entries()] == ["2"]


def test_a_savepoint_takes_its_entries_with_it(province):
    audit.record("outer", "1")
    with pytest.raises(ZeroDivisionError), db.session.begin_nested():
        audit.record("inner", "2")
        with db.session.begin_nested():
            audit.record("innermost", "3")
        raise ZeroDivisionError
    with db.session.begin_nested():
        audit.record("kept inner", "4")
    db.session.commit()

    assert [one.action for one in entries()] == ["outer", "kept inner"]


def test_an_entry_without_a_tenant_is_refused_unless_it_is_the_platforms(app):
    with pytest.raises(RuntimeError):
        audit.record("x", "y")
    audit.record_platform("tenant.create", "da-nang")
    db.session.commit()

    with tenant_scope(PLATFORM):
        assert [one.action for one in entries()] == ["tenant.create"]


def test_one_transaction_may_write_into_both_chains(province):
    audit.record_platform("tenant.suspend", province)
    audit.record("tenant.suspend", province)
    db.session.commit()

    assert db.session.scalar(text("SELECT current_setting('motcua.tenant_id')")) == province
    assert [one.action for one in entries()] == ["tenant.suspend"]
    with tenant_scope(PLATFORM):
        assert [one.tenant_id for one in entries()] == [PLATFORM]


def test_provinces_have_chains_of_their_own(two_provinces):
    for slug in ("binh-thuan", "da-nang"):
        with tenant_scope(slug):
            audit.record("x", slug)
            db.session.commit()

    for slug in ("binh-thuan", "da-nang"):
        with tenant_scope(slug):
            assert [(one.number, one.subject) for one in entries()] == [(1, slug)]


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'Ai đó'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_head SET number = 0",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
    ],
)
def test_neither_the_app_nor_the_tables_owner_rewrites_the_log(province, owner_engine, role, statement):
    audit.record("x", "1")
    db.session.commit()
    engine = db.engine if role == "app" else owner_engine

    with engine.connect() as connection, pytest.raises(ProgrammingError, match=r"refused|forward|permission"):
        connection.execute(text("SELECT set_config('motcua.tenant_id', :tenant, true)"), {"tenant": province})
        connection.execute(text(statement))

    assert [one.actor_name for one in entries()] == ["Hệ thống"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("gọi 0912345678", "gọi [đã che]"),
        ("an@example.vn", "[đã che]"),
        ("000.00.01.H11-241126-0007", "000.00.01.H11-241126-0007"),
        ("1.000894", "1.000894"),
        ("code 000.00.01.H11-241126-0007", "code 000.00.01.H11-241126-0007"),
        ("1.000894 gọi 0912 345 678", "1.000894 gọi [đã che]"),
        ("mã000.00.01.H11-241126-0007", "mã[đã che].H[đã che]"),
        ("x" * 400, "x" * 299 + "…"),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_values_hold_no_personal_data_and_nothing_that_cannot_be_stored(province, given, kept):
    audit.record("x", given, {"note": given, "many": [given], "group": {"in": given}})
    db.session.commit()

    (found,) = entries()
    assert found.subject == kept
    assert found.detail == {"note": kept, "many": [kept], "group": {"in": kept}}
    assert verifying.verify().broken is None


def test_a_long_transaction_that_recorded_holds_up_nobody(app, province):
    audit.record("slow", "1")
    db.session.execute(text("SELECT 1"))
    done = threading.Event()

    def other():
        with app.app_context(), tenant_scope(province):
            audit.record("quick", "2")
            db.session.commit()
            db.session.remove()
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert done.wait(20), "waited for a transaction that had only recorded so far"
    thread.join()
    db.session.commit()

    assert [(one.number, one.action) for one in entries()] == [(1, "quick"), (2, "slow")]


def append_many(settings, slug: str, times: int) -> None:
    app = create_app(settings)
    with app.app_context():
        for at in range(times):
            with tenant_scope(slug):
                audit.record("race", str(at))
                audit.record_platform("race", str(at))
                db.session.commit()
        for engine in db.engines.values():
            engine.dispose()


def test_processes_that_append_at_once_neither_fork_nor_deadlock(settings, two_provinces):
    spawned = multiprocessing.get_context("spawn")
    racers = [
        spawned.Process(target=append_many, args=(settings, slug, 15))
        for slug in ("binh-thuan", "binh-thuan", "da-nang")
    ]
    for one in racers:
        one.start()
    for one in racers:
        one.join()

    assert [one.exitcode for one in racers] == [0, 0, 0]
    for chain_id, expected in (("binh-thuan", 30), ("da-nang", 15), (PLATFORM, 45)):
        with tenant_scope(chain_id):
            verdict = verifying.verify()
            assert (verdict.broken, verdict.checked) == (None, expected)
            assert db.session.scalar(db.select(AuditHead.number)) == expected


def test_a_change_and_its_entry_stand_or_fall_together(province, owner_engine):
    db.session.get(Tenant, province).status = "trial"
    audit.record("tenant.trial", province)
    with owner_engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry ADD CONSTRAINT probe CHECK (number < 1) NOT VALID"))
    try:
        with pytest.raises(Exception, match="probe"):
            db.session.commit()
    finally:
        db.session.rollback()
        with owner_engine.begin() as connection:
            connection.execute(text("ALTER TABLE audit_entry DROP CONSTRAINT probe"))

    assert db.session.get(Tenant, province).status == "live"
