"""What stands on each form, in the words that are printed: kept with the paper, so that it can be printed again.

Nothing here is looked up: `filling` makes these from a dossier, `rendering` sets them on paper. A member that
is None is not known; the paper then leaves it out, or leaves a dotted line where a hand may write it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The upper part: who writes, where and when, by the names that held on that day."""

    superior: str | None
    agency: str
    place: str
    date: str  # "ngày 26 tháng 11 năm 2026"
    province: str


@dataclass(frozen=True)
class Person:
    """Phone and ID number are masked: papers get photographed."""

    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    id_number: str | None = None


@dataclass(frozen=True)
class PaperLine:
    name: str
    originals: int
    copies: int
    note: str | None = None


@dataclass(frozen=True)
class Subject:
    """The dossier that a form is about."""

    code: str
    procedure_code: str
    procedure_name: str
    summary: str | None
    owner: Person
    submitter: Person
    tracking_url: str  # what the QR holds, and nothing else
    follow_code: str
    hotline: str | None
    portal_url: str | None


@dataclass(frozen=True)
class ReceiptFacts:
    heading: Heading
    subject: Subject
    desk: str
    channel: str
    papers: tuple[PaperLine, ...]
    papers_are_stated: bool  # False: the procedure asks for them; whether they were handed in is not known
    time_by_law: str | None
    received: str
    due: str | None
    pickup: str
    pickup_hours: str | None
    officer: str | None
    zalo_url: str | None
    zalo_name: str | None
    register_book: str  # the year: each has its own book


@dataclass(frozen=True)
class SupplementFacts:
    heading: Heading
    subject: Subject
    desk: str
    items: tuple[PaperLine, ...]
    reason: str | None
    respond_by: str | None
    stage: str | None
    officer: str | None
    contact_phone: str | None


@dataclass(frozen=True)
class RefusalFacts:
    heading: Heading
    subject: Subject
    desk: str
    received: str | None
    reason: str | None
    officer: str | None


@dataclass(frozen=True)
class ApologyFacts:
    heading: Heading
    subject: Subject
    agency: str
    received: str | None
    old_due: str
    new_due: str
    reason: str | None
    signer_title: str | None
    signer_name: str | None


@dataclass(frozen=True)
class StopFacts:
    heading: Heading
    subject: Subject
    agency: str
    received: str | None
    stopped: str
    stage: str | None
    reason: str | None
    decision: str | None
    refund: str | None
    signer_title: str | None
    signer_name: str | None


@dataclass(frozen=True)
class Hop:
    """The dossier went from one pair of hands to the next."""

    giver: str | None  # None: the citizen
    taker: str
    agency: str
    at: str
    result: str | None  # of the taker's step; None while it is still there, or without a time limit
    note: str | None


@dataclass(frozen=True)
class ControlFacts:
    heading: Heading
    subject: Subject
    agency: str
    others: tuple[str, ...]  # agencies that took part
    received: str | None
    due: str | None
    hops: tuple[Hop, ...]


@dataclass(frozen=True)
class RegisterLine:
    """A row of the register as printed."""

    code: str
    procedure: str
    owner: str
    contact: str
    agency: str
    received: str
    due: str
    returned: str
    way: str
    note: str


@dataclass(frozen=True)
class RegisterFacts:
    heading: Heading
    agency: str
    period: str
    lines: tuple[RegisterLine, ...]
