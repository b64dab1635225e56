"""What a day is measured by: whole numbers that add up over days, agencies and whatever else facts are kept by."""

from .models import PACES_S

WITHIN_S = 10
ACCEPTED = "state IN ('sent', 'delivered', 'seen')"
REFUSED = "state IN ('failed', 'expired')"
DELIVERED = "state IN ('delivered', 'seen')"
QUICK_LANES = "lane IN ('urgent', 'emergency')"
QUICK = [number for number, most in enumerate(PACES_S, 1) if most is not None and most <= WITHIN_S]


def _sum_of(step: str, numbers) -> str:
    return " + ".join(f"{step}_{number}" for number in numbers)


ALL = range(1, len(PACES_S) + 1)
# Measure -> (table, expression over its rows).
MEASURES = {
    "messages": ("fact_message", "messages"),
    "accepted": ("fact_message", f"messages * ({ACCEPTED})::int"),
    "delivered": ("fact_message", f"messages * ({DELIVERED})::int"),
    "seen": ("fact_message", "messages * (state = 'seen')::int"),
    "not_sent": ("fact_message", f"messages * ({REFUSED})::int"),
    "uncertain": ("fact_message", "messages * (state = 'uncertain')::int"),
    "waiting": ("fact_message", "messages * (state IN ('queued', 'sending'))::int"),
    "paid": ("fact_message", "paid"),
    "cost_vnd": ("fact_message", "cost_vnd"),
    "timed": ("fact_pace", f"({_sum_of('accepted', ALL)}) * ({QUICK_LANES})::int"),
    "timely": ("fact_pace", f"({_sum_of('accepted', QUICK)}) * ({QUICK_LANES})::int"),
    "arrived": ("fact_pace", f"({_sum_of('delivered', ALL)}) * ({QUICK_LANES})::int"),
    "arrived_timely": ("fact_pace", f"({_sum_of('delivered', QUICK)}) * ({QUICK_LANES})::int"),
    "met": ("fact_citizen", "met"),
    "gained": ("fact_citizen", "gained"),
    "lost": ("fact_citizen", "lost"),
    "linked": ("fact_citizen", "linked"),
    "lookups": ("fact_lookup", "asked"),
    "lookups_procedure": ("fact_lookup", "asked * (kind = 'procedure')::int"),
    "lookups_dossier": ("fact_lookup", "asked * (kind = 'dossier')::int"),
    "lookups_service": ("fact_lookup", "asked * (kind = 'service')::int"),
    "unanswered": ("fact_lookup", "asked * (outcome NOT IN ('match', 'choices'))::int"),
    "received": ("fact_dossier", "received"),
    "received_online": ("fact_dossier", "received_online"),
    "received_post": ("fact_dossier", "received_post"),
    "finished": ("fact_dossier", "finished"),
    "on_time": ("fact_dossier", "on_time"),
    "early": ("fact_dossier", "early"),
    "late": ("fact_dossier", "late"),
    "late_apologised": ("fact_dossier", "late_apologised"),
    "without_due": ("fact_dossier", "without_due"),
    "stopped": ("fact_dossier", "stopped"),
    "fell_due": ("fact_dossier", "fell_due"),
    "asked_more": ("fact_dossier", "asked_more"),
    "asked": ("fact_satisfaction", "asked"),
    "answers": ("fact_satisfaction", "level_1 + level_2 + level_3 + level_4 + level_5"),
    "satisfied": ("fact_satisfaction", "level_4 + level_5"),
    "neutral": ("fact_satisfaction", "level_3"),
    "dissatisfied": ("fact_satisfaction", "level_1 + level_2"),
    **{f"level_{level}": ("fact_satisfaction", f"level_{level}") for level in range(1, 6)},
    "complaints": ("fact_voice", "received * (source = 'complaint')::int"),
    "complaints_answered": ("fact_voice", "answered * (source = 'complaint')::int"),
    "complaints_in_time": ("fact_voice", "in_time * (source = 'complaint')::int"),
    "reports": ("fact_voice", "received * (source = 'feedback')::int"),
    "reports_answered": ("fact_voice", "answered * (source = 'feedback')::int"),
    "reports_in_time": ("fact_voice", "in_time * (source = 'feedback')::int"),
}  # fmt: skip
# Tables that know whose dossier it was; the others count the whole province.
OF_AN_AGENCY = ("fact_dossier", "fact_satisfaction", "fact_voice")
