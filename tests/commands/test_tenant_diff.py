"""`motcua tenant diff`: where the database wins over the province's folder."""

import pytest
from click.testing import CliRunner

from motcua import cli, commanding
from motcua.applying import apply_tenant
from motcua.catalogue import editing
from motcua.core.database import tenant_scope
from tests.factories import TENANTS


@pytest.fixture
def in_this_app(monkeypatch, app, settings):
    """The command runs over the test's own database."""
    monkeypatch.setattr(commanding, "boot", lambda **options: settings)


def test_what_an_admin_changed_is_told_beside_the_folders_value(in_this_app, national):
    apply_tenant(TENANTS / "binh-thuan")
    with tenant_scope("binh-thuan"):
        editing.edit("1.000894", {"fee": "20000"}, "Phạm Thu Hà")

    ran = CliRunner().invoke(cli.main, ["tenant", "diff", "binh-thuan"])

    assert ran.exit_code == 0, ran.output
    assert ran.output.startswith('1.000894\tfee\tnull → "20.000 đồng"\tconsole, Phạm Thu Hà, ')


def test_a_province_that_follows_its_folder_says_so(in_this_app, national):
    apply_tenant(TENANTS / "binh-thuan")

    ran = CliRunner().invoke(cli.main, ["tenant", "diff", "binh-thuan"])

    assert ran.output == "binh-thuan: không khác thư mục.\n"
