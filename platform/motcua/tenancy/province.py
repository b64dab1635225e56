"""A province as its folder describes it. Days are local; a period holds both its first and its last day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Protocol


class Period(Protocol):
    """Something that holds from a day to a day; None: without an end on that side."""

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


def holds_on(period: Period, day: date) -> bool:
    return (period.valid_from or date.min) <= day <= (period.valid_to or date.max)


@dataclass(frozen=True)
class ProvinceName:
    """`name` is the legal one, `short_name` the one that citizens know the Official Account by."""

    name: str
    short_name: str
    kind: str  # "tỉnh" | "thành phố"
    valid_from: date | None
    valid_to: date | None
    note: str | None


@dataclass(frozen=True)
class GsoCode:
    """The province's number in the list of administrative units of the General Statistics Office."""

    code: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class AgencyCode:
    """The province's identifier in dossier codes, `H11`. Provinces that were merged in bring theirs."""

    code: str
    valid_from: date | None
    valid_to: date | None
    evidence: str  # "unverified" | "corroborated"


@dataclass(frozen=True)
class MergedInto:
    province: str
    gso_code: str
    on: date
    resolution: str


@dataclass(frozen=True)
class FormSetPeriod:
    """Which circular's official forms (“tt01-2018”, “tt03-2025”) dossiers received in that time are printed on."""

    circular: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class OfficeHours:
    """`weekdays` as ISO numbers, 1 Monday; what comes after `same_day_cutoff` counts from the next day."""

    weekdays: tuple[int, ...]
    spans: tuple[tuple[time, time], ...]
    same_day_cutoff: time


@dataclass(frozen=True)
class SpecialDay:
    """A day on which the office is closed, or open, other than the calendar says."""

    date: date
    reason: str


@dataclass(frozen=True)
class OpenDay(SpecialDay):
    """A day on which the desk receives although the calendar has it closed; deadlines run only where it `counts`."""

    counts: bool


@dataclass(frozen=True)
class Branding:
    primary_color: str  # "#0b5394"; white text can be read on it
    accent_color: str
    monogram: str  # two letters in place of an emblem


@dataclass(frozen=True)
class Contact:
    hotline: str | None
    portal_url: str
    address: str | None


@dataclass(frozen=True)
class OfficialAccountGiven:
    """An Official Account at Zalo; its tokens and secrets are kept elsewhere."""

    key: str
    oa_id: str
    app_id: str
    name: str
    valid_from: date | None
    valid_to: date | None
    scope: tuple[str, ...]  # areas it serves; empty: the whole province
    templates: dict[str, str]  # purpose -> id of a ZBS template


@dataclass(frozen=True)
class Retention:
    """For how many days each kind of record is kept."""

    raw_chat_days: int
    delivery_log_days: int
    access_audit_days: int
    survey_text_days: int
    consent_evidence_days: int


@dataclass(frozen=True)
class SurveyChoice:
    """How the province asks for satisfaction; None where what holds everywhere will do. `bands` of 18 points."""

    is_on: bool | None
    reminder_after_days: int | None
    open_for_days: int | None
    ask_within_days: int | None
    bands: tuple[int, ...] | None


@dataclass(frozen=True)
class ProcedureChoice:
    """What of the national catalogue concerns the province."""

    include_levels: tuple[str, ...]
    exclude_fields: tuple[str, ...]


@dataclass(frozen=True)
class Visits:
    """Of booked visits: how many a person may have a day, and still to come; after how long they count as absent."""

    daily_limit: int
    open_limit: int
    grace_minutes: int


@dataclass(frozen=True)
class NewsRules:
    """What citizens are told, and which addresses may stand in it. Days are working days.

    `moves`: whether they hear of a dossier passed on inside ("every"), to another agency only ("agency"), or not.
    """

    moves: str = "every"
    silence_days: int = 5
    silence_days_by_status: dict[str, int] = field(default_factory=dict)  # "1" to "10"; 0: never
    silence_told_after_days: int = 3
    pay_hosts: tuple[str, ...] = ("dichvucong.gov.vn",)  # with their subdomains
    file_hosts: tuple[str, ...] = ()
    file_delivery: str = "fetch"  # "fetch" | "redirect"
    link_hours: int = 72


@dataclass(frozen=True)
class Plan:
    """`weight`: its share of a lane beside others; `messages_per_month` None: as many as it owes."""

    weight: int = 1
    messages_per_month: int | None = None


@dataclass(frozen=True)
class TenantFolder:
    """The validated `tenant.toml`."""

    slug: str
    status: str  # "live" | "trial"
    timezone: str
    hosts: tuple[str, ...]
    languages: tuple[str, ...]
    services: tuple[str, ...]  # codes; which there are says motcua.services.registry
    service_settings: dict[str, dict[str, str | bool | int | float]]  # by service, then by setting
    names: tuple[ProvinceName, ...]  # one after the other without a gap, the last without an end
    gso_codes: tuple[GsoCode, ...]
    agency_codes: tuple[AgencyCode, ...]
    merged_into: MergedInto | None
    form_sets: tuple[FormSetPeriod, ...]  # empty: the nation's own day of change
    office_hours: OfficeHours
    closed_days: tuple[SpecialDay, ...]
    extra_open_days: tuple[OpenDay, ...]
    branding: Branding
    contact: Contact
    official_accounts: tuple[OfficialAccountGiven, ...]
    retention: Retention
    procedures: ProcedureChoice
    visits: Visits | None
    survey: SurveyChoice | None
    news: NewsRules
    plan: Plan

    def name_on(self, day: date) -> str:
        """The legal name. A day before the first known name gets that one."""
        return self._entry_on(day).name

    def short_name_on(self, day: date) -> str:
        return self._entry_on(day).short_name

    def gso_codes_on(self, day: date) -> tuple[str, ...]:
        return _codes_on(self.gso_codes, day)

    def agency_codes_on(self, day: date) -> tuple[str, ...]:
        return _codes_on(self.agency_codes, day)

    def _entry_on(self, day: date) -> ProvinceName:
        return next((name for name in self.names if holds_on(name, day)), self.names[0])


def _codes_on(codes: Sequence[GsoCode | AgencyCode], day: date) -> tuple[str, ...]:
    return tuple(code.code for code in codes if holds_on(code, day))
