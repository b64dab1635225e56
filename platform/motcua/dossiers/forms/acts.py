"""What an office did with a dossier, as far as a form needs to know it.

Whatever records these acts is put into these small shapes; the forms know no other. Times are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AskedPaper:
    name: str
    originals: int = 0
    copies: int = 0
    note: str | None = None


@dataclass(frozen=True)
class Supplement:
    """`stage`: "reception" (before the dossier counts as received) or "appraisal"."""

    asked_at: datetime
    agency_name: str
    reason: str | None
    items: tuple[AskedPaper, ...] = ()
    respond_by: datetime | None = None
    stage: str | None = None
    officer: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True)
class Refusal:
    refused_at: datetime
    agency_name: str
    reason: str | None
    officer: str | None = None


@dataclass(frozen=True)
class Apology:
    """`agency_name`: who decides and apologises. `reason` None is left for a hand to write."""

    written_at: datetime
    agency_name: str
    old_due_at: datetime
    new_due_at: datetime
    reason: str | None
    signer_title: str | None = None
    signer_name: str | None = None


@dataclass(frozen=True)
class Stop:
    stopped_at: datetime
    agency_name: str
    reason: str | None
    stage: str | None = None
    decision: str | None = None  # the number and date of the decision to stop
    refund_vnd: int | None = None
    signer_title: str | None = None
    signer_name: str | None = None
