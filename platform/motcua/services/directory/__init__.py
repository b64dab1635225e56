"""Where the offices are, when they are open, whom to call: from the province's agencies and a table of its own."""

from .service import Directory

SERVICE = Directory()
