"""Planned power and water cuts from a province's file, asked for by place, told to who subscribed."""

from .service import Outages

SERVICE = Outages()
