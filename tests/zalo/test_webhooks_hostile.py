"""Any bytes: an event or WebhookMalformed, with bounded work. How quickly: `python -m tests.zalo.bench_webhooks`."""

import dataclasses
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motcua.zalo.reading import MAX_DEPTH
from motcua.zalo.signature import is_probe, verify
from motcua.zalo.webhook_builders import EXACT, PREFIXES
from motcua.zalo.webhook_events import Event
from motcua.zalo.webhooks import WebhookMalformed, parse
from tests.zalo.webhook_bodies import heavy_bodies

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
    for text in texts_in(event):
        assert "\x00" not in text  # PostgreSQL takes neither
        text.encode()
    return event


def texts_in(value) -> list[str]:
    """Every text of an event, however deep."""
    if dataclasses.is_dataclass(value):
        return [text for field in dataclasses.fields(value) for text in texts_in(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [text for one in value for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


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


AWKWARD = st.sampled_from(["\x00", "a\x00b", "\ud83d", "x\udc00", "84912345678\x00", 7, 10**4200, "é"])


@settings(max_examples=300)
@given(
    st.sampled_from(NAMES),
    st.dictionaries(
        st.sampled_from(FIELDS),
        AWKWARD | st.lists(AWKWARD, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), AWKWARD),
    ),
)
def test_no_text_of_any_event_is_one_the_database_refuses(name, fields):
    assert outcome(json.dumps(fields | {"event_name": name}).encode()) is not None


HEAVY = heavy_bodies()


@pytest.mark.parametrize("kind", HEAVY)
def test_heavy_bodies_are_refused_by_their_size_or_read_to_a_bounded_event(kind):
    raw, accepted = HEAVY[kind]

    event = outcome(raw)

    assert (event is not None) == accepted
    if event is not None:
        parts = [value for value in vars(event).values() if isinstance(value, tuple)]
        assert all(len(part) <= 1000 for part in parts)
    verify(raw, "a" * 64, "1", "1", ["s"])
    assert not is_probe(raw)
