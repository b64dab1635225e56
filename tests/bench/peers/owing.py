"""What the heap does not cost: a dossier's news, rendered from the province's text and owed through the outbox.

Part of the API call that brings the news, not of the sending: the worker finds finished words.
"""

import itertools
import time
from collections.abc import Callable
from contextlib import nullcontext

from motcua.core.database import db, tenant_scope
from motcua.dossiers import following, news
from motcua.dossiers.models import Dossier
from motcua.dossiers.rows import reading_ahead
from motcua.messaging.outbox import gathering
from motcua.tenancy import current
from tests.bench.crowd import EVENT
from tests.bench.rates import Clock, Rate
from tests.bench.scenes import Scene, let_go
from tests.factories import PHONE, make_citizen, make_dossier
from tests.installation import SLUG

FOLLOWER = str(7_950_000_000_000_000_000)
_numbers = itertools.count(1)


def owe_news(scene: Scene, count: int, at_once: int) -> Callable[[], Rate]:
    """`count` messages, `at_once` in a transaction and a context of their own: one as in a call of the API, more as
    through the batch door, which reads ahead.

    The processor time is this process' own, without PostgreSQL's.
    """

    def run() -> Rate:
        with scene.app.app_context(), tenant_scope(SLUG):
            dossier_id = _followed_dossier()
        try:
            _owe(scene, dossier_id, count // 10, at_once)
            clock = Clock([], own=time.process_time)
            _owe(scene, dossier_id, count, at_once)
            return clock.rate(count)
        finally:
            with scene.app.app_context():
                let_go()

    return run


def _followed_dossier() -> int:
    """Whose citizen has proved the phone that stands on it, so hears all that the text can say."""
    found = db.session.scalars(db.select(Dossier.id).limit(1)).first()
    if found is None:
        make_citizen(FOLLOWER, phone=PHONE)
        found = make_dossier().id
    return found


def _owe(scene: Scene, dossier_id: int, count: int, at_once: int) -> None:
    for start in range(0, count, at_once):
        with scene.app.app_context(), tenant_scope(SLUG):
            _tenant = current.tenant()  # held as by a request: the session forgets what nobody holds
            dossier = db.session.get(Dossier, (SLUG, dossier_id))
            ahead = reading_ahead({dossier.code}, set(), set()) if at_once > 1 else nullcontext()
            with ahead, gathering() as gathered:
                for _ in range(start, min(start + at_once, count)):
                    piece = news.Piece(EVENT, f"bench:{next(_numbers)}")
                    news.tell_piece(dossier, piece, following.followers(dossier))
            db.session.commit()
            assert len(gathered) == min(at_once, count - start), "not every message is owed"
