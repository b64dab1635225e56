"""`motcua staff` and `motcua vendor`: whatever the consoles do with accounts, for scripts."""

from base64 import b64encode

import pytest

from motcua.accounts import second_factor
from motcua.accounts.models import Staff
from motcua.accounts.vendor_models import VendorStaff
from motcua.core.database import db, tenant_scope
from tests.accounts.conftest import link_in
from tests.commands.test_cli import motcua  # noqa: F401
from tests.factories import TOTP_SECRET, make_province, make_staff

OF = ("--tenant", "da-nang")


@pytest.fixture
def da_nang(app):
    return make_province("da-nang")


def test_somebody_is_invited_and_listed(motcua, da_nang, app):  # noqa: F811
    made = motcua("staff", "invite", *OF, "lan@b.example", "Trần Thị Lan", "--role", "auditor")
    listed = motcua("staff", "list", *OF)

    assert made.exit_code == 0
    page = app.test_client().get(link_in(made.output), headers={"Host": "da-nang.localhost"}).text
    assert "Trần Thị Lan" in page
    assert "lan@b.example\tauditor\tTrần Thị Lan" in listed.output and "chờ nhận lời mời" in listed.output


def test_a_person_is_disabled_enabled_and_given_a_new_link(motcua, da_nang):  # noqa: F811
    make_staff("da-nang", email="ha@b.example")

    done = [motcua("staff", verb, *OF, "HA@b.example") for verb in ("disable", "enable", "link")]

    assert [one.exit_code for one in done] == [0, 0, 0]
    assert "/console/password/" in done[2].output


def test_the_last_admin_is_not_disabled_by_a_command_either(motcua, da_nang):  # noqa: F811
    make_staff("da-nang", role="province_admin", email="ha@b.example")

    assert motcua("staff", "disable", *OF, "ha@b.example").exit_code == 1


def test_a_lost_phone_is_forgotten(motcua, da_nang):  # noqa: F811
    make_staff("da-nang", role="province_admin", email="ha@b.example")

    assert motcua("staff", "reset-second-factor", *OF, "ha@b.example").exit_code == 0
    with tenant_scope("da-nang"):
        assert not db.session.scalars(db.select(Staff)).one().has_second_factor


def test_nobodys_address_is_a_sentence(motcua, da_nang):  # noqa: F811
    answer = motcua("staff", "link", *OF, "ai@b.example")

    assert answer.exit_code == 1 and "Xin xem danh sách" in answer.stderr


def test_the_current_code_is_told_in_a_trial_and_never_in_production(
    motcua,  # noqa: F811
    da_nang,
    settings,
    monkeypatch,
):
    make_staff("da-nang", role="province_admin", email="ha@b.example")

    trial = motcua("staff", "code", *OF, "ha@b.example")
    monkeypatch.setenv("MOTCUA_ENV", "production")
    monkeypatch.setenv("MOTCUA_SECRET_KEY", settings.secret_key)
    keys = ",".join(f"{name}:{b64encode(key).decode()}" for name, key in settings.encryption_keys)
    monkeypatch.setenv("MOTCUA_ENCRYPTION_KEYS", keys)
    real = motcua("staff", "code", *OF, "ha@b.example")

    assert second_factor.matching_step(TOTP_SECRET, trial.output.strip()) is not None
    assert real.exit_code == 1 and "Bản chính thức" in real.stderr


def test_the_vendors_first_person_is_invited_by_a_command(motcua, app):  # noqa: F811
    made = motcua("vendor", "invite", "viet@vendor.example", "Trịnh Quốc Việt", "--role", "vendor_admin")

    assert made.exit_code == 0 and "/vendor/password/" in made.output
    assert db.session.scalars(db.select(VendorStaff)).one().role == "vendor_admin"
    assert "chờ nhận lời mời" in motcua("vendor", "list").output
