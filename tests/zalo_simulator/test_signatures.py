import hashlib

from tests.zalo_simulator.driving import APP, OA, OA_SECRET, OPENAPI, SECRET
from zalo_simulator.oauth.pkce import challenge_of, fits
from zalo_simulator.webhooks.signature import event_mac
from zalo_simulator.world.phones import hash_phone, normalise_phone
from zalo_simulator.world.tokens import appsecret_proof

EVENT = (
    '{"app_id":"1234567890123456789","user_id_by_app":"552177279717587730","event_name":"user_send_text",'
    '"timestamp":"1760000000000","sender":{"id":"246845883529197922"},"recipient":{"id":"388613280878808645"},'
    '"message":{"msg_id":"96d3cdf3af150460909","text":"Tra cứu hồ sơ"}}'
)


def test_the_mac_of_the_published_event():
    mac = event_mac("1234567890123456789", EVENT.encode(), "1760000000000", "SIM_OA_SECRET_KEY")

    assert mac == "0a4be872fcc6d134b85fcf748824a9a9be1f61a2da5723e91a319f32728cf47d"


def test_the_published_appsecret_proof():
    proof = appsecret_proof("SIM_ACCESS_TOKEN", "SIM_APP_SECRET")

    assert proof == "6941b4dde014af5147d222dad3501a3a49758dc0effea0296c32c5a480d46b83"


def test_the_pkce_vector_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert not fits(verifier + "x", challenge_of(verifier))


def test_the_published_phone_hash():
    assert hash_phone("84912345678") == "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093"


def test_phone_numbers_in_every_usual_form():
    assert {normalise_phone(form) for form in ("0912345678", "84912345678", "+84912345678", "912345678")} == {
        "84912345678"
    }
    assert [normalise_phone(form) for form in ("", "0212345678", "8491234567", "abc", "849123456789")] == [
        None
    ] * 5


def test_every_webhook_is_signed_over_its_exact_bytes(zalo, listener):
    zalo.follow()
    listener.wait("follow")
    item = listener.received[-1]

    timestamp = item["json"]["timestamp"]
    expected = hashlib.sha256(
        APP.encode() + item["body"] + timestamp.encode() + OA_SECRET.encode()
    ).hexdigest()
    assert item["headers"]["X-ZEvent-Signature"] == f"mac={expected}"
    assert item["headers"]["X-ZEvent-Timestamp"] == timestamp


def test_an_account_may_have_a_secret_of_its_own(zalo, listener):
    zalo.sim("POST", "/oas", {"oa_id": OA, "oa_secret_key": "riêng"})
    zalo.follow()
    listener.wait("follow")
    item = listener.received[-1]

    mac = event_mac(APP, item["body"], item["json"]["timestamp"], "riêng")
    assert item["headers"]["X-ZEvent-Signature"] == f"mac={mac}"


def test_the_proof_is_checked_when_the_app_demands_it(zalo):
    zalo.sim("POST", "/apps", {"app_id": APP, "requires_proof": True})
    proof = appsecret_proof(zalo.token, SECRET)

    assert zalo.get(OPENAPI + "/v2.0/oa/getoa")["error"] == -242
    assert zalo.get("/business/quality")["error"] == -1241
    assert zalo.api("GET", OPENAPI + "/v2.0/oa/getoa", appsecret_proof=proof)["error"] == 0
