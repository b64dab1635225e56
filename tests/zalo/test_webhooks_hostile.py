"""Any bytes: an event or WebhookMalformed, and quickly."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motcua.zalo.reading import MAX_DEPTH, MAX_EVENT_BYTES
from motcua.zalo.signature import is_probe, verify
from motcua.zalo.webhook_builders import EXACT, PREFIXES
from motcua.zalo.webhook_events import Event
from motcua.zalo.webhooks import WebhookMalformed, parse

NAMES = [*EXACT, *(prefix + "text" for prefix, _builder in PREFIXES), "nobody_knows"]
FIELDS = [
    "app_id", "oa_id", "oaId", "user_id", "user_id_by_app", "timestamp", "sender", "recipient", "follower",
    "message", "info", "tag", "quota", "status", "users", "data", "group_id", "msg_id", "template_id", "id",
    "text", "attachments", "payload", "coordinates", "latitude", "full_address", "phone", "msg_ids", "rate",
    "feedbacks", "submit_time", "tracking_id", "delivery_time", "user_ids", "prev_value", "new_value", "name",
]  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["84912345678", "1760000000000", "\ud800", "\x00", "9" * 60, "1e5", "-"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=20,
)


def outcome(raw: bytes) -> Event | None:
    """The event, or None when malformed; any other exception fails the test."""
    try:
        event = parse(raw)
    except WebhookMalformed:
        return None
    assert isinstance(event, Event)
    json.dumps(event.event_key).encode()
    assert 0 < len(event.event_key) <= 160
    for one in (*event.oa_candidates, event.user_id, event.user_id_by_app, event.app_id):
        assert one is None or (isinstance(one, str) and one.encode())
    assert event.timestamp is None or event.timestamp.tzinfo is not None
    event.user_for("1")
    repr(event)
    return event


@given(st.binary(max_size=400))
@example(b"\xff\xfe{\x00}\x00")
@example(b'\xef\xbb\xbf{"event_name":"follow"}')
def test_any_bytes(raw):
    assert outcome(raw) is None or isinstance(outcome(raw), Event)


@given(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=10))
def test_any_values_in_the_fields_we_read(name, fields):
    body = fields | {"event_name": name}
    try:
        raw = json.dumps(body, allow_nan=False).encode()
    except ValueError:
        assert outcome(json.dumps(body).encode()) is None  # NaN and Infinity are not JSON
    else:
        assert outcome(raw) is not None


@given(VALUES)
def test_any_json_without_a_name_is_malformed(value):
    assert outcome(json.dumps(value).encode()) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b'"follow"',
        b"{",
        b"{'event_name':'follow'}",
        b'{"event_name":"follow",}',
        b'{"event_name":""}',
        b'{"event_name":7}',
        b'{"event_name":null}',
        b'{"event_name":["follow"]}',
        b'{"event_name":"f\\u0000"}',
        b'{"event_name":"\\ud800"}',
        b'{"event_name":"a b"}',
        b'{"event_name":"' + b"x" * 65 + b'"}',
        b'{"event_name":"follow","x":NaN}',
        b'{"event_name":"follow","x":-Infinity}',
        b'{"event_name":"follow","x":"\xff"}',
        b'{"event_name":"follow"} trailing',
        '{"event_name":"follow"}'.encode("utf-16"),
        b'{"event_name":"follow","x":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_event_is_malformed(raw):
    assert outcome(raw) is None


@pytest.mark.parametrize("extra", [0, 1])
def test_nesting_has_a_limit_of_its_own_however_deep_the_caller_is(extra):
    levels = MAX_DEPTH - 1 + extra
    raw = b'{"event_name":"x","x":' + b"[" * levels + b"]" * levels + b"}"

    def deeper(left: int):
        return outcome(raw) if left == 0 else deeper(left - 1)

    assert (outcome(raw) is None, deeper(200) is None) == (bool(extra), bool(extra))


def test_the_last_of_two_equal_names_counts_and_nothing_breaks():
    event = outcome(b'{"event_name":"follow","event_name":"unfollow","oa_id":1,"oa_id":"2"}')

    assert (type(event).__name__, event.oa_candidates) == ("Unfollow", ("2",))


@pytest.mark.parametrize(
    "timestamp", ["1e999", "9" * 40, '"' + "9" * 40 + '"', "-1", "[]", "true", '"٣"', "1.5"]
)
def test_a_timestamp_out_of_this_world_is_none(timestamp):
    event = outcome(b'{"event_name":"follow","timestamp":%s}' % timestamp.encode())

    assert event.timestamp is None or event.timestamp.year == 1969


HEAD = b'{"event_name":"user_send_text","timestamp":"1","x":'
ROOM = MAX_EVENT_BYTES - 200
SLOW = {
    "brackets": b"[" * MAX_EVENT_BYTES,
    "objects": b'{"a":' * (ROOM // 5),
    "flat lists": HEAD + b"[" + b"[]," * (ROOM // 3) + b"[]]}",
    "flat objects": HEAD + b"[" + b'{"a":1},' * (ROOM // 8) + b"{}]}",
    "numbers": HEAD + b"[" + b"1," * (ROOM // 2) + b"1]}",
    "one long number": HEAD + b"9" * ROOM + b"}",
    "one long fraction": HEAD + b"0." + b"9" * ROOM + b"}",
    "one long exponent": HEAD + b"1e" + b"9" * ROOM + b"}",
    "half emoji": HEAD + b'"' + b"\\ud800" * (ROOM // 6) + b'"}',
    "escapes": HEAD + b'"' + b"\\u0000" * (ROOM // 6) + b'"}',
    "one long text": b'{"event_name":"user_send_text","message":{"text":"'
    + "ế".encode() * (ROOM // 3)
    + b'"}}',
    "one long id": b'{"event_name":"user_send_text","message":{"msg_id":"' + b"a" * ROOM + b'"}}',
    "many ids": b'{"event_name":"user_seen_message","message":{"msg_ids":[' + b'"a",' * 19_000 + b'"b"]}}',
    "many keys": b'{"event_name":"follow"' + b"".join(b',"%d":1' % n for n in range(19_000)) + b"}",
    "too large": b" " * (MAX_EVENT_BYTES + 1),
    "far too large": b" " * (20 * MAX_EVENT_BYTES),
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW)
def test_nothing_takes_longer_than_fifty_milliseconds(raw):
    def quickest(do) -> float:
        spans = []
        for _ in range(3):  # the machine may be busy with other things
            started = time.perf_counter()
            do()
            spans.append(time.perf_counter() - started)
        return min(spans)

    assert quickest(lambda: outcome(raw)) < 0.05
    if len(raw) <= MAX_EVENT_BYTES:
        assert quickest(lambda: verify(raw, "a" * 64, "1", "1", ["s"])) < 0.05
    assert quickest(lambda: is_probe(raw)) < 0.05
