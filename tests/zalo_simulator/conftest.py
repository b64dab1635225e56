from collections.abc import Iterator

import pytest

from tests.zalo_simulator.driving import (
    APP,
    MENU,
    OA,
    OA_SECRET,
    OTHER_OA,
    SECRET,
    TEMPLATE,
    Listener,
    Running,
    Zalo,
    wait_until,
)


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    simulator = Running()
    yield simulator
    simulator.stop()


@pytest.fixture
def zalo(running: Running) -> Zalo:
    """An empty simulator with one app, two accounts, two citizens and one template."""
    zalo = Zalo(running.port)
    zalo.sim("POST", "/reset")
    zalo.at("2026-11-24 10:00")
    zalo.sim(
        "POST", "/apps", {"app_id": APP, "app_secret": SECRET, "oa_secret_key": OA_SECRET, "name": "Một Cửa"}
    )
    zalo.sim("POST", "/oas", {"oa_id": OA, "name": "Tỉnh Bình Thuận", "menu": MENU})
    zalo.sim("POST", "/oas", {"oa_id": OTHER_OA, "name": "Tỉnh An Giang"})
    pair = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})
    zalo.token, zalo.refresh_token = pair["access_token"], pair["refresh_token"]
    for citizen_id, name, phone in (
        ("lan", "Nguyễn Thị Lan", "0912345678"),
        ("minh", "Trần Minh", "0987654321"),
    ):
        zalo.sim(
            "POST",
            "/citizens",
            {"citizen_id": citizen_id, "name": name, "phone": phone, "address": "Phan Thiết"},
        )
    zalo.sim("POST", "/templates", TEMPLATE)
    return zalo


@pytest.fixture
def uid(zalo: Zalo) -> str:
    """Lan's user id; she follows the first account."""
    return zalo.follow()


@pytest.fixture
def listener(zalo: Zalo) -> Iterator[Listener]:
    listener = Listener()
    zalo.sim("POST", "/apps", {"app_id": APP, "webhook_url": listener.url})
    wait_until(lambda: listener.received, "the probe")
    yield listener
    zalo.sim("POST", "/reset")
    listener.stop()
