"""Webhooks against signature checkers as outside receivers write them, each from its own reading of the rule."""

import hashlib
import hmac
import json

import pytest

from tests.zalo_simulator.driving import APP, OA, OA_SECRET


def header_first(item: dict) -> bool:
    """Takes the timestamp from the header, else from the body; compares without the prefix, in constant time."""
    headers = {name.lower(): value for name, value in item["headers"].items()}
    stamp = headers.get("x-zevent-timestamp") or str(json.loads(item["body"]).get("timestamp", ""))
    given = headers.get("x-zevent-signature", "").lower().replace("mac", "", 1).strip(" =")
    wanted = hashlib.sha256((APP + item["body"].decode() + stamp + OA_SECRET).encode()).hexdigest()
    return hmac.compare_digest(wanted, given)


def body_first(item: dict) -> bool:
    """Takes app id and timestamp from the body only."""
    event = json.loads(item["body"])
    digest = hashlib.sha256()
    for part in (
        event["app_id"].encode(),
        item["body"],
        str(event["timestamp"]).encode(),
        OA_SECRET.encode(),
    ):
        digest.update(part)
    _, _, given = item["headers"]["X-ZEvent-Signature"].partition("=")
    return digest.hexdigest() == given.strip()


def exact(item: dict) -> bool:
    """Compares the whole header value with `mac=` and the hex."""
    stamp = json.loads(item["body"])["timestamp"]
    mac = hashlib.sha256(APP.encode() + item["body"] + stamp.encode() + OA_SECRET.encode()).hexdigest()
    return item["headers"]["X-ZEvent-Signature"] == "mac=" + mac


def bare(item: dict) -> bool:
    """Wants nothing but hex in the header."""
    stamp = item["headers"]["X-ZEvent-Timestamp"]
    mac = hashlib.sha256(f"{APP}{item['body'].decode()}{stamp}{OA_SECRET}".encode()).hexdigest()
    return item["headers"]["X-ZEvent-Signature"] == mac


def signed(listener) -> list[dict]:
    return [item for item in listener.received if item["json"]]


def every_kind(zalo) -> None:
    """Events of all families, with Vietnamese letters, quotes and ids in them."""
    zalo.follow()
    zalo.do("text", {"text": 'Tra cứu "hồ sơ" \\ đường dẫn / \u2028 😀'})
    zalo.do("file", {"name": "đơn.pdf"})
    zalo.do("share-info")
    zalo.zbs()
    zalo.sim("POST", "/oas", {"oa_id": OA, "daily_quota": 777})


@pytest.mark.parametrize("checker", [header_first, body_first, exact], ids=lambda checker: checker.__name__)
def test_every_event_passes_an_independent_checker(zalo, listener, checker):
    every_kind(zalo)
    listener.wait("change_oa_daily_quota")
    listener.wait("user_received_message")

    assert len(signed(listener)) >= 6
    assert all(checker(item) for item in signed(listener))


def test_a_bare_signature_suits_a_bare_checker(zalo, listener):
    zalo.sim("POST", "/webhook-faults", {"kind": "bare_mac"})
    zalo.follow()
    listener.wait("follow")

    assert all(bare(item) for item in signed(listener)) and not any(exact(item) for item in signed(listener))


def test_without_the_timestamp_header_the_body_is_enough(zalo, listener):
    zalo.sim("POST", "/webhook-faults", {"kind": "no_timestamp_header"})
    zalo.follow()
    listener.wait("follow")

    assert all(header_first(item) and body_first(item) for item in signed(listener))


def test_a_bad_signature_fails_every_checker(zalo, listener):
    zalo.sim("POST", "/webhook-faults", {"kind": "bad_mac"})
    zalo.follow()
    listener.wait("follow")

    assert not any(
        checker(item) for checker in (header_first, body_first, exact) for item in signed(listener)
    )


@pytest.mark.parametrize("kind", ["swapped_ids", "unknown_oa", "unknown_event", "duplicate"])
def test_mischief_with_contents_is_signed_correctly(zalo, listener, kind):
    zalo.sim("POST", "/webhook-faults", {"kind": kind, "event": "user_send_text"})
    zalo.do("text", {"text": "Chào"})
    listener.wait("sim_unknown_event" if kind == "unknown_event" else "user_send_text")

    assert all(body_first(item) and exact(item) for item in signed(listener))
