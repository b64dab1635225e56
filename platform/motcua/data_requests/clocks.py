"""How long a request about personal data may take.

Source: Luật 91/2025/QH15 and NĐ 356/2025/NĐ-CP (from 1/1/2026), as reported by law publishers, read November 2026:
an answer with the procedure within 2 working days; access and correction 10 days, withdrawal, restriction and
objection 15 days, erasure 20 days; 20 where a processor or third party must act; one extension of at most 15 days.
Days are calendar days; a last day on which the office is closed rolls on to the next working day.
"""

from datetime import datetime, timedelta

from motcua.complaints.clocks import working_days_after
from motcua.dossiers import promising

ACKNOWLEDGE = 2  # working days
DAYS = {"access": 10, "correct": 10, "delete": 20, "withdraw": 15, "restrict": 15, "object": 15}
WITH_PROCESSOR = 20
LONGEST_EXTENSION = 15


def acknowledge_by(received_at: datetime) -> datetime:
    return working_days_after(received_at, ACKNOWLEDGE)


def due(
    received_at: datetime, kind: str, *, has_processor: bool = False, extension_days: int = 0
) -> datetime:
    """The clock time of receipt, on the last day. Raises ValueError for an extension over LONGEST_EXTENSION."""
    if not 0 <= extension_days <= LONGEST_EXTENSION:
        raise ValueError(f"An extension is 0 to {LONGEST_EXTENSION} days, not {extension_days}.")
    days = max(DAYS[kind], WITH_PROCESSOR if has_processor else 0) + extension_days
    calendar = promising.offices().province
    local = calendar.local(received_at)
    day = local.date() + timedelta(days=days)
    return datetime.combine(calendar.next_working_day(day - timedelta(days=1)), local.timetz())
