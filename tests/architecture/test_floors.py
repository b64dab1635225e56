"""The house: imports only go down, and the product and the simulator do not know each other."""

import ast
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "platform"

# From the ground up. A room may import rooms named before it; `core` is every floor's ground.
FLOORS = [
    "core", "assets", "zalo", "embedded", "tenancy", "audit", "accounts", "alerts", "catalogue", "citizens",
    "services", "messaging", "dossiers", "appointments", "surveys", "complaints", "feedback", "subscriptions",
    "reminders", "reports", "facts", "broadcasts", "data_requests", "exports", "conversation", "provinces", "portal",
    "console", "vendor",
]  # fmt: skip
# The same inside `messaging`: its rooms, and the modules beside them. Whatever queued jobs name by its path
# (`jobs`, `template_sync`) stands beside the rooms, where jobs of an older release find it.
MESSAGING = [
    "models", "leaving", "events", "failures", "replies", "line", "receipts", "wording", "limits", "channels", "pace",
    "outbox", "dispatch", "pauses", "deliveries", "testers", "alarms", "template_sync", "jobs",
]  # fmt: skip
TOP = ("top", "demo")  # app.py, cli.py and their like, and the story that plays on them


def imports_of(file: Path) -> set[str]:
    """Dotted names of every module that `file` imports, relative ones resolved."""
    package = [file.relative_to(SOURCES).parts[0], *file.relative_to(SOURCES).parts[1:-1]]
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def rooms_of(modules: set[str], house: str = "motcua") -> set[str]:
    """The rooms of `house` among these modules; a file beside its rooms counts by its own name."""
    return {name.removeprefix(f"{house}.").split(".")[0] for name in modules if name.startswith(f"{house}.")}


PRODUCT_FILES = sorted((SOURCES / "motcua").rglob("*.py"))
MESSAGING_FILES = sorted((SOURCES / "motcua" / "messaging").rglob("[!_]*.py"))


@pytest.mark.parametrize("file", PRODUCT_FILES, ids=lambda file: str(file.relative_to(SOURCES)))
def test_no_import_runs_up_a_floor(file):
    parts = file.relative_to(SOURCES / "motcua").parts
    room = parts[0] if len(parts) > 1 else "top"
    assert room in (*FLOORS, *TOP), f"{room} is a room without a floor: give it one in FLOORS"
    allowed = set(FLOORS[: FLOORS.index(room) + 1]) if room in FLOORS else rooms_of(imports_of(file))

    above = rooms_of(imports_of(file)) - allowed

    assert not above, f"{file.name} of {room} imports {sorted(above)}"


@pytest.mark.parametrize("file", MESSAGING_FILES, ids=lambda file: str(file.relative_to(SOURCES)))
def test_no_import_runs_up_a_floor_of_messaging(file):
    room = file.relative_to(SOURCES / "motcua" / "messaging").with_suffix("").parts[0]
    assert room in MESSAGING, f"{room} has no floor inside messaging: give it one in MESSAGING"
    allowed = set(MESSAGING[: MESSAGING.index(room) + 1])

    above = rooms_of(imports_of(file), "motcua.messaging") - allowed

    assert not above, f"{file.name} of messaging/{room} imports {sorted(above)}"


@pytest.mark.parametrize(
    "pair",
    [("zalo", "embedded"), ("catalogue", "citizens"), ("surveys", "complaints")],
    ids=lambda pair: "-".join(pair),
)
def test_neighbours_do_not_lean_on_each_other(pair):
    for room, other in (pair, pair[::-1]):
        for file in sorted((SOURCES / "motcua" / room).rglob("*.py")):
            assert other not in rooms_of(imports_of(file)), f"{file} imports {other}"


def test_the_wire_format_knows_neither_database_nor_flask():
    for file in (SOURCES / "motcua" / "zalo").rglob("*.py"):
        roots = {name.split(".")[0] for name in imports_of(file)}
        assert not roots & {"flask", "sqlalchemy", "psycopg", "redis", "rq"}, file


def test_the_product_and_the_simulator_share_no_code():
    for package, other in (("motcua", "zalo_simulator"), ("zalo_simulator", "motcua")):
        for file in (SOURCES / package).rglob("*.py"):
            assert other not in {name.split(".")[0] for name in imports_of(file)}, file


def test_no_module_outgrows_its_noun():
    long = {str(file): n for file in SOURCES.rglob("*.py") if (n := len(file.read_text().splitlines())) > 400}

    assert not long


def test_tenants_are_data_without_python():
    assert not list((SOURCES.parent / "tenants").rglob("*.py"))
