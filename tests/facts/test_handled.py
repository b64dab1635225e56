"""Who was handled in a period and how it went: daily facts say what live rows say, whatever happened in between."""

import contextvars
from datetime import date, timedelta

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.dossiers.record_models import DossierApology
from motcua.facts import handled, rolling
from motcua.facts.models import FactDay, FactDirty, FactHandled
from motcua.reports import queries, scores
from motcua.reports.periods import Period
from motcua.surveys.models import Survey, SurveyAnswer
from tests.factories import make_citizen, numbers
from tests.facts.test_rolling import LIVES, MOMENTS, NOW, at, live

ZONE = VIETNAM.key
TODAY = NOW.astimezone(VIETNAM).date()
PERIODS = (
    Period(TODAY, TODAY),
    Period(date(2024, 11, 1), date(2024, 11, 30)),
    Period(date(2024, 10, 20), date(2024, 12, 1)),
    Period(date(2023, 1, 1), date(2024, 12, 31)),
)

RUNNING = {
    "received_at": at(TODAY, 8), "due_at": None, "status": 4, "status_at": at(TODAY, 8), "agency_code": "a",
    "channel": "counter",
}  # fmt: skip
SCALES = st.none() | st.integers(1, 3)
HAPPENINGS = st.one_of(
    st.tuples(st.just("change"), LIVES),
    st.tuples(st.just("gone"), st.none()),
    st.tuples(st.just("ask"), st.booleans()),
    st.tuples(st.just("answer"), st.tuples(st.integers(1, 5), SCALES, SCALES, SCALES)),
    st.tuples(st.just("think again"), st.integers(1, 5)),
    st.tuples(st.just("withdraw answers"), st.none()),
    st.tuples(st.just("event"), st.tuples(st.sampled_from([2, 4, 5, 10]), MOMENTS, st.none() | MOMENTS)),
    st.tuples(st.just("apologise"), st.none() | MOMENTS),
    st.tuples(st.just("complain"), MOMENTS),
)


def happen(row: Dossier, what: str, given) -> None:
    survey = db.session.scalars(db.select(Survey).where(Survey.dossier_id == row.id)).one_or_none()
    if what == "change":
        for name, value in given.items():
            setattr(row, name, value)
        row.agency_name = row.agency_code
    elif what == "gone":
        db.session.delete(row)
    elif what == "ask":
        survey = survey or Survey(dossier_id=row.id, outcome=10, opened_at=NOW, closes_at=NOW)
        survey.invited_at = at(date(2024, 12, 2)) if given else None
        db.session.add(survey)
    elif what == "answer" and survey:
        level, attitude, clarity, trips = given
        db.session.add(SurveyAnswer(survey_id=survey.id, channel="chat", level=level, attitude=attitude,
                                    clarity=clarity, trips=trips, answered_at=NOW))  # fmt: skip
    elif what == "think again" and survey:
        mine = SurveyAnswer.survey_id == survey.id
        db.session.execute(db.update(SurveyAnswer).where(mine).values(level=given, attitude=None))
    elif what == "withdraw answers" and survey:
        db.session.execute(db.delete(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id))
    elif what == "event":
        status, moment, due = given
        db.session.add(DossierEvent(dossier_id=row.id, fingerprint=f"{next(numbers)}", status=status,
                                    occurred_at=moment, step_due_at=due))  # fmt: skip
    elif what == "apologise":
        number = next(numbers)
        db.session.add(DossierApology(dossier_id=row.id, event_id=number, number=number, apologised_at=NOW, reason="x",
                                      old_due_at=row.due_at, new_due_at=given or NOW, agency_name="",
                                      is_late=True))  # fmt: skip
        row.due_at = given
    elif what == "complain":
        complain(row, given)


def complain(row: Dossier, moment) -> None:
    insert = db.text("""
        INSERT INTO complaint (tenant_id, kind, citizen_id, dossier_id, state, text_encrypted, received_at,
            triage_due_at, due_at, answered_at)
        VALUES ('binh-thuan', 'conduct', :citizen, :dossier, 'accepted', '', :at, :at, :due, :answered)
    """)
    citizen = make_citizen(f"7{next(numbers):018d}")
    words = {"citizen": citizen.id, "dossier": row.id, "at": moment, "due": moment + timedelta(hours=9)}
    db.session.execute(insert, words | {"answered": moment + timedelta(hours=row.id % 3 * 8)})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(LIVES, min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), HAPPENINGS), max_size=10),
)
def test_facts_say_of_the_handled_what_live_rows_say(province, lives, happenings):
    """All days are counted once; then only the marked ones, after whatever happened."""
    with time_machine.travel(NOW, tick=False):
        contextvars.copy_context().run(live_through, lives, happenings)


def live_through(lives: list[dict], happenings: list) -> None:
    with tenant_scope("binh-thuan"):
        for table in (Dossier, FactHandled, FactDirty):
            db.session.execute(db.delete(table))
        db.session.execute(db.delete(FactDirty))
        kept = dict(enumerate(live(given) for given in lives))
        db.session.commit()
        for back in range(4):
            rolling.roll_day(TODAY - timedelta(days=back))
        for number, (what, given) in happenings:
            if number not in kept:
                continue
            happen(kept[number], what, given)
            db.session.commit()
            if what == "gone":
                del kept[number]
        for day in [TODAY, *(one for one in rolling.marked(9) if one < TODAY)]:
            rolling.roll_day(day)

        for period in PERIODS:
            shown = scores.scores_of(queries.points(period, ZONE))
            assert scores.scores_of(handled.points(period)) == shown, period
            for by in queries.GROUPS:
                assert handled.count(period, by) == queries.count(period, by, ZONE), (period, by)


def test_a_dossier_of_no_field_is_counted_under_words_of_its_own(province):
    with time_machine.travel(NOW, tick=False):
        row = live(RUNNING)
        row.procedure_code = "9.999999"
        db.session.commit()
        rolling.roll_day(TODAY)

        (found,) = handled.count(Period(TODAY, TODAY), "field")

    assert (found.name, found["total"], found["without_due"]) == ("Chưa rõ lĩnh vực", 1, 1)


def test_who_was_over_before_the_period_is_of_no_group(province):
    with time_machine.travel(NOW, tick=False):
        day = TODAY - timedelta(days=1)
        live(
            RUNNING
            | {"received_at": at(day, 8), "due_at": at(day, 9), "status": 10, "status_at": at(day, 10)}
        )
        db.session.commit()
        for one in (day, TODAY):
            rolling.roll_day(one)

        assert handled.count(Period(TODAY, TODAY), "agency") == []
        (found,) = handled.count(Period(day, day), "agency")

    assert (found["late"], found["finished"]) == (1, 1)


def test_facts_are_asked_once_every_counted_day_knows_who_was_handled(province):
    with time_machine.travel(NOW, tick=False):
        assert not handled.is_kept()
        for back in range(2):
            rolling.roll_day(TODAY - timedelta(days=back))
        assert handled.is_kept()

        db.session.execute(db.update(FactDay).where(FactDay.day == TODAY).values(rules=0))
        assert not handled.is_kept()
        rolling.roll_day(TODAY)

        assert handled.is_kept()
