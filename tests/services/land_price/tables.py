"""The shipped tables as the service gets them, and small ones made for a test."""

from datetime import date
from functools import cache
from pathlib import Path

from motcua.services.checking import Checked, check_file
from motcua.services.contract import Asker, Published, Question, Reply
from motcua.services.folder import read_about
from motcua.services.land_price import SERVICE
from motcua.services.land_price.book import Book

TENANTS = Path(__file__).resolve().parents[3] / "tenants"
HCMC = TENANTS / "thanh-pho-ho-chi-minh" / "services" / "land_price" / "qd-79-2024.csv"
DA_NANG = TENANTS / "da-nang" / "services" / "land_price" / "bao-chi-2025.csv"
TODAY = date(2026, 11, 24)


@cache
def checked(file: Path) -> Checked:
    return check_file(SERVICE, file.read_bytes())


@cache
def published(file: Path) -> Published:
    told = read_about(file.with_suffix(".toml").read_bytes())
    return Published(
        version_id=1,
        part=told.part,
        rows=[cells for _, cells in checked(file).rows],
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        as_of=told.as_of,
        document=told.document,
        is_official=told.is_official,
    )


def table(*rows: dict, version_id: int = 1, **given) -> Published:
    """A version of rows that say only what matters."""
    usual = {"area": "Quận 1", "land_class": "ODT", "price_1": 50_000_000}
    said = {
        "part": "",
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
        "as_of": date(2025, 1, 1),
        "document": "Nghị quyết thử",
    }
    return Published(version_id=version_id, rows=[usual | row for row in rows], **(said | given))


def ask(book: Book, line: str, *, language: str = "vi", settings: dict | None = None, **values) -> Reply:
    return SERVICE.ask(
        Question(
            {"question": line} | values,
            TODAY,
            Asker(language=language),
            data=book,
            settings=settings or {},
        )
    )


def first(reply: Reply) -> tuple[str, str, str, str]:
    """Area, street and both ends of the first record; blanks where there is none."""
    record = reply.cards[0].record if reply.cards else {}
    return tuple(record.get(name, "") for name in ("area", "street", "from", "to"))
