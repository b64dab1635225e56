"""A province with violations in its nightly file, and one with an API."""

import os
import time

import pytest

from motcua.core import json_calls
from motcua.core.database import tenant_scope
from motcua.services.contract import Asker, Question
from motcua.services.sources import nightly
from motcua.services.traffic_violation import SERVICE
from motcua.services.traffic_violation.sources import LAYOUT
from motcua.tenancy import current
from tests.factories import make_province
from tests.services.province_api import ProvinceApi

HEADER = (
    "Biển kiểm soát,Loại phương tiện,Số khung,Số máy,Màu biển,Thời gian vi phạm,Địa điểm vi phạm,Hành vi vi phạm,"
    "Trạng thái,Đơn vị phát hiện vi phạm,Nơi giải quyết vụ việc"
)
OPEN = (
    '43A-000.01,1,RLHZZ0000000012345,EN99887,Nền trắng,"15:39, 30/12/2025",Đường Thử Nghiệm,'
    "12321.5.5.a.01.Không chấp hành hiệu lệnh của đèn tín hiệu giao thông,Chưa xử phạt,Đội thử,"
    "1. Đội thử|Địa chỉ: số 1"
)
SETTLED = '43A-000.01,1,RLHZZ0000000012345,EN99887,Nền trắng,"08:00, 01/02/2025",Cầu Thử,Dừng xe,Đã xử phạt,Đội thử,'


@pytest.fixture
def danang(app, national):
    make_province("da-nang")
    with tenant_scope("da-nang"):
        yield "da-nang"


@pytest.fixture
def leave(tmp_path, danang):
    """Leave a file in the drop folder and take it in; returns the folder of the service."""

    def leave(*lines: str, name: str = "vi-pham-20261125.csv", layout=LAYOUT, header: str = HEADER):
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


@pytest.fixture
def ask(danang):
    def ask(plate: str, proof: str = "", kind: str = "", settings=None, citizen_id: int | None = 7, **asker):
        values = {"plate": plate, "proof": proof, "vehicle_kind": kind}
        question = Question(
            values,
            current.today(),
            Asker(citizen_id=citizen_id, **asker),
            settings=settings or {},
            tenant_id=danang,
        )
        return SERVICE.ask(question)

    return ask
