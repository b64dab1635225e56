"""A province, its drop folder and its API, for services that answer from a province's own data."""

import os
import time

import pytest

from motcua.core import json_calls
from motcua.core.database import tenant_scope
from motcua.services.sources import nightly
from tests.factories import make_province
from tests.services.province_api import ProvinceApi


@pytest.fixture
def danang(app, national):
    make_province("da-nang")
    with tenant_scope("da-nang"):
        yield "da-nang"


@pytest.fixture
def leave(tmp_path, danang):
    """Leave a file in the drop folder and take it in; returns the folder of the service."""

    def leave(*lines: str, layout, header: str, name: str = "20261125.csv"):
        place = tmp_path / danang / layout.service
        (place / "in").mkdir(parents=True, exist_ok=True)
        file = place / "in" / name
        file.write_text("\n".join((header, *lines)), encoding="utf-8")
        long_ago = time.time() - nightly.SETTLED_S - 1
        os.utime(file, (long_ago, long_ago))
        nightly.take_all(tmp_path, layout)
        return place

    return leave


@pytest.fixture
def api(monkeypatch):
    monkeypatch.setattr(json_calls, "FIRST_PAUSE_S", 0.01)
    server = ProvinceApi()
    yield server
    server.shutdown()
    server.server_close()
