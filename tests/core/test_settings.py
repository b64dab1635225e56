"""Settings from the environment."""

from dataclasses import replace

import pytest

from motcua.app import create_app
from motcua.core.config import Settings
from motcua.core.errors import Misconfigured


def test_the_dialect_of_zalo_is_read_by_name(tmp_path):
    env = {"MOTCUA_VAR": str(tmp_path), "MOTCUA_ZALO_DIALECT": "report_method=POST, nested_recipient=true"}

    assert Settings.from_env(env).zalo_dialect == {"report_method": "POST", "nested_recipient": True}


def test_a_dialect_that_nobody_speaks_stops_the_start(settings):
    with pytest.raises(Misconfigured, match="report_method"):
        create_app(replace(settings, zalo_dialect={"report_method": "PATCH"}))
