"""Keeping what the chat did not understand, grouped, for the desk that mends it."""

import re

from sqlalchemy.dialects.postgresql import insert

from motcua.catalogue.trying import Saved
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import NotFound

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


def listed(state: str = "open", most: int = 100) -> list[MissedQuestion]:
    """Of the tenant in scope, the most asked first."""
    return list(
        db.session.scalars(
            db.select(MissedQuestion)
            .where(MissedQuestion.state == state)
            .order_by(MissedQuestion.times.desc(), MissedQuestion.last_at.desc())
            .limit(most)
        )
    )


def get(number: int) -> MissedQuestion:
    """Raises NotFound."""
    found = db.session.scalar(db.select(MissedQuestion).where(MissedQuestion.id == number).with_for_update())
    if found is None:
        raise NotFound
    return found


def settle(question: MissedQuestion, state: str, staff_id: int, settled_as: str | None = None) -> None:
    """`state` "linked" (to procedures, whose codes are `settled_as`) or "set_aside". The caller commits."""
    question.state, question.settled_by, question.settled_as = state, staff_id, settled_as


def saved() -> list[Saved]:
    """The tenant's own saved questions: those that were linked to a procedure."""
    return [
        Saved(one.words, tuple(one.settled_as.split()))
        for one in listed("linked", most=500)
        if one.settled_as
    ]
