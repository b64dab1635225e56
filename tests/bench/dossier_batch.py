"""A night's changes through the batch door: how fast, and how much memory the web process takes.

One web process and the client on this machine; one in five lines is a new dossier with a phone, the others are
events of dossiers already sent. Sent in files of 10,000 lines, as a source would.
"""

import http.client
import json
import os
import time
from pathlib import Path

from tests.installation import Installation, own_memory_kb

LINES = int(os.environ.get("MOTCUA_BENCH_BATCH_LINES", "100000"))
A_FILE = 10_000
EVENTS_OF_A_DOSSIER = 4
PATH = "/api/v1/dossiers:batch"


def dossier_batch(home: Installation, lines: int = LINES) -> dict[str, float]:
    """Lines a second, the same lines sent again, and the web process' memory after the first and the last file."""
    home.renew()
    home.start("web")
    files = [_file(first) for first in range(0, lines, A_FILE)]
    began = time.perf_counter()
    memory = []
    for name in files:
        _send(home, name, {201})
        memory.append(_memory_mb(home))
    took = time.perf_counter() - began
    began = time.perf_counter()
    _send(home, files[0], {200})
    again = time.perf_counter() - began
    return {
        "lines": lines,
        "per_second": round(lines / took, 1),
        "per_second_again": round(A_FILE / again, 1),
        "memory_mb_first": memory[0],
        "memory_mb_last": memory[-1],
    }


def _file(first: int) -> bytes:
    """Dossiers of one file, each followed later by its events."""
    dossiers = A_FILE // (1 + EVENTS_OF_A_DOSSIER)
    number = first // A_FILE * dossiers
    lines = []
    for at in range(number, number + dossiers):
        owner = {"name": "Nguyễn Thị Lan", "phone": f"09{at % 100_000_000:08d}", "id_number": f"{at:012d}"}
        body = {
            "procedure_code": "1.000894",
            "agency_code": "ubnd-phuong",
            "received_at": "2024-11-26T08:00:00+07:00",
            "due_at": "2024-11-28T10:00:00+07:00",
            "owner": owner,
        }
        lines.append({"code": _code(at), "dossier": body})
    for step in range(EVENTS_OF_A_DOSSIER):
        status = 9 if step == EVENTS_OF_A_DOSSIER - 1 else 4
        for at in range(number, number + dossiers):
            event = {
                "status": status,
                "occurred_at": f"2024-11-26T{9 + step:02d}:00:00+07:00",
                "department": f"Phòng {step}",
                "officer": {"name": f"Cán bộ {at % 50}", "title": "Chuyên viên"},
                "step": {"name": f"Bước {step}", "due_at": "2024-11-27T10:00:00+07:00"},
            }
            lines.append({"code": _code(at), "event": event})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _code(number: int) -> str:
    return f"000.00.01.H11-241126-{number:06d}"


def _send(home: Installation, body: bytes, expected: set[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", home.port, timeout=600)
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": "application/x-ndjson"}
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    statuses = [json.loads(line)["status"] for line in answer]
    assert len(statuses) == body.count(b"\n")
    assert set(statuses) == expected, set(statuses)
    connection.close()


def _memory_mb(home: Installation) -> float:
    """Of the web server and its workers together."""
    group = os.getpgid(home.running["web"].pid)
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                total += own_memory_kb(folder)
        except (ProcessLookupError, FileNotFoundError):
            continue
    return round(total / 1024, 1)
