"""The checklist before citizens are served: every item follows from a fact, and only from that."""

from datetime import timedelta

import pytest

from motcua.catalogue.models import TenantProcedure
from motcua.conversation.models import WebhookEvent
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid, NotFound
from motcua.messaging.channels.zbs_templates import ZbsTemplate
from motcua.messaging.outbox import owe
from motcua.provinces import confirming, readiness
from motcua.tenancy.models import OfficialAccount, Tenant
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen, make_staff

SLUG = "binh-thuan"
NOTICE = "Tỉnh lưu số điện thoại của ông/bà để báo tin hồ sơ. " * 5


def missing() -> set[str]:
    return {one.key for one in readiness.checklist_of(SLUG).missing}


def in_province(act):
    with tenant_scope(SLUG):
        act()
        db.session.commit()


def connect_with_templates(status: str) -> None:
    account = db.session.scalars(db.select(OfficialAccount)).one()
    for template_id in account.templates.values():
        db.session.add(
            ZbsTemplate(
                account_id=account.id,
                template_id=template_id,
                name="Mẫu",
                status=status,
                params=[],
                synced_at=now(),
            )
        )


def test_a_province_of_the_factory_lacks_exactly_what_nobody_did(province):
    assert missing() == {"webhook", "templates", "hours", "admins", "test_message", "privacy", "backup"}


def test_each_fact_ticks_its_item_and_no_other(province):
    def webhook():
        db.session.add(WebhookEvent(oa_id="1", event_key="k", event_name="follow", body_encrypted="x"))

    def arrived():
        message = owe(make_citizen(), "answer", dedupe_key="a", consultation=TextMessage("Xin chào"))
        db.session.flush()
        db.session.execute(db.text("UPDATE message SET state = 'delivered'"))
        return message

    steps = {
        "webhook": lambda: in_province(webhook),
        "templates": lambda: in_province(lambda: connect_with_templates("ENABLE")),
        "hours": lambda: in_province(lambda: confirming.confirm_hours("An")),
        "test_message": lambda: in_province(arrived),
        "privacy": lambda: in_province(lambda: confirming.publish_privacy_notice(NOTICE, "An")),
        "backup": lambda: confirming.note_backup("kho sao lưu hằng đêm", "An"),
        "admins": lambda: [make_staff(SLUG, role="province_admin") for _ in range(2)],
    }
    left = missing()
    for key, step in steps.items():
        step()
        assert left - missing() == {key}
        left = missing()
    assert readiness.checklist_of(SLUG).is_complete


@pytest.mark.parametrize("status", ["PENDING_REVIEW", "REJECT"])
def test_a_template_that_zalo_has_not_approved_does_not_count(province, status):
    in_province(lambda: connect_with_templates(status))

    assert "templates" in missing()


def test_a_province_that_uses_no_template_needs_none(province):
    in_province(lambda: db.session.execute(db.update(OfficialAccount).values(templates={})))

    item = {one.key: one for one in readiness.checklist_of(SLUG).items}["templates"]
    assert item.done and "không dùng mẫu" in item.found


def test_an_admin_without_second_factor_or_switched_off_does_not_count(province):
    make_staff(SLUG, role="province_admin")
    make_staff(SLUG, role="province_admin", is_enabled=False)
    make_staff(SLUG, role="officer", second_factor_since=now())
    without = make_staff(SLUG, role="province_admin")
    with tenant_scope(SLUG):
        db.session.execute(
            db.text("UPDATE staff SET second_factor_since = NULL WHERE id = :id"), {"id": without.id}
        )
        db.session.commit()

    item = {one.key: one for one in readiness.checklist_of(SLUG).items}["admins"]
    assert (item.done, item.found) == (False, "có 1, cần 2")


def test_hours_that_changed_since_they_were_confirmed_must_be_confirmed_again(province):
    in_province(lambda: confirming.confirm_hours("An"))
    tenant = db.session.get(Tenant, SLUG)
    tenant.settings = tenant.settings | {
        "office_hours": tenant.settings["office_hours"] | {"spans": [["08:00:00", "12:00:00"]]}
    }
    db.session.commit()

    item = {one.key: one for one in readiness.checklist_of(SLUG).items}["hours"]
    assert not item.done and "đã đổi sau khi xác nhận 07:00" in item.found


def test_an_old_backup_and_another_provinces_do_not_count(two_provinces):
    confirming.note_backup("kho cũ", "An", now() - timedelta(days=8))
    confirming.note_backup("kho của Đà Nẵng", "An", tenant_id="da-nang")
    assert "backup" in missing()

    confirming.note_backup("kho của Bình Thuận", "An", tenant_id=SLUG)
    assert "backup" not in missing()


@pytest.mark.parametrize(
    "wrong",
    [{"place": "x"}, {"taken_at": now() + timedelta(days=900)}, {"tenant_id": "hue"}],
    ids=["no place", "the future", "no such province"],
)
def test_a_backup_note_must_be_true_as_far_as_we_can_tell(province, wrong):
    with pytest.raises(Invalid):
        confirming.note_backup(**({"place": "kho sao lưu", "by": "An"} | wrong))


def test_facts_of_one_province_tick_nothing_of_the_other(two_provinces):
    in_province(lambda: confirming.publish_privacy_notice(NOTICE, "An"))
    in_province(lambda: confirming.confirm_hours("An"))

    theirs = {one.key for one in readiness.checklist_of("da-nang").missing}
    assert {"privacy", "hours"} <= theirs


def test_a_switched_off_catalogue_is_none(province):
    in_province(lambda: db.session.execute(db.update(TenantProcedure).values(is_enabled=False)))

    assert "catalogue" in missing()


def test_an_unknown_province_is_not_found(app):
    with pytest.raises(NotFound, match="motcua tenant apply"):
        readiness.checklist_of("hue")


def test_every_item_says_how_it_is_mended(province):
    assert all(len(one.how) > 20 for one in readiness.checklist_of(SLUG).items)
