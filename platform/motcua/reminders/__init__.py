"""Reminders that citizens asked for."""
