"""Trial, live, suspended and back; who decided and why stays for ever."""

import pytest
from sqlalchemy.exc import ProgrammingError

from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.provinces import opening
from motcua.tenancy.models import Tenant
from tests.factories import make_province

SLUG, BY = "binh-thuan", "Lê Thị Vân"
REASON = "Tỉnh đề nghị bằng công văn 12/UBND"


@pytest.fixture
def on_trial(app):
    make_province(SLUG)
    db.session.get(Tenant, SLUG).status = "trial"
    db.session.commit()


def status() -> str:
    db.session.rollback()
    return db.session.get(Tenant, SLUG, populate_existing=True).status


def test_a_province_that_is_not_ready_stays_on_trial_and_hears_what_is_missing(on_trial):
    with pytest.raises(opening.NotReady, match="còn thiếu: Webhook đã nhận"):
        opening.go_live(SLUG, BY, REASON)

    assert status() == "trial"


def test_who_may_hurry_opens_early_with_a_reason_that_is_kept_with_what_was_missing(on_trial):
    with pytest.raises(opening.NotReady):
        opening.go_live(SLUG, BY, "  ", may_hurry=True)
    with pytest.raises(Invalid):
        opening.go_live(SLUG, BY, "vội", may_hurry=True)

    opening.go_live(SLUG, BY, REASON, may_hurry=True)

    last = opening.decisions(SLUG)[0]
    assert status() == "live"
    assert (last.made_by, last.reason, last.before) == (BY, REASON, {"status": "trial"})
    assert "backup" in last.after["missing"]


@pytest.mark.parametrize("before", ["trial", "live"])
def test_a_suspended_province_comes_back_as_it_was(on_trial, before):
    db.session.get(Tenant, SLUG).status = before
    db.session.commit()

    opening.suspend(SLUG, BY, REASON)
    assert status() == "suspended"
    assert opening.resume(SLUG, BY) == before
    assert status() == before


def test_what_does_not_fit_the_state_is_refused(on_trial):
    with pytest.raises(Conflict):
        opening.resume(SLUG, BY)
    with pytest.raises(Invalid):
        opening.suspend(SLUG, BY, "ngắn")
    opening.suspend(SLUG, BY, REASON)
    with pytest.raises(Conflict):
        opening.suspend(SLUG, BY, REASON)
    with pytest.raises(Conflict):
        opening.go_live(SLUG, BY, REASON, may_hurry=True)
    with pytest.raises(NotFound):
        opening.suspend("hue", BY, REASON)


def test_a_plan_changes_what_the_sender_reads_and_is_remembered(on_trial):
    opening.change_plan(SLUG, BY, "Hợp đồng mới", 3, 50_000)

    tenant = db.session.get(Tenant, SLUG)
    assert tenant.settings["plan"] == tenant.decided["plan"] == {"weight": 3, "messages_per_month": 50_000}
    for wrong in ((0, None), (11, None), (1, -1)):
        with pytest.raises(Invalid):
            opening.change_plan(SLUG, BY, "", *wrong)
    with pytest.raises(Conflict):
        opening.change_plan(SLUG, BY, "", 3, 50_000)


def test_no_decision_can_be_changed_afterwards(on_trial):
    opening.suspend(SLUG, BY, REASON)

    for act in ("UPDATE tenant_decision SET reason = ''", "DELETE FROM tenant_decision"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(db.text(act))
        db.session.rollback()
