"""A clock over a citizen's request that has run out waits for a province's admin: shown on each page, and mailed."""

from motcua.alerts.models import Alert
from motcua.alerts.watching import Watch, watch
from motcua.core.clock import now
from motcua.core.database import db

from .models import OPEN, DataRequest

LATE = "data_request_late"


def _causes() -> list[tuple[str, str]]:
    at = now()
    late = (DataRequest.due_at < at) | ((DataRequest.state == "received") & (DataRequest.ack_due_at < at))
    numbers = db.session.scalars(db.select(DataRequest.id).where(DataRequest.state.in_(OPEN), late))
    return [(LATE, str(number)) for number in numbers]


def _sentence(alert: Alert) -> str:
    return (
        f"Yêu cầu số {alert.subject} của người dân về dữ liệu cá nhân đã quá hạn luật định. Xin giải quyết ở mục "
        "“Yêu cầu về dữ liệu cá nhân”."
    )


watch(Watch((LATE,), _causes, _sentence))
