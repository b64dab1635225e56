"""Noting that somebody asked of a procedure or a dossier, without their words and without who it was."""

from datetime import timedelta

from motcua.core.clock import now
from motcua.core.database import db

from .models import QuestionAsked

KEPT = timedelta(days=400)


def note(kind: str, outcome: str, key: str = "", channel: str = "chat") -> None:
    """Count one question of the tenant in scope with the transaction; values as in `QuestionAsked`."""
    db.session.add(QuestionAsked(kind=kind, key=key, channel=channel, outcome=outcome))


def forget_old() -> None:
    """The rows of long ago; what they were counted as stays. Commits."""
    db.session.execute(db.delete(QuestionAsked).where(QuestionAsked.asked_at < now() - KEPT))
    db.session.commit()
