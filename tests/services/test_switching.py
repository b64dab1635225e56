"""On or off, and how: the folder says, the console has the last word, and nobody hears another province's."""

import pytest

from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from motcua.services import registry, switching
from motcua.services.models import ServiceSwitch
from tests.installing import put_in_folder, switch_on


def test_the_folder_switches_on_until_the_console_says_otherwise(buses, app, two_provinces):
    put_in_folder("binh-thuan", services=["buses"])

    with tenant_scope("binh-thuan"):
        assert switching.is_on("buses")
        switching.change("buses", False, {}, "Hà")
        assert not switching.is_on("buses")
        switching.change("buses", None, {}, "Hà")
        assert switching.is_on("buses")
        assert [row.is_on for row in switching.history("buses")] == [None, False]


def test_what_one_province_switches_on_is_off_in_the_other(buses, app, two_provinces):
    switch_on("buses", operator="Phương Trang")

    with tenant_scope("da-nang"):
        assert not switching.is_on("buses")
        assert switching.settings_of("buses") == {}
        assert switching.history("buses") == []


def test_settings_of_the_console_lie_over_the_folders(buses, app, two_provinces):
    put_in_folder("binh-thuan", service_settings={"buses": {"operator": "Thành Bưởi"}})
    with tenant_scope("binh-thuan"):
        assert switching.settings_of("buses") == {"operator": "Thành Bưởi"}
        switching.change("buses", None, {"operator": "Phương Trang"}, "Hà")
        assert switching.settings_of("buses") == {"operator": "Phương Trang"}
        assert [(one.field, one.folder, one.console) for one in switching.differences()] == [
            ("operator", "Thành Bưởi", "Phương Trang")
        ]
        switching.change("buses", None, {"operator": "Thành Bưởi"}, "Hà")
        assert switching.differences() == []


def test_a_secret_setting_is_encrypted_kept_when_left_empty_and_never_told(buses, app, province):
    switching.change("buses", True, {"api_key": "bí mật 123"}, "Hà")
    switching.change("buses", True, {"api_key": "", "operator": "A"}, "Hà")

    assert switching.settings_of("buses") == {"operator": "A", "api_key": "bí mật 123"}
    assert switching.set_secrets("buses") == {"api_key"}
    for row in db.session.scalars(db.select(ServiceSwitch)):
        assert "bí mật" not in f"{row.settings} {row.secrets_encrypted}"
    assert "bí mật" not in str(switching.differences())


@pytest.mark.parametrize("given", [{"colour": "red"}, {"operator": "a" * 3000}], ids=["unknown", "long"])
def test_a_setting_that_cannot_be_is_refused(buses, app, province, given):
    with pytest.raises(Invalid, match="Xin"):
        switching.change("buses", True, given, "Hà")


def test_a_service_whose_package_is_gone_is_off(installed, buses, app, province):
    switching.change("buses", True, {}, "Hà")
    (installed.folder / "bus_package-1.0.dist-info" / "entry_points.txt").unlink()
    registry.look_again()

    assert not switching.is_on("buses")
