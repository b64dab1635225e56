"""Services of a package that somebody installed: really on the path, with entry points as pip leaves them."""

import sys
import threading
from pathlib import Path

import pytest

from motcua.core.database import db, tenant_scope
from motcua.services import data, prepared, registry, switching
from motcua.services.checking import check_file
from motcua.services.data import About
from motcua.tenancy.models import Tenant

LINES = "Tuyến;Bến;Giờ đi;Giá vé\n1;Chợ Đầm;5h30;7.000\n1;Bến xe;06:10;7.000\n4;Chợ Đầm;6h;12.000\n"
BUSES = """
from motcua.services.contract import *

class Buses(Service):
    code, name, name_en = "buses", "Giờ xe buýt", "Bus times"
    summary = "Giờ xe chạy qua một bến."
    phrases = ("xe buýt", "bus")
    form = (Field("stop", "Bến", "Stop", free_text=True, example="Chợ Đầm"),)
    dataset = Dataset(
        columns=(
            Column("route", "Tuyến", aliases=("Số tuyến",)),
            Column("stop", "Bến"),
            Column("leaves_at", "Giờ đi", kind="time"),
            Column("fare", "Giá vé", kind="money"),
        ),
        key=("route", "stop", "leaves_at"),
        stale_after_days=30,
    )
    settings_help = {"operator": "Tên đơn vị vận hành.", "api_key": "Khóa."}
    disclaimer = "Giờ có thể đổi ngày lễ."

    def ask(self, question):
        found = [row for row in question.data if question.values["stop"].lower() in row["stop"].lower()]
        cards = tuple(
            Card(f"Tuyến {one['route']}", (("Bến", one["stop"]), ("Giờ", one["leaves_at"])), record=one)
            for one in found
        )
        return Reply("match", cards) if cards else Reply("none", text="Không có bến này.")
"""
PRIVATE = """
import threading
from motcua.services.contract import *

GO_ON = threading.Event()
GO_ON.set()

class Plates(Service):
    code, name = "plates", "Vi phạm theo biển số"
    phrases = ("phạt nguội",)
    level = PHONE_PROVEN
    form = (
        Field("kind", "Loại xe", kind="choice", options=(Option("car", "Ô tô", "Car"), Option("bike", "Xe máy"))),
        Field("plate", "Biển số", personal=True, example="86A-123.45"),
    )
    timeout_s = 1.0

    def ask(self, question):
        plate = question.values["plate"]
        if plate == "CRASH":
            raise KeyError(plate)
        if plate == "AWAY":
            raise ConnectionRefusedError(plate)
        if plate == "HANG":
            GO_ON.clear()
            GO_ON.wait(30)
        return Reply("match", (Card("Không có vi phạm", record={"level": question.asker.level}),))
"""


class Installed:
    """Packages in a folder of the path; `add` another, with its entry points."""

    def __init__(self, folder: Path):
        self.folder = folder

    def add(self, package: str, source: str, points: dict[str, str], version: str = "1.0") -> None:
        (self.folder / f"{package}.py").write_text(source, encoding="utf-8")
        about = self.folder / f"{package}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        lines = "".join(f"{name} = {target}\n" for name, target in points.items())
        (about / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{lines}")
        registry.look_again()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder of packages, gone again after the test."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield Installed(folder)
    for thread in threading.enumerate():
        if thread.name.startswith("service-"):
            thread.join(5)
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in sys.modules[name].__file__:
            del sys.modules[name]
    registry.look_again()
    prepared.forget()


@pytest.fixture
def buses(installed):
    """A service with data, from a CSV."""
    installed.add("bus_package", BUSES, {"buses": "bus_package:Buses"})
    return registry.find("buses")


@pytest.fixture
def plates(installed):
    """A service behind somebody's source, with personal values; "HANG" hangs until the test ends."""
    installed.add("plate_package", PRIVATE, {"plates": "plate_package:Plates"})
    service = registry.find("plates")
    yield service
    sys.modules["plate_package"].GO_ON.set()


def switch_on(code: str, slug: str = "binh-thuan", **settings: str) -> None:
    with tenant_scope(slug):
        switching.change(code, True, settings, "Lê Văn Tám")
        db.session.commit()


def load(service, content: bytes | str = LINES, *, slug: str = "binh-thuan", publish: bool = True, **about):
    """A version of the service's data from a CSV, published unless told otherwise."""
    content = content.encode() if isinstance(content, str) else content
    with tenant_scope(slug):
        checked = check_file(service, content)
        version = data.load(
            service, checked, About(**about), file_name="gio-xe.csv", content=content, by="Lê Văn Tám"
        )
        if publish:
            data.publish(service, version.id, "Lê Văn Tám")
        db.session.commit()
    return version


def put_in_folder(tenant_id: str, **settings) -> None:
    """As if tenant.toml said so."""
    tenant = db.session.get(Tenant, tenant_id)
    tenant.settings = tenant.settings | settings
    db.session.commit()
