"""A province whose stored settings cannot be read holds up nobody but itself."""

import pytest
from structlog.testing import capture_logs

from motcua.core import fair_ring
from motcua.core.database import db, tenant_scope
from motcua.messaging import jobs
from motcua.messaging.dispatch import deciding
from motcua.messaging.limits.rule_versions import MessageRuleVersion
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.tenancy.models import Tenant
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen, make_province


def keep_rules(body: dict) -> None:
    db.session.add(MessageRuleVersion(number=1, body=body, made_by="Phạm Thu Hà"))


def keep_settings(**given) -> None:
    tenant = db.session.get(Tenant, "da-nang")
    tenant.settings = tenant.settings | given


def break_hours(monkeypatch) -> None:
    keep_rules({"hours": {"news": {"start": "sáng sớm", "end": "21:00", "days": "any"}}})


def break_zone(monkeypatch) -> None:
    keep_rules({"cap_vnd": 1000})
    keep_settings(timezone="Biển Đông")


def break_plan(monkeypatch) -> None:
    keep_settings(plan={"weight": "gấp đôi"})


def break_our_code(monkeypatch) -> None:
    decide = deciding.decide

    def breaks(turn, *given):
        return decide(turn, *given) if turn.tenant_id != "da-nang" else 1 / 0

    monkeypatch.setattr(deciding, "decide", breaks)


def states(tenant_id: str) -> list[tuple[str, str | None, int]]:
    db.session.rollback()
    with tenant_scope(tenant_id):
        asked = db.select(Message.state, Message.failure, Message.attempts).order_by(Message.id)
        found = [tuple(row) for row in db.session.execute(asked)]
        db.session.rollback()
    return found


@pytest.fixture(autouse=True)
def both_owe(owed):
    """Bình Thuận two messages and Đà Nẵng one."""
    owed("Một", zbs=False)
    owed("Hai", zbs=False)
    make_province("da-nang")
    with tenant_scope("da-nang"):
        owe(make_citizen("7200000000000000001"), "help", dedupe_key="1", consultation=TextMessage("Một"))
        db.session.commit()


@pytest.mark.parametrize("break_it", [break_hours, break_zone, break_plan, break_our_code])
def test_a_province_that_cannot_be_read_waits_and_the_others_go_on(monkeypatch, break_it):
    with tenant_scope("da-nang"):
        break_it(monkeypatch)
        db.session.commit()

    with capture_logs() as logs:
        assert jobs.serve("urgent") == 2

    assert states("binh-thuan") == [("sent", None, 1)] * 2
    assert states("da-nang") == [("queued", None, 0)]
    assert [(one["tenant"], one["log_level"]) for one in logs if one["event"] == "tenant_not_served"] == [
        ("da-nang", "error")
    ]
    assert fair_ring.take(["urgent"], 9, 1) == []


def test_a_province_that_was_mended_goes_on_when_its_minute_is_over(monkeypatch):
    with tenant_scope("da-nang"):
        break_plan(monkeypatch)
        db.session.commit()
    jobs.serve("urgent")
    with tenant_scope("da-nang"):
        keep_settings(plan={"weight": 2})
        db.session.commit()

    fair_ring.wake("urgent", ["da-nang"], force=True)
    jobs.serve("urgent")

    assert [attempts for _, _, attempts in states("da-nang")] == [1]
