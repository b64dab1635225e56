"""What the webhook promises by whichever way it is served."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conversation.conftest import text_event
from tests.conversation.receiving.conftest import cut_connections, keys, sender

MINE, THEIRS = "binh-thuan", "da-nang"


@pytest.fixture
def send(way, two_provinces):
    return sender(way)


def test_what_comes_at_once_is_stored_once_in_its_own_province(send):
    events = [text_event("x", slug=slug) for slug in (MINE, THEIRS) for _ in range(20)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, events * 3))

    assert {answer.status_code for answer in answers} == {200}
    results = [answer.json["result"] for answer in answers]
    assert (results.count("stored"), results.count("known")) == (40, 80)
    for slug, some in ((MINE, events[:20]), (THEIRS, events[20:])):
        assert keys(slug) == sorted(f"user_send_text:{one['message']['msg_id']}" for one in some)


def test_a_cut_connection_is_opened_again_and_nothing_is_lost(send):
    assert send(text_event("x")).json["result"] == "stored"
    cut_connections()

    assert send(text_event("x")).json["result"] == "stored"
    assert len(keys(MINE)) == 2
