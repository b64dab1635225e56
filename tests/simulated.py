"""The simulated Zalo as tests use it: a real process, its control API, and citizens' phones."""

import socket
import subprocess
import sys
import time

from motcua.demo.stage import template
from motcua.demo.wire import Phone, Wire
from tests import children
from tests.factories import APP_ID, APP_SECRET, OA_IDS, WEBHOOK_SECRET

LAN = {"citizen_id": "lan", "name": "Nguyễn Thị Lan", "phone": "84912345678"}
TUAN = {"citizen_id": "tuan", "name": "Trần Anh Tuấn", "phone": "84987654321"}


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Simulator:
    """One simulator process on a free port; `host` other than loopback for who comes over a network."""

    def __init__(self, host: str = "127.0.0.1"):
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.wire = Wire(self.port)
        self.process = children.start(
            [sys.executable, "-m", "zalo_simulator", "--host", host, "--port", str(self.port), "--quiet"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                self.ask("GET", "/health")
                return
            except OSError:
                if time.monotonic() > deadline:
                    self.stop()
                    raise
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        return self.wire.json(method, "/sim/api" + path, body)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def reset(self, webhook_url: str | None = None) -> None:
        """One app, the two provinces' OAs with their templates, two citizens; no faults."""
        self.ask("POST", "/reset", {})
        app = {"app_id": APP_ID, "app_secret": APP_SECRET, "oa_secret_key": WEBHOOK_SECRET}
        self.ask("POST", "/apps", app | ({"webhook_url": webhook_url} if webhook_url else {}))
        for slug, oa_id in OA_IDS.items():
            self.ask("POST", "/oas", {"oa_id": oa_id, "name": f"Dịch vụ công {slug}"})
            for at, purpose in enumerate(("dossier_receipt", "dossier_status")):
                self.ask("POST", "/templates", template(oa_id, purpose, template_id(slug, at)))
        for citizen in (LAN, TUAN):
            self.ask("POST", "/citizens", citizen)

    def grant(self, slug: str) -> dict:
        return self.ask("POST", "/grants", {"app_id": APP_ID, "oa_id": OA_IDS[slug]})

    def phone(self, citizen: str = "lan", slug: str = "binh-thuan") -> Phone:
        return Phone(self.wire, citizen, OA_IDS[slug])

    def uid(self, citizen: str = "lan", slug: str = "binh-thuan") -> str:
        phone = self.phone(citizen, slug)
        phone.act("follow")
        return self.ask("GET", f"/citizens/{citizen}/chats/{OA_IDS[slug]}")["uid"]

    def fault(self, path: str, kind: str, **more) -> None:
        self.ask("POST", "/faults", {"path": path, "kind": kind} | more)


def template_id(slug: str, at: int) -> str:
    return f"{3 if slug == 'binh-thuan' else 4}0000{at}"
