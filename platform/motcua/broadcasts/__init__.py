"""Announcements of a province to many citizens at once: written, approved by a second person, sent, and checkable."""
