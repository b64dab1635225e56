"""What several tests of the import share."""

from datetime import date

TODAY = date(2026, 11, 24)
