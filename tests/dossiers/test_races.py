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


def test_events_out_of_order_at_once_end_where_the_last_of_them_is(app, at_once):
    at_once(lambda client: client.put(PATH, dossier_body()))
    story = [(4, 9), (5, 10), (4, 11), (6, 12), (4, 13), (9, 14), (10, 15), (4, 8)]
    bodies = iter([event_body(one, occurred_at=f"2024-11-26T{hour:02d}:30:00+07:00") for one, hour in story])

    answers = at_once(lambda client: client.post(f"{PATH}/events", next(bodies)))

    assert {answer.status_code for answer in answers} == {201}
    final = ApiClient(app.test_client(), make_api_key("binh-thuan")).get(PATH).json
    assert (final["status"], final["payment_state"], final["handover_state"]) == (10, "paid", "handed_over")
    assert [event["status"] for event in final["events"]] == [2, 4, 4, 5, 4, 6, 4, 9, 10]
    assert not any(event["is_unexpected"] for event in final["events"])
    assert [one["closed_at"] for one in final["supplements"]] == ["2024-11-26T04:30:00+00:00"]
