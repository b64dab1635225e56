"""Every code of Zalo's tables: its family, when to try again, and a sentence for the admin."""

import pytest

from motcua.core.errors import MotcuaError
from motcua.zalo import codes_business, codes_calls, codes_graph, codes_oauth, codes_openapi, errors, oauth
from motcua.zalo.errors import Retry, error_for
from tests.zalo.scripted import ask, refusal

OPENAPI = """
-32 RateLimited NEXT_MINUTE | -100 AttachmentExpired NEVER | -200 ZaloUnavailable LATER
-201 ZaloRejected NEVER | -202 ZaloRejected NEVER | -204 NotEntitled AFTER_FIX | -205 NotEntitled AFTER_FIX
-207 ZaloRejected NEVER | -208 ZaloRejected NEVER | -209 NotEntitled AFTER_FIX | -210 ZaloRejected NEVER
-211 QuotaExceeded NEXT_DAY | -212 NotEntitled AFTER_FIX | -213 RecipientUnreachable OTHER_CHANNEL
-214 StillProcessing LATER | -215 NotEntitled AFTER_FIX | -216 ZaloTokenInvalid REFRESH_TOKEN
-217 RecipientUnreachable OTHER_CHANNEL | -218 QuotaExceeded NEXT_DAY | -219 ZaloNeedsConsent AFTER_FIX
-220 ZaloTokenInvalid REFRESH_TOKEN | -221 NotEntitled AFTER_FIX | -222 RecipientUnreachable OTHER_CHANNEL
-223 ZaloNeedsConsent AFTER_FIX | -224 NotEntitled AFTER_FIX | -227 RecipientUnreachable OTHER_CHANNEL
-230 RecipientUnreachable OTHER_CHANNEL | -232 RecipientUnreachable OTHER_CHANNEL | -233 ZaloRejected NEVER
-234 NightBlocked MORNING | -235 NotEntitled NEVER | -237 ZaloRejected NEVER | -238 ZaloRejected NEVER
-240 ZaloRejected NEVER | -241 ZaloRejected NEVER | -242 NotEntitled AFTER_FIX
-244 RecipientUnreachable OTHER_CHANNEL | -248 ZaloRejected NEVER | -249 ZaloRejected OTHER_CHANNEL
-305 RecipientUnreachable OTHER_CHANNEL | -311 QuotaExceeded OTHER_CHANNEL | -320 NotEntitled AFTER_FIX
-321 QuotaExceeded AFTER_FIX | -403 ZaloRejected NEVER | -1340 ZaloRejected NEVER | -1341 ZaloRejected NEVER
"""
BUSINESS = """
-100 ZaloUnavailable LATER | -101 NotEntitled AFTER_FIX | -102 NotEntitled AFTER_FIX
-103 NotEntitled AFTER_FIX | -104 NotEntitled AFTER_FIX | -105 ZaloNeedsConsent AFTER_FIX
-106 ZaloRejected NEVER | -107 ZaloRejected NEVER | -108 ZaloRejected NEVER | -109 ZaloRejected NEVER
-1091 ZaloRejected NEVER | -110 RecipientUnreachable OTHER_CHANNEL | -111 ZaloRejected NEVER
-112 ZaloRejected NEVER | -1121 ZaloRejected NEVER | -1122 ZaloRejected NEVER | -1123 ZaloRejected NEVER
-1124 ZaloRejected NEVER | -113 ZaloRejected NEVER | -1131 ZaloRejected NEVER
-114 RecipientUnreachable OTHER_CHANNEL | -115 QuotaExceeded AFTER_FIX | -116 ZaloRejected NEVER
-117 ZaloRejected NEVER | -118 RecipientUnreachable OTHER_CHANNEL | -119 RecipientUnreachable OTHER_CHANNEL
-120 NotEntitled AFTER_FIX | -1201 NotEntitled AFTER_FIX | -1202 NotEntitled AFTER_FIX
-121 ZaloRejected NEVER | -122 ZaloRejected NEVER | -123 ZaloRejected NEVER
-124 ZaloTokenInvalid REFRESH_TOKEN | -1241 NotEntitled AFTER_FIX | -125 NotEntitled AFTER_FIX
-126 QuotaExceeded NEVER | -127 ZaloRejected NEVER | -128 ZaloRejected NEVER | -129 ZaloRejected NEVER
-130 ZaloRejected NEVER | -131 ZaloRejected NEVER | -132 ZaloRejected NEVER | -133 NightBlocked MORNING
-134 RecipientUnreachable OTHER_CHANNEL | -135 NotEntitled AFTER_FIX | -1351 NotEntitled AFTER_FIX
-136 NotEntitled AFTER_FIX | -137 QuotaExceeded AFTER_FIX | -138 NotEntitled AFTER_FIX
-1381 NotEntitled AFTER_FIX | -139 RecipientUnreachable OTHER_CHANNEL | -140 ZaloRejected NEVER
-141 RecipientUnreachable OTHER_CHANNEL | -142 ZaloRejected NEVER | -143 ZaloRejected NEVER
-144 QuotaExceeded NEXT_DAY | -1441 QuotaExceeded NEXT_MONTH | -145 NotEntitled NEVER | -146 ZaloRejected NEVER
-147 QuotaExceeded NEXT_DAY | -1471 QuotaExceeded NEXT_MONTH | -1472 QuotaExceeded NEXT_DAY
-148 ZaloRejected NEVER | -149 ZaloRejected NEVER | -1491 ZaloRejected NEVER | -150 ZaloRejected NEVER
-151 ZaloRejected NEVER | -152 ZaloRejected NEVER | -153 ZaloRejected NEVER | -158 ZaloRejected NEVER
-159 ZaloRejected NEVER | -160 QuotaExceeded NEXT_DAY | -161 ZaloRejected NEVER | -162 ZaloRejected NEVER
-220 ZaloTokenInvalid REFRESH_TOKEN
"""
GRAPH = """
100 ZaloRejected NEVER | 110 ZaloRejected NEVER | 111 ZaloRejected NEVER | 112 NotEntitled AFTER_FIX
117 ZaloRejected NEVER | 210 RecipientUnreachable OTHER_CHANNEL | 452 ZaloTokenInvalid AFTER_FIX
2500 ZaloRejected NEVER | 10000 ZaloUnavailable LATER | 10001 ZaloRejected NEVER | 10002 ZaloUnavailable LATER
10003 ZaloRejected NEVER | 11004 NotEntitled AFTER_FIX | 12000 QuotaExceeded NEXT_DAY
12002 QuotaExceeded NEXT_DAY | 12004 QuotaExceeded NEXT_MONTH
"""
CALLS = """
1 ZaloRejected NEVER | 2 ZaloRejected NEVER | 3 RecipientUnreachable OTHER_CHANNEL
4 RecipientUnreachable OTHER_CHANNEL | 5 QuotaExceeded NEXT_DAY | 6 NotEntitled AFTER_FIX | 7 ZaloRejected NEVER
8 ZaloRejected NEVER | 9 RecipientUnreachable OTHER_CHANNEL | 10 ZaloUnavailable LATER | 11 ZaloRejected NEVER
12 ZaloUnavailable LATER | 13 ZaloRejected NEVER | 14 ZaloRejected NEVER | 16 ZaloRejected NEVER
18 NightBlocked MORNING | 19 NightBlocked MORNING | 20 ZaloRejected NEVER | 21 NotEntitled AFTER_FIX
"""
OAUTH = "-14002 NotEntitled AFTER_FIX | -14003 NotEntitled AFTER_FIX | -14014 ZaloNeedsConsent AFTER_FIX"
TABLES = {
    "oauth": codes_oauth.CODES,
    "openapi": codes_openapi.CODES,
    "business": codes_business.CODES,
    "graph": codes_graph.CODES,
    "calls": codes_calls.CODES,
}


def rows(host: str, table: str):
    for row in table.replace("\n", "|").split("|"):
        if row.strip():
            code, family, retry = row.split()
            yield pytest.param(host, int(code), family, retry, id=f"{host}{code}")


EXPECTED = [
    *rows("oauth", OAUTH),
    *rows("openapi", OPENAPI),
    *rows("business", BUSINESS),
    *rows("graph", GRAPH),
    *rows("calls", CALLS),
]


WORDS = "no, 84912345678"


def asked_of(host: str, code: int):
    """The error that comes out when this host answers that code over HTTP, and what the host was asked."""

    async def refresh(client):
        return await oauth.refresh(client.session, client.hosts, "app-1", "secret", "rt-1")

    calls = {
        "openapi": lambda c: c.oa_info("t"),
        "business": lambda c: c.quality("t"),
        "graph": lambda c: c.profile("t", "s"),
        "oauth": refresh,
        "calls": lambda c: c.call_consent_request("t", "0912345678"),
    }
    return ask(refusal(code, WORDS), do=calls[host])


@pytest.mark.parametrize(("host", "code", "family", "retry"), EXPECTED)
def test_each_code_has_its_family_and_its_time_to_try_again(host, code, family, retry):
    error, zalo = asked_of(host, code)

    assert (type(error).__name__, error.retry.name, error.zalo_code) == (family, retry, code)
    assert (error.zalo_message, error.details["zalo_message"]) == (WORDS, "no, ***")
    assert [one.path for one in zalo.asked] == ["/" + error.endpoint]
    assert error.message == f"Zalo báo lỗi {code}: {TABLES[host][code].remedy}"


@pytest.mark.parametrize("host", TABLES)
def test_the_tables_hold_no_code_without_an_expectation(host):
    expected = {row.values[1] for row in EXPECTED if row.values[0] == host}

    assert set(TABLES[host]) == expected


@pytest.mark.parametrize("host", TABLES)
def test_every_remedy_is_a_vietnamese_sentence_that_says_what_to_do(host):
    for code, known in TABLES[host].items():
        assert known.remedy.endswith("."), code
        assert not known.remedy.isascii(), code
        assert "Xin" in known.remedy or "hệ thống sẽ" in known.remedy, code
        assert known.meaning.isascii() and known.meaning, code


@pytest.mark.parametrize("code", [-987654, -1, 1, 10_000, 2**40])
def test_a_code_of_no_table_is_never_swallowed(code):
    error, _zalo = asked_of("openapi", code)

    assert type(error) is errors.UnknownZaloCode
    assert (error.retry, error.zalo_code, str(code) in error.message) == (Retry.NEVER, code, True)
    assert (error.zalo_message, error.endpoint) == (WORDS, "openapi/v2.0/oa/getoa")


@pytest.mark.parametrize(
    ("words", "family", "retry"),
    [
        ("Official Account has not authorized this API", "ZaloNeedsConsent", "AFTER_FIX"),
        ("Your OA has reach the limit quota create article", "QuotaExceeded", "NEXT_MONTH"),
    ],
)
def test_one_number_with_two_meanings_is_told_apart_by_zalos_words(words, family, retry):
    error, _zalo = ask(refusal(-223, words), do=lambda c: c.article_list("t"))

    assert (type(error).__name__, error.retry.name, error.zalo_code) == (family, retry, -223)


def test_a_template_sent_by_user_id_may_answer_with_the_codes_of_templates():
    assert type(error_for("openapi", -118)) is errors.RecipientUnreachable
    assert type(error_for("business", -32)) is errors.RateLimited


def test_the_same_number_means_different_things_on_the_two_hosts():
    assert type(error_for("openapi", -100)) is errors.AttachmentExpired
    assert type(error_for("business", -100)) is errors.ZaloUnavailable


def test_zalos_own_words_are_cut_before_they_are_kept():
    assert len(error_for("openapi", -201, "x " * 10_000).zalo_message) == 300


def test_every_family_has_a_code_of_its_own_and_a_remedy():
    families = [getattr(errors, name) for name in errors.__all__ if name[0].isupper() and name != "Retry"]

    assert len({family.code for family in families}) == len(families)
    for family in families:
        assert issubclass(family, MotcuaError)
        assert family().message == family.remedy
        assert isinstance(family.retry, Retry)
