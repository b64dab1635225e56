"""Whoever gives a province a limit in the middle of a month, its count begins with what it sent before."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from motcua.applying import apply_tenant
from motcua.core.database import db, tenant_scope
from motcua.core.errors import NotFound
from motcua.core.months import month_at
from motcua.messaging.limits import plans
from motcua.messaging.models import Message
from motcua.provinces import opening
from tests.factories import TENANTS, numbers

SLUG, BY = "binh-thuan", "Lê Thị Vân"


def send(messages: int) -> None:
    with tenant_scope(SLUG):
        for _ in range(messages):
            db.session.add(
                Message(
                    lane="urgent", event="help", phone_index="x", phone_encrypted="x", content={}, state="sent",
                    dedupe_key=f"message {next(numbers)}", expires_at=datetime.now(UTC) + timedelta(days=1),
                )
            )  # fmt: skip
        db.session.commit()


def used() -> int:
    with tenant_scope(SLUG):
        return plans.used(month_at(datetime.now(UTC)))


def test_a_limit_from_the_vendor_counts_what_the_province_sent_this_month(app, two_provinces):
    send(3)
    assert used() == 0

    opening.change_plan(SLUG, BY, "Hợp đồng mới", 1, 50)

    assert used() == 3


def test_another_limit_counts_on(app, two_provinces):
    opening.change_plan(SLUG, BY, "Hợp đồng mới", 1, 50)
    send(3)

    opening.change_plan(SLUG, BY, "Mua thêm", 1, 90)

    assert used() == 0


def test_a_limit_that_comes_back_counts_what_was_sent_without_one(app, two_provinces):
    opening.change_plan(SLUG, BY, "Hợp đồng mới", 1, 50)
    opening.change_plan(SLUG, BY, "Không giới hạn trong đợt bão", 1, None)
    send(3)

    opening.change_plan(SLUG, BY, "Hết đợt bão", 1, 50)

    assert used() == 3


def test_a_limit_of_an_unknown_province_is_refused(app, two_provinces):
    with pytest.raises(NotFound):
        opening.change_plan("hue", BY, "Hợp đồng mới", 1, 50)


def test_a_limit_from_the_provinces_folder_counts_it_too(app, national, tmp_path):
    (tmp_path / "_national").symlink_to(TENANTS / "_national")
    folder = shutil.copytree(TENANTS / SLUG, tmp_path / SLUG)
    apply_tenant(folder)
    send(3)
    toml = folder / "tenant.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[plan]\nmessages_per_month = 50\n", "utf-8")

    apply_tenant(folder)

    assert used() == 3
