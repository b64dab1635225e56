"""The register (Sổ theo dõi hồ sơ): every dossier received in a period, for one agency or the whole province."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from motcua.catalogue.models import Agency
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.tenancy import current
from motcua.zalo.phone import mask_phone

from .. import wording
from ..models import Dossier
from . import facts, sets
from .heading import committee_on, heading_of

LONGEST_DAYS = 366
MOST_LINES_ON_PAPER = 3_000  # 170 sheets, 4 s of one core
BATCH = 500


@dataclass(frozen=True)
class Choice:
    """Both days are in the period. `agency` None: all agencies."""

    first: date
    last: date
    agency: Agency | None

    @property
    def period(self) -> str:
        return f"từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y}"

    @property
    def agency_name(self) -> str:
        return self.agency.name if self.agency else committee_on(self.last)


@dataclass(frozen=True)
class Entry:
    """One dossier of the register; times aware UTC, phone masked."""

    code: str
    procedure: str
    owner: str
    address: str | None
    phone: str | None
    agency: str
    received_at: datetime
    due_at: datetime | None
    returned_at: datetime | None
    way: str  # how the result reached the citizen; empty before it did
    status_name: str
    is_late: bool


class PeriodInvalid(Invalid):
    code = "register_period_invalid"


WAYS = {"at_post": "Bưu chính", "handed_over": "Trực tiếp", "electronic": "Điện tử"}


class TooManyLines(Invalid):
    code = "register_too_long"
    message = f"Kỳ này có hơn {MOST_LINES_ON_PAPER} hồ sơ, quá nhiều để in. Xin chọn kỳ ngắn hơn hoặc tải tệp Excel."


def choose(first: str, last: str, agency_code: str) -> Choice:
    """What the page's form says. Raises PeriodInvalid for a period that is none, NotFound never."""
    try:
        begin, end = read_day(first), read_day(last)
    except ValueError as error:
        raise _period("Ngày chưa đúng dạng. Xin chọn lại ngày đầu và ngày cuối kỳ.") from error
    if end < begin:
        raise _period("Ngày cuối kỳ sớm hơn ngày đầu kỳ. Xin chọn lại.")
    if end - begin >= timedelta(days=LONGEST_DAYS):
        raise _period("Kỳ dài quá một năm. Xin chọn kỳ ngắn hơn.")
    agency = agency_code and db.session.scalar(db.select(Agency).where(Agency.code == agency_code))
    if agency_code and agency is None:
        raise _period("Không có cơ quan này. Xin chọn lại trong danh sách.")
    return Choice(begin, end, agency or None)


def count(choice: Choice) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Dossier).where(*within(choice)))


def entries(choice: Choice) -> Iterator[Entry]:
    """In the order of receipt; read in batches, so that a long register needs little memory."""
    rows = db.session.scalars(
        db.select(Dossier)
        .where(*within(choice))
        .order_by(Dossier.received_at, Dossier.id)
        .execution_options(yield_per=BATCH)
    )
    for dossier in rows:
        owner = dossier.people["owner"]
        done = dossier.ready_at or dossier.returned_at
        yield Entry(
            code=dossier.code,
            procedure=dossier.procedure_name,
            owner=owner["name"],
            address=owner.get("address"),
            phone=mask_phone(owner["phone"]) if owner.get("phone") else None,
            agency=dossier.agency_name,
            received_at=dossier.received_at,
            due_at=dossier.due_at,
            returned_at=dossier.returned_at,
            way=WAYS.get(dossier.handover_state, ""),
            status_name=dossier.status_name,
            is_late=bool(done and dossier.due_at and done > dossier.due_at),
        )
        db.session.expunge(dossier)


def on_paper(choice: Choice) -> facts.RegisterFacts:
    """Raises TooManyLines above MOST_LINES_ON_PAPER."""
    if count(choice) > MOST_LINES_ON_PAPER:
        raise TooManyLines
    return facts.RegisterFacts(
        heading=heading_of(choice.agency_name, choice.last, at_desk=True),
        agency=choice.agency_name,
        period=choice.period,
        lines=tuple(map(_line, entries(choice))),
    )


def set_of(choice: Choice) -> sets.FormSet:
    """The set of forms that holds at the end of the period."""
    return sets.set_on(current.tenant().settings, choice.last)


def notes(entry: Entry) -> str:
    return f"{entry.status_name}; quá hạn" if entry.is_late else entry.status_name


def _line(entry: Entry) -> facts.RegisterLine:
    return facts.RegisterLine(
        code=entry.code,
        procedure=entry.procedure,
        owner=entry.owner,
        contact="\n".join(filter(None, (entry.address, entry.phone))),
        agency=entry.agency,
        received=wording.short_moment(entry.received_at),
        due=wording.short_moment(entry.due_at) if entry.due_at else "",
        returned=wording.short_moment(entry.returned_at) if entry.returned_at else "",
        way=entry.way,
        note=notes(entry),
    )


def within(choice: Choice) -> list:
    """The rows of the register, as conditions on `Dossier`."""
    begin = datetime.combine(choice.first, time.min, VIETNAM)
    end = datetime.combine(choice.last + timedelta(days=1), time.min, VIETNAM)
    rules = [Dossier.received_at >= begin, Dossier.received_at < end]
    return rules + ([Dossier.agency_code == choice.agency.code] if choice.agency else [])


def _period(sentence: str) -> PeriodInvalid:
    return PeriodInvalid(sentence, details={"period": [sentence]})
