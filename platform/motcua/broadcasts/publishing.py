"""The public side: every announcement that has begun to leave stands on the province's own site."""

from motcua.core.database import db

from . import numbering
from .models import Broadcast

PAGE = 20


def find(code: str) -> Broadcast | None:
    """By the number that the message shows; None for one that was never announced here."""
    number = numbering.read(code)
    if number is None:
        return None
    return db.session.scalar(
        db.select(Broadcast).where(Broadcast.code == number, Broadcast.started_at.is_not(None))
    )


def newest(page: int) -> tuple[list[Broadcast], int]:
    """One page, newest first, and how many pages there are."""
    shown = Broadcast.started_at.is_not(None)
    total = db.session.scalar(db.select(db.func.count()).select_from(Broadcast).where(shown))
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = db.session.scalars(
        db.select(Broadcast)
        .where(shown)
        .order_by(Broadcast.started_at.desc(), Broadcast.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(rows), pages
