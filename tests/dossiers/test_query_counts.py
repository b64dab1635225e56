"""The hot paths ask the database a fixed number of times, however much there is."""

import pytest
from sqlalchemy import event

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from tests.dossiers.test_promising import takes
from tests.factories import dossier_body, dossier_code, event_body, make_citizen, make_dossier


@pytest.fixture
def statements(app):
    """Every statement sent while the block runs."""
    sent: list[str] = []
    engine = db.engine

    def note(connection, cursor, statement, *rest):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def events_with(api, followers: int) -> str:
    code = dossier_code()
    with tenant_scope("binh-thuan"):
        for number in range(followers):
            make_citizen(f"{code}-{number}", phone="84912345678")
        db.session.commit()
    api["binh-thuan"].put(f"/api/v1/dossiers/{code}", dossier_body())
    return f"/api/v1/dossiers/{code}/events"


def test_an_event_costs_a_fixed_number_of_questions_and_one_a_follower(api, statements):
    path = events_with(api, 1)
    statements.clear()
    api["binh-thuan"].post(path, event_body(4))
    with_one = len(statements)

    path = events_with(api, 5)
    statements.clear()
    api["binh-thuan"].post(path, event_body(4))
    followers = 6  # the phone is the same: the sixth is the first dossier's

    assert with_one <= 24
    assert len(statements) - with_one <= followers - 1


def test_a_due_date_of_our_own_costs_a_few_questions_more(api, statements):
    with tenant_scope("binh-thuan"):
        takes("3 ngày làm việc")
    api["binh-thuan"].put(
        f"/api/v1/dossiers/{dossier_code()}", dossier_body(due_at=...)
    )  # begins the calendar
    costs = []
    for given in ({}, {"due_at": ...}):
        statements.clear()
        api["binh-thuan"].put(f"/api/v1/dossiers/{dossier_code()}", dossier_body(**given))
        costs.append(len(statements))

    assert costs[1] - costs[0] <= 6


def test_reading_a_dossier_costs_the_same_with_a_long_line_of_time(api, statements):
    path = events_with(api, 0)
    for minute in range(10, 40):
        api["binh-thuan"].post(path, event_body(4, occurred_at=f"2024-11-26T09:{minute}:00+07:00"))
    statements.clear()

    api["binh-thuan"].get(path.removesuffix("/events"))

    assert len(statements) <= 12


def test_an_ordinary_event_asks_the_database_five_times(two_provinces, statements):
    with tenant_scope("binh-thuan"):
        dossier = make_dossier()
        happening = EventIn().load(event_body(4, department="Phòng Tư pháp"))
        statements.clear()

        intake.add_event(dossier.code, happening)
        db.session.commit()

    assert len(statements) <= 6, (
        statements
    )  # the tenant, the lock, the dossier, the event, its step, followers


def test_a_late_event_costs_the_same_with_a_long_line_of_time(two_provinces, statements):
    with tenant_scope("binh-thuan"):
        dossier = make_dossier()
        for minute in range(10, 40):
            body = event_body(4, occurred_at=f"2024-11-26T09:{minute}:00+07:00")
            intake.add_event(dossier.code, EventIn().load(body))
        db.session.commit()
        late = EventIn().load(event_body(4, occurred_at="2024-11-26T08:30:00+07:00"))
        statements.clear()

        intake.add_event(dossier.code, late)
        db.session.commit()

    assert len(statements) <= 8, statements
