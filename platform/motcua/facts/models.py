"""What happened on each of a province's days, counted. Dashboards read these rows and never the live ones.

A day is the province's own, by Vietnam's clock. Every row can be counted anew from the live rows (see `sources`)
but those of `FactBacklog`, which are samples, and those of days whose live rows are gone (`FactSealed`).
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class FactMessage(TenantOwned, Base):
    """Messages written on the day, by what became of them since. `channel` "": not chosen yet."""

    __tablename__ = "fact_message"

    day: Mapped[date]
    event: Mapped[str] = mapped_column(Text)
    lane: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    messages: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int] = mapped_column(Integer)
    cost_vnd: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("tenant_id", "day", "event", "lane", "channel", "state"),)


# Upper ends in seconds of the columns of FactPace; the last has none.
PACES_S = (1, 2, 5, 10, 30, 60, 300, 3600, None)


class FactPace(TenantOwned, Base):
    """Of the messages written in one hour of the day: how many were accepted, and delivered, how soon.

    `accepted` and `delivered` count by the spans of PACES_S, one figure a span.
    """

    __tablename__ = "fact_pace"

    day: Mapped[date]
    hour: Mapped[int] = mapped_column(SmallInteger)
    lane: Mapped[str] = mapped_column(Text)
    accepted_1: Mapped[int] = mapped_column(Integer)
    accepted_2: Mapped[int] = mapped_column(Integer)
    accepted_3: Mapped[int] = mapped_column(Integer)
    accepted_4: Mapped[int] = mapped_column(Integer)
    accepted_5: Mapped[int] = mapped_column(Integer)
    accepted_6: Mapped[int] = mapped_column(Integer)
    accepted_7: Mapped[int] = mapped_column(Integer)
    accepted_8: Mapped[int] = mapped_column(Integer)
    accepted_9: Mapped[int] = mapped_column(Integer)
    delivered_1: Mapped[int] = mapped_column(Integer)
    delivered_2: Mapped[int] = mapped_column(Integer)
    delivered_3: Mapped[int] = mapped_column(Integer)
    delivered_4: Mapped[int] = mapped_column(Integer)
    delivered_5: Mapped[int] = mapped_column(Integer)
    delivered_6: Mapped[int] = mapped_column(Integer)
    delivered_7: Mapped[int] = mapped_column(Integer)
    delivered_8: Mapped[int] = mapped_column(Integer)
    delivered_9: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "day", "hour", "lane"),)


class FactCitizen(TenantOwned, Base):
    """`followers` and `linked_total` stood so at the day's end; the others are what the day changed."""

    __tablename__ = "fact_citizen"

    day: Mapped[date]
    met: Mapped[int] = mapped_column(Integer)
    gained: Mapped[int] = mapped_column(Integer)
    lost: Mapped[int] = mapped_column(Integer)
    followers: Mapped[int] = mapped_column(Integer)
    linked: Mapped[int] = mapped_column(Integer)
    linked_total: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "day"),)


class FactLookup(TenantOwned, Base):
    """Questions answered by machine. `kind` procedure | dossier | service; `key` a procedure's or service's code."""

    __tablename__ = "fact_lookup"

    day: Mapped[date]
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    asked: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "day", "kind", "key", "channel", "outcome"),)


class FactDossier(TenantOwned, Base):
    """Dossiers of one agency. `on_time` holds `early`; on_time + late + without_due = finished.

    Standing at a day's end follows by adding up: pending = received - finished; overdue = fell_due - late.
    """

    __tablename__ = "fact_dossier"

    day: Mapped[date]
    agency_key: Mapped[str] = mapped_column(Text)  # its code, else its name
    agency_name: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(Integer)
    received_online: Mapped[int] = mapped_column(Integer)
    received_post: Mapped[int] = mapped_column(Integer)
    finished: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    early: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    late_apologised: Mapped[int] = mapped_column(Integer)
    without_due: Mapped[int] = mapped_column(Integer)
    stopped: Mapped[int] = mapped_column(Integer)
    fell_due: Mapped[int] = mapped_column(Integer)
    asked_more: Mapped[int] = mapped_column(Integer)  # since this day they wait for the citizen's papers

    __table_args__ = (
        UniqueConstraint("tenant_id", "day", "agency_key"),
        Index("ix_fact_dossier_agency", "tenant_id", "agency_key", "day"),
    )


class FactProcedure(TenantOwned, Base):
    """The same by procedure, for the whole province."""

    __tablename__ = "fact_procedure"

    day: Mapped[date]
    procedure_code: Mapped[str] = mapped_column(Text)
    procedure_name: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(Integer)
    finished: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    early: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "day", "procedure_code"),)


class FactSatisfaction(TenantOwned, Base):
    """Surveys sent and answers given on the day, by the dossier's agency; `level_1` is very dissatisfied."""

    __tablename__ = "fact_satisfaction"

    day: Mapped[date]
    agency_key: Mapped[str] = mapped_column(Text)
    agency_name: Mapped[str] = mapped_column(Text)
    asked: Mapped[int] = mapped_column(Integer)
    level_1: Mapped[int] = mapped_column(Integer)
    level_2: Mapped[int] = mapped_column(Integer)
    level_3: Mapped[int] = mapped_column(Integer)
    level_4: Mapped[int] = mapped_column(Integer)
    level_5: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("tenant_id", "day", "agency_key"),
        Index("ix_fact_satisfaction_agency", "tenant_id", "agency_key", "day"),
    )


class FactHandled(TenantOwned, Base):
    """Dossiers by a step of their life, with what is known of each now: enough to tell who was handled in any span.

    Handled in a span is who entered before its end and had not finished before its beginning, so a count over it is
    what entered until then less what had finished (QĐ 766, see `reports.queries`). `step` entered | finished |
    fell_due (the promise passed before any end) | waiting (since the day for the citizen's papers, and still).
    `kind` province (its `key` is "") | agency | procedure | channel. Opinions are those of the dossier, whenever they
    were given, and are not kept of what fell due.
    """

    __tablename__ = "fact_handled"

    day: Mapped[date]
    step: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    dossiers: Mapped[int] = mapped_column(Integer)
    without_due: Mapped[int] = mapped_column(Integer)
    early: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    late_apologised: Mapped[int] = mapped_column(Integer)
    asked: Mapped[int] = mapped_column(Integer)
    answered: Mapped[int] = mapped_column(Integer)
    satisfied: Mapped[int] = mapped_column(Integer)
    neutral: Mapped[int] = mapped_column(Integer)
    dissatisfied: Mapped[int] = mapped_column(Integer)
    attitude_answered: Mapped[int] = mapped_column(Integer)
    attitude_good: Mapped[int] = mapped_column(Integer)
    attitude_points: Mapped[int] = mapped_column(Integer)  # 0 to 2 each, as the three below
    clarity_answered: Mapped[int] = mapped_column(Integer)
    clarity_good: Mapped[int] = mapped_column(Integer)
    trips_answered: Mapped[int] = mapped_column(Integer)
    trips_good: Mapped[int] = mapped_column(Integer)
    contact_points: Mapped[int] = mapped_column(
        Integer
    )  # of finished ones, less one for each time papers were missing
    steps: Mapped[int] = mapped_column(Integer)  # of finished ones: steps that had a promise and were left
    steps_in_time: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "kind", "day", "step", "key"),)


class FactVoice(TenantOwned, Base):
    """What citizens complained of (`source` complaint) or reported from the street (feedback); "" nobody's yet."""

    __tablename__ = "fact_voice"

    day: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    agency_key: Mapped[str] = mapped_column(Text)
    received: Mapped[int] = mapped_column(Integer)
    answered: Mapped[int] = mapped_column(Integer)
    in_time: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("tenant_id", "day", "source", "kind", "agency_key"),
        Index("ix_fact_voice_agency", "tenant_id", "agency_key", "day"),
    )


class FactBacklog(TenantOwned, Base):
    """Messages due and not sent yet, looked at every few minutes. Cannot be counted anew."""

    __tablename__ = "fact_backlog"

    day: Mapped[date]
    samples: Mapped[int] = mapped_column(Integer)
    waiting_sum: Mapped[int] = mapped_column(BigInteger)
    waiting_most: Mapped[int] = mapped_column(Integer)
    oldest_s: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("tenant_id", "day"),)


class FactDay(TenantOwned, Base):
    """That a day was counted, when, how long it took, and by which `rules` (see `rolling.RULES`)."""

    __tablename__ = "fact_day"

    day: Mapped[date]
    rolled_at: Mapped[datetime] = mapped_column(Moment)
    took_ms: Mapped[int] = mapped_column(Integer)
    rules: Mapped[int] = mapped_column(SmallInteger, server_default="0")

    __table_args__ = (UniqueConstraint("tenant_id", "day"),)


class FactMonth(TenantOwned, Base):
    """Citizens who got at least one message in the month, each counted once. `month` is its first day."""

    __tablename__ = "fact_month"

    month: Mapped[date]
    active_citizens: Mapped[int] = mapped_column(Integer)
    rolled_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("tenant_id", "month"),)


class FactDirty(TenantOwned, Base):
    """A day that is over and whose live rows changed since: the database's triggers write it, a roll-up takes it."""

    __tablename__ = "fact_dirty"

    day: Mapped[date]

    __table_args__ = (Index("ix_fact_dirty_day", "tenant_id", "day"),)


class FactSealed(TenantOwned, Base):
    """Live rows of the table `source` from before that moment were deleted: what was counted of them stays."""

    __tablename__ = "fact_sealed"

    source: Mapped[str] = mapped_column(Text)
    before: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("tenant_id", "source"),)


class QuestionAsked(TenantOwned, Base):
    """That a citizen asked of a procedure or a dossier, and what came of it: no words, and not who asked."""

    __tablename__ = "question_asked"

    kind: Mapped[str] = mapped_column(Text)  # procedure | dossier
    key: Mapped[str] = mapped_column(Text, default="")  # the procedure that was shown
    channel: Mapped[str] = mapped_column(Text)  # chat | page
    outcome: Mapped[str] = mapped_column(Text)  # match | choices | none | refused
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_question_asked_day", "tenant_id", "asked_at"),)
