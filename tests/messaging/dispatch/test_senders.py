"""How many requests are under way: the further Zalo is, the more."""

import pytest

from motcua.core.database import db
from motcua.messaging import jobs
from motcua.messaging.dispatch.senders import JUDGED_BY, LEAST, MOST, suited_to
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen
from tests.messaging.dispatch.test_drain import SEND


@pytest.mark.parametrize(
    ("request_s", "at_once"), [(0.0, LEAST), (0.005, LEAST), (0.05, 250), (0.3, MOST), (10.0, MOST)]
)
def test_as_many_are_sent_at_once_as_the_way_is_long(request_s, at_once):
    assert suited_to(request_s) == at_once


def test_a_drain_learns_from_the_first_answers_how_far_zalo_is(zalo):
    for number in range(4 * LEAST):
        citizen = make_citizen(f"7000000000000000{number:03d}")
        owe(citizen, "dossier_accepted", dedupe_key=str(number), consultation=TextMessage(f"Tin {number}"))
    db.session.commit()
    zalo.fault(SEND, "latency", latency_ms=1_000)

    assert jobs.serve("urgent") == 4 * LEAST

    requests = zalo.ask("GET", "/requests?limit=500&path=" + SEND)["requests"]
    arrived = sorted(one["at_ms"] for one in requests)
    # Who comes within less than the latency is under way together.
    together = [sum(1 for other in arrived if at <= other < at + 900) for at in arrived]
    assert len(arrived) == 4 * LEAST
    assert together[0] == LEAST
    assert max(together) > LEAST + JUDGED_BY
