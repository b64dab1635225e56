"""What happened each day, counted once and kept: what dashboards, leaders' reports and invoices read."""

from .usage import usage_of_month

__all__ = ["usage_of_month"]
