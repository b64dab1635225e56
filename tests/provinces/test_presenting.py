"""A province without a folder is renamed, coloured and given hours by its own admin, as strictly as by a folder."""

import pytest

from motcua.audit.models import AuditEntry
from motcua.core.calendar import OfficeHours
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.dossiers import promising
from motcua.provinces import opening, presenting
from motcua.tenancy import current
from motcua.tenancy.hours_text import hours_line
from tests.factories import make_province

SLUG, BY = "binh-thuan", "Nguyễn Văn An"


def changed(**given) -> list[str]:
    with tenant_scope(SLUG):
        names = presenting.change(presenting.present() | given, BY)
        db.session.commit()
    return names


def present() -> dict:
    with tenant_scope(SLUG):
        return presenting.present()


def hours() -> OfficeHours:
    with tenant_scope(SLUG):
        return promising.offices().of(None).hours


def test_a_new_name_is_the_provinces_name_from_now_on(founded_province):
    assert changed(name="Tỉnh Bình Thuận mới", short_name="Bình Thuận mới") == ["name", "short_name"]

    with tenant_scope(SLUG):
        assert current.province_name() == "Bình Thuận mới"


def test_new_hours_are_those_that_due_dates_follow(founded_province):
    assert changed(weekdays=[1, 2, 3, 4, 5, 6], spans="08:00-12:00 13:00–17:30", same_day_cutoff="16:00")

    assert hours_line(hours()) == "T2-T7 08:00-12:00 13:00-17:30"
    assert f"{hours().same_day_cutoff:%H:%M}" == "16:00"


def test_saving_what_is_there_changes_nothing_and_leaves_no_trace(founded_province):
    assert changed() == []

    with tenant_scope(SLUG):
        assert presenting.history() == []


def test_what_is_left_empty_is_gone(founded_province):
    changed(hotline="0252 3821 234", address="Số 1, đường Hải Thượng Lãn Ông")
    changed(hotline="", address="")

    assert (present()["hotline"], present()["address"]) == ("", "")


def test_each_change_is_kept_with_who_made_it_and_what_was_before(founded_province):
    changed(monogram="BN", primary_color="#1e6b34")

    with tenant_scope(SLUG):
        [one] = presenting.history()
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "province.change")).one()
    assert (one.made_by, one.after) == (BY, {"monogram": "BN", "primary_color": "#1e6b34"})
    assert one.before.keys() == one.after.keys()
    assert entry.detail["monogram"][1] == "BN"
    db.session.rollback()
    assert [row.kind for row in opening.decisions(SLUG)] == ["settings", "founded"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"short_name": "x" * 41}, "short_name"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [8]}, "weekdays"),
        ({"spans": ""}, "spans"),
        ({"spans": "07:00"}, "spans"),
        ({"spans": "11:00-07:00"}, "spans"),
        ({"spans": "07:00-11:30 11:00-17:00"}, "spans"),
        ({"spans": "25:00-26:00"}, "spans"),
        ({"same_day_cutoff": "23:00"}, "same_day_cutoff"),
        ({"same_day_cutoff": "3 giờ"}, "same_day_cutoff"),
        ({"primary_color": "#ffffff"}, "primary_color"),
        ({"primary_color": "red; } body {"}, "primary_color"),
        ({"accent_color": "blue"}, "accent_color"),
        ({"monogram": "bt"}, "monogram"),
        ({"hotline": "gọi tôi"}, "hotline"),
        ({"portal_url": "javascript:alert(1)"}, "portal_url"),
        ({"portal_url": ""}, "portal_url"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_folder_may_not_say_may_not_be_said_here(founded_province, given, field):
    before = present()

    with tenant_scope(SLUG), pytest.raises(Invalid) as refused:
        presenting.change(presenting.present() | given, BY)
    db.session.rollback()

    assert field in refused.value.details
    assert present() == before


def test_a_province_with_a_folder_is_changed_there(app):
    make_province(SLUG)

    with tenant_scope(SLUG), pytest.raises(Conflict, match="cho nhà cung cấp"):
        presenting.change(presenting.present() | {"monogram": "XX"}, BY)
    db.session.rollback()
