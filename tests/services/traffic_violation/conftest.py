"""Violations in a nightly file, and asking for them."""

import pytest

from motcua.services.contract import Asker, Question
from motcua.services.traffic_violation import SERVICE
from motcua.services.traffic_violation.sources import LAYOUT
from motcua.tenancy import current

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
def leave_violations(leave):
    def take(*lines: str, **given):
        return leave(*lines, layout=LAYOUT, header=HEADER, **given)

    return take


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
