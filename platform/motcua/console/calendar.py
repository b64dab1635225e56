"""`/console/calendar/`: the year's days off, office hours, and what a change would do to open dossiers."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import EXCLUDE, ValidationError, fields, validates_schema

from motcua.accounts.permissions import requires
from motcua.catalogue import listing
from motcua.core import language
from motcua.core.calendar import Calendar, Day, MarkedDay
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Conflict, Invalid
from motcua.core.schema import InputSchema, one_of, text
from motcua.dossiers import promising, recalculating
from motcua.dossiers.wording import WEEKDAYS, WEEKDAYS_EN
from motcua.provinces import confirming
from motcua.tenancy import calendars, current
from motcua.tenancy.calendars import CalendarVersion, Offices
from motcua.tenancy.hours_text import hours_line

from . import renewing

bp = Blueprint("calendar", __name__, url_prefix="/console/calendar")

FIRST_YEAR, LAST_YEAR = 2020, 2060
VERSIONS = 10
KINDS = {
    "closed": "Nghỉ, không tính vào thời hạn",
    "receiving": "Mở cửa tiếp nhận, không tính vào thời hạn",
    "working": "Làm việc, có tính vào thời hạn",
}
SOURCES = {
    "national": "Ngày nghỉ quốc gia",
    "swap": "Hoán đổi quốc gia",
    "folder": "Thư mục của tỉnh",
    "console": "Trang quản trị",
}
ACTS = ("set", "remove", "recalculate")


class Typed(fields.Field):
    """A day as somebody types it."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return read_day(str(value))
        except ValueError:
            raise ValidationError("Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 31/12/2026.") from None


class Wanted(InputSchema):
    """What somebody wants to change: a day to `set` or to `remove`, or dossiers to `recalculate`."""

    class Meta:
        unknown = EXCLUDE  # the token of the form, the version seen

    act = one_of(ACTS, required=True)
    date = Typed()
    kind = one_of(tuple(KINDS))
    reason = text(200, required=True, shortest=3)

    @validates_schema(skip_on_field_errors=True)
    def day_is_named(self, data, **kwargs):
        if data["act"] == "recalculate":
            return
        day = data.get("date")
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Xin chọn một ngày từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.", "date")
        if data["act"] == "set" and "kind" not in data:
            raise ValidationError("Xin chọn ngày này nghỉ hay làm việc.", "kind")


@dataclass(frozen=True)
class Change:
    """A wish, the calendars that it leads to, and what citizens are told of it."""

    act: str
    day: date | None
    mark: MarkedDay | None
    reason: str
    known: Offices

    @property
    def told(self) -> str:
        if self.mark is None:
            return self.reason
        does = "làm việc" if self.mark.is_open else "nghỉ"
        return f"Cơ quan {does} ngày {self.day:%d/%m/%Y} ({self.reason})"


@bp.context_processor
def vocabulary():
    return {
        "kinds": KINDS,
        "sources": SOURCES,
        "kind_of": kind_of,
        "spoken": spoken,
        "staff": current_user,
    }


def spoken(day: date) -> str:
    weekday = (WEEKDAYS_EN if language.is_english() else WEEKDAYS)[day.weekday()]
    return f"{weekday[0].upper()}{weekday[1:]}, {day:%d/%m/%Y}"


def kind_of(day: Day) -> str:
    return "working" if day.works else "receiving" if day.receives else "closed"


@bp.get("/")
@requires("calendar.view")
def show():
    return _page({})


@bp.get("/progress")
@requires("calendar.view")
def progress():
    """How far the due dates are, and nothing else of the page."""
    running = recalculating.unfinished()
    return renewing.part(
        "console/calendar/_progress.html",
        is_running=running is not None,
        running=running,
        waiting=recalculating.waiting(running) if running else 0,
    )


@bp.get("/preview")
@requires("calendar.edit")
def preview():
    try:
        change = _change(request.args)
    except Invalid as error:
        flash(error.message, "error")
        return _page(error.details, request.args), 422
    return render_template(
        "console/calendar/preview.html", change=change, found=recalculating.preview(change.known)
    )


@bp.post("/changes")
@requires("calendar.edit")
def apply():
    try:
        change = _change(request.form)
        how = {"seen": request.form.get("seen", ""), "by": current_user.full_name, "reason": change.told}
        if change.act == "recalculate":
            recalculating.confirm(**how)
        else:
            recalculating.change(change.day, change.mark, **how)
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("calendar.show"), 303)
    flash(
        "Đã lưu lịch. Các hồ sơ đang giải quyết được tính lại ngay, người dân được báo ngày mới.", "success"
    )
    year = change.day.year if change.day else None
    return redirect(url_for("calendar.show", year=year), 303)


def _change(given) -> Change:
    """Raises Invalid, `details` by field."""
    filled = {name: value.strip() for name, value in given.items() if value.strip()}
    try:
        wanted = Wanted().load(filled)
    except ValidationError as error:
        faults = error.normalized_messages()
        sentence = next(iter(faults.values()))[0]
        raise Invalid(f"Chưa xem trước được. {sentence}", details=faults) from error
    act, day, reason = wanted["act"], wanted.get("date"), wanted["reason"]
    if act == "recalculate":
        return Change(act, None, None, reason, promising.offices())
    mark = None
    if act == "set":
        kind = wanted["kind"]
        mark = MarkedDay(day, kind != "closed", kind == "working", reason, "console")
    return Change(act, day, mark, reason, recalculating.proposed(day, mark))


def _page(faults: dict, form=None) -> str:
    this_year = current.today().year
    year = request.args.get("year", this_year, type=int)
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    known, latest = promising.offices(), calendars.latest_version()
    running = recalculating.unfinished()
    lines, names = dict(known.own_hours), {one.code: one.name for one in listing.agencies()}
    return render_template(
        "console/calendar/index.html",
        year=year,
        years=(FIRST_YEAR, LAST_YEAR),
        months=_months(known.province, year),
        own={day.date: day for day in calendars.days_in_force()},
        province_hours=hours_line(known.hours),
        hours_confirmed=confirming.hours_confirmed(),
        cutoff=known.hours.same_day_cutoff,
        agency_hours=[(names.get(code, code), lines[code]) for code in sorted(lines)],
        differs=latest is not None and (latest.digest != known.digest or latest.confirmed_at is None),
        running=running,
        waiting=recalculating.waiting(running) if running else 0,
        versions=_versions(),
        faults=faults,
        form=form or {},
    )


def _months(calendar: Calendar, year: int) -> list[tuple[int, list[tuple[date, Day]]]]:
    """The days of a year that differ from the usual week, by month."""
    months: dict[int, list[tuple[date, Day]]] = {}
    for day, found in calendar.unusual_days(date(year, 1, 1), date(year, 12, 31)):
        months.setdefault(day.month, []).append((day, found))
    return list(months.items())


def _versions() -> list[CalendarVersion]:
    return list(
        db.session.scalars(db.select(CalendarVersion).order_by(CalendarVersion.number.desc()).limit(VERSIONS))
    )
