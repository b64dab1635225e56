"""Keeping what the chat did not understand, grouped, for the desk that mends it."""

import re

from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db

from .keywords import plain
from .models import MissedQuestion

LONGEST = 200
# Numbers of phones, papers and dossiers have five digits and more; a year or "2 tầng" may stay.
NUMBER = re.compile(r"\d[\d .\-]{3,}\d")


def note(line: str, reason: str) -> None:
    """Count one question of the tenant in scope; `reason` is "none" or "refused" (choices turned down)."""
    masked = NUMBER.sub("‹số›", " ".join(line.split()))[:LONGEST]
    words = plain(masked)
    if not words:
        return
    statement = insert(MissedQuestion).values(
        tenant_id=scope.required(), words=words, example=masked, reason=reason
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "words"],
            # Asked again after it was settled: what was done did not help everybody.
            set_={"times": MissedQuestion.times + 1, "last_at": now(), "reason": reason, "state": "open"},
        )
    )
