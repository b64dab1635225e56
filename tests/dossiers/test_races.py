"""The same thing sent by several at once happens once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.messaging.models import Message
from tests.conftest import ApiClient
from tests.factories import dossier_body, event_body, make_api_key, make_citizen

CODE = "000.00.01.H11-241126-0007"
PATH = f"/api/v1/dossiers/{CODE}"
AT_ONCE = 8


@pytest.fixture
def at_once(app, two_provinces):
    """Run a request from several clients at the same moment; returns the answers."""
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()
    key = make_api_key("binh-thuan")

    def run(request):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda _: request(ApiClient(app.test_client(), key)), range(AT_ONCE)))

    return run


def counts() -> tuple[int, ...]:
    with tenant_scope("binh-thuan"):
        return tuple(
            db.session.scalar(db.select(db.func.count()).select_from(model))
            for model in (Dossier, DossierEvent, Message)
        )


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}], ids=["plain", "with a key"])
def test_one_dossier_put_by_many_is_one_dossier_and_one_receipt(at_once, headers):
    answers = at_once(lambda client: client.put(PATH, dossier_body(), headers=headers))

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert counts() == (1, 1, 1)


def test_one_event_posted_by_many_is_one_event_and_one_message(at_once):
    at_once(lambda client: client.put(PATH, dossier_body()))

    answers = at_once(lambda client: client.post(f"{PATH}/events", event_body(9)))

    assert sorted(answer.status_code for answer in answers) == [200] * (AT_ONCE - 1) + [201]
    assert counts() == (1, 2, 2)


def test_different_events_at_once_are_all_kept(app, at_once):
    at_once(lambda client: client.put(PATH, dossier_body()))
    numbers = iter(range(10, 10 + AT_ONCE))

    at_once(
        lambda client: client.post(
            f"{PATH}/events", event_body(4, occurred_at=f"2024-11-26T09:{next(numbers)}:00+07:00")
        )
    )

    assert counts()[1] == 1 + AT_ONCE
