import itertools
from dataclasses import dataclass

KINDS = {
    "latency": "trả lời chậm latency_ms mili giây",
    "http_500": "HTTP 500 kèm JSON, không làm gì",
    "html": "HTTP 502 kèm trang HTML của cổng, không làm gì",
    "timeout": "không trả lời, kết nối treo đến khi bên gọi bỏ cuộc",
    "drop_before": "đóng kết nối trước khi nhận yêu cầu",
    "lost_answer": "nhận và chuyển tin, rồi đóng kết nối không trả lời",
    "error": "HTTP 200 với mã lỗi đã cho",
    "rate_limit": "HTTP 200 với mã -32",
}


@dataclass(slots=True)
class Fault:
    fault_id: str
    kind: str
    path: str = ""  # prefix of the request path, e.g. /openapi/v3.0/oa/message
    oa_id: str = ""
    count: int | None = None  # left; None = until deleted
    latency_ms: int = 0
    code: int = 0
    message: str = ""
    hits: int = 0


class Faults:
    """Disturbances of the API, switched on by tests and the control room."""

    def __init__(self):
        self.active: dict[str, Fault] = {}
        self._ids = itertools.count(1)

    def add(self, **given) -> Fault:
        fault = Fault(f"f{next(self._ids)}", **given)
        self.active[fault.fault_id] = fault
        return fault

    def clear(self) -> None:
        self.active.clear()

    def take(self, path: str, oa_id: str) -> list[Fault]:
        """Every latency and the first other fault that matches; counts go down."""
        taken: list[Fault] = []
        for fault in list(self.active.values()):
            if not path.startswith(fault.path) or fault.oa_id not in ("", oa_id):
                continue
            if fault.kind != "latency" and any(other.kind != "latency" for other in taken):
                continue
            taken.append(fault)
            fault.hits += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    del self.active[fault.fault_id]
        return taken
