"""The page for those who write a service: what it shows is installed, loaded, and asked everywhere."""

import io
import json
import re
import tomllib
from pathlib import Path

import pytest

from motcua import service_commands
from motcua.core.database import db, tenant_scope
from motcua.services import registry
from motcua.services.contract import Card, Column, Dataset, Field, Published, Question, Reply, Service
from tests.console.conftest import HOST, Browser
from tests.conversation.conftest import hears, post, say  # noqa: F401 - the citizen's side
from tests.factories import make_staff
from tests.signing_in import sign_in

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "services.md").read_text("utf-8")
MOST_LINES = 60


def block(language: str, at: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[at]


@pytest.fixture
def bus_times(installed):
    """Installed from the page's own two files."""
    project = tomllib.loads(block("toml"))["project"]
    points = project["entry-points"][registry.GROUP]
    installed.add("bus_times", block("python"), points, version=project["version"])
    return registry.find("bus_times")


@pytest.fixture
def admin(app, province):
    app.config["WTF_CSRF_ENABLED"] = False
    yield Browser(sign_in(app.test_client(), make_staff("binh-thuan", role="province_admin")))
    app.config["WTF_CSRF_ENABLED"] = True


def test_the_example_is_a_whole_service_in_under_sixty_lines():
    code, project = block("python"), block("toml")

    assert len(f"{code}{project}".splitlines()) < MOST_LINES
    assert "import" in code and "motcua.services" in project


def test_the_example_works_in_the_console_in_the_chat_and_on_the_page(bus_times, admin, say, app):  # noqa: F811
    sheet = io.BytesIO(block("csv").encode())
    form = {"file": (sheet, "gio-xe.csv"), "document": "Thông báo 12/TB-SXD", "is_official": "1"}
    loaded = admin.follow("/console/services/bus_times/data/", data=form).get_data(as_text=True)
    assert "Bản nháp" in loaded
    number = re.search(r"/data/(\d+)/publish", loaded)[1]
    tried = admin.post(f"/console/services/bus_times/data/{number}/try", data={"stop": "cho dam"})
    assert "Tuyến 4" in tried.get_data(as_text=True)
    assert "chưa mở mục tra cứu" in say("tra cứu khác")[0]

    admin.follow(f"/console/services/bus_times/data/{number}/publish")
    switched = admin.follow("/console/services/bus_times", data={"switch": "on"})

    assert "đang mở cho người dân" in switched.get_data(as_text=True)
    for line in ("xe buýt chợ đầm", "xe buyt cho dam", "XE BUÝT: Chợ Đầm"):
        (answer,) = say(line)
        assert answer.startswith("Tuyến 1\n• Bến: Chợ Đầm\n• Giờ đi: 05:30\n• Giá vé: 7.000 đồng")
        assert answer.endswith("Nguồn: Thông báo 12/TB-SXD\nGiờ xe có thể đổi vào ngày lễ.")
    page = app.test_client().get("/tra-cuu/bus_times?stop=chợ đầm", headers=HOST).get_data(as_text=True)
    for words in ("Tuyến 1", "05:30", "Thông báo 12/TB-SXD", "Giờ xe có thể đổi", "xe buýt Chợ Đầm"):
        assert words in page
    assert "lượt hỏi" in admin.get("/console/services/bus_times").get_data(as_text=True).lower()


def test_the_example_answers_the_command_line_as_the_page_says(bus_times, admin):
    from tests.installing import load

    load(bus_times, block("csv"))
    out = io.StringIO()
    with tenant_scope("binh-thuan"):
        service_commands.answer_lines(bus_times, ["xe buýt chợ đầm\n", "sao hỏa\n", "\n"], out)
        db.session.rollback()

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["query"], one["kind"]) for one in lines] == [
        ("xe buýt chợ đầm", "match"), ("sao hỏa", "none"), ("", "none"),
    ]  # fmt: skip
    assert [one["route"] for one in lines[0]["results"]] == ["1", "4"]


def test_the_pages_own_test_of_a_package_passes(bus_times):
    space: dict = {}
    exec(compile(block("python", 1), "docs/services.md", "exec"), space)

    checks = [value for name, value in space.items() if name.startswith("test_")]
    assert len(checks) == 1
    checks[0]()


def names(kind: type) -> set[str]:
    return set(getattr(kind, "__dataclass_fields__", None) or kind.__annotations__)


@pytest.mark.parametrize(
    "part",
    [Service, Field, Column, Dataset, Published, Question, Reply, Card],
    ids=lambda part: part.__name__,
)
def test_the_page_names_every_part_of_the_contract(part):
    told = re.findall(r"[a-z_]+", PAGE)

    assert names(part) - set(told) - {"version_id"} == set()


def test_the_page_names_every_method():
    methods = {name for name, value in vars(Service).items() if callable(value)}

    assert {name for name in methods if f"`{name}(" not in PAGE} == set()
