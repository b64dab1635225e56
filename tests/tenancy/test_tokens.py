"""Access tokens: refreshed in time, by one at a time, and never gambled with."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from motcua.core.database import db, tenant_scope
from motcua.tenancy import tokens
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.errors import ZaloNeedsConsent
from motcua.zalo.hosts import Hosts

SLUG = "binh-thuan"
TOKEN_PATH = "/oauth/v4/oa/access_token"


@pytest.fixture
def zalo(simulator, province):
    simulator.reset()
    return simulator


@pytest.fixture
def account(zalo):
    return keep(zalo.grant(SLUG), hours=25)


def keep(grant: dict, *, hours: float) -> OfficialAccount:
    found = db.session.scalars(db.select(OfficialAccount)).one()
    found.keep_tokens(
        grant["access_token"], grant["refresh_token"], datetime.now(UTC) + timedelta(hours=hours)
    )
    db.session.commit()
    return found


def ask(zalo, account, **given) -> str:
    return tokens.valid_access_token(SLUG, account.id, Hosts.under(zalo.base_url), **given)


def refreshes(zalo) -> int:
    answer = zalo.ask("GET", f"/requests?path={TOKEN_PATH}&limit=100")
    return len(answer["requests"])


def now_kept() -> OfficialAccount:
    db.session.rollback()
    return db.session.scalars(db.select(OfficialAccount)).one()


def test_a_young_token_is_used_as_it_is(zalo, account):
    assert ask(zalo, account) == account.access_token
    assert refreshes(zalo) == 0


def test_a_token_is_renewed_hours_before_it_runs_out(zalo, account):
    old = account.access_token
    account = keep({"access_token": old, "refresh_token": account.refresh_token}, hours=4)

    fresh = ask(zalo, account)

    assert fresh != old
    assert now_kept().access_token == fresh
    assert now_kept().token_expires_at > datetime.now(UTC) + timedelta(hours=24)


def test_many_at_once_refresh_once_and_all_get_the_new_token(app, zalo, account):
    account = keep({"access_token": account.access_token, "refresh_token": account.refresh_token}, hours=1)

    def in_own_context(_):
        with app.app_context():
            return ask(zalo, account)

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(in_own_context, range(8)))

    assert len(got) == 1
    assert refreshes(zalo) == 1


def test_a_token_that_zalo_refused_is_not_given_again(zalo, account):
    refused = account.access_token

    assert ask(zalo, account, rejected=refused) != refused


def test_a_dead_refresh_token_asks_for_consent_once_and_for_all(zalo, account):
    keep({"access_token": account.access_token, "refresh_token": "unknown"}, hours=1)

    for _ in range(3):
        with pytest.raises(ZaloNeedsConsent):
            ask(zalo, account)

    assert now_kept().state == "needs_consent"
    assert refreshes(zalo) == 1


def test_while_zalo_is_away_the_old_token_serves_as_long_as_it_lives(zalo, account):
    keep({"access_token": account.access_token, "refresh_token": account.refresh_token}, hours=2)
    zalo.fault(TOKEN_PATH, "http_500")

    assert ask(zalo, account) == account.access_token
    assert now_kept().state == "connected"


def test_tokens_are_not_readable_in_the_database(account):
    row = db.session.execute(db.text("SELECT official_account::text FROM official_account")).scalar()

    assert account.access_token not in row and account.refresh_token not in row


def test_pasted_tokens_of_an_unknown_oa_are_refused_with_the_remedy(province):
    from motcua.core.errors import Misconfigured

    with pytest.raises(Misconfigured, match=r"tenant\.toml"):
        tokens.connect(SLUG, "second", "a", "b", 90000)


def test_a_new_pair_is_committed_before_anyone_sends_with_it(app, zalo, account):
    account = keep({"access_token": account.access_token, "refresh_token": account.refresh_token}, hours=1)

    fresh = ask(zalo, account)

    with app.app_context(), tenant_scope(SLUG):
        assert db.session.scalars(db.select(OfficialAccount)).one().access_token == fresh
