"""`motcua dossier due`: one JSON object a line in, when it is due out. Needs the province's folder and no service.

What the console says of single days lies in the database: it is asked where one is given or already running.
"""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click
from flask import Flask
from marshmallow import EXCLUDE, ValidationError, fields, post_load, validate
from sqlalchemy.exc import DBAPIError

from motcua.boot import DATABASE, embedded_urls
from motcua.catalogue.agencies_file import read_agencies
from motcua.core.calendar import MarkedDay, OutOfCalendar
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured, MotcuaError
from motcua.core.schema import InputSchema, one_of
from motcua.dossiers import deadlines, promising
from motcua.embedded import services
from motcua.provinces.keeping import to_settings
from motcua.tenancy import calendars
from motcua.tenancy.calendars import Offices
from motcua.tenancy.folder import read_tenant
from motcua.tenancy.models import Tenant

A_ZONED_TIME = "Thời điểm phải theo ISO 8601 có múi giờ. Xin ghi như 2026-11-25T10:00:00+07:00."


class ZonedTime(fields.Field):
    """ISO 8601 with a zone, as Python reads it; seconds may be left out."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(A_ZONED_TIME) from None
        if found.tzinfo is None:
            raise ValidationError(A_ZONED_TIME)
        try:
            return found.astimezone(UTC)
        except OverflowError:
            raise ValidationError("Thời điểm nằm ngoài lịch. Xin kiểm tra lại năm.") from None


class Number(fields.Field):
    """A number as JSON has it: not a text, not true."""

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Thời hạn phải là số hoặc null. Xin ghi số, không đặt trong ngoặc kép.")
        if not 0 <= value <= deadlines.LONGEST:
            raise ValidationError(f"Thời hạn phải từ 0 đến {deadlines.LONGEST}. Xin kiểm tra lại.")
        return value


class SupplementIn(fields.Field):
    """[from, to]; `to` null: the citizen has not brought it yet."""

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, list) or len(value) != 2:
            raise ValidationError("Mỗi lần bổ sung gồm hai thời điểm. Xin ghi [từ, đến].")
        moment = ZonedTime()
        start, end = moment.deserialize(value[0]), value[1] and moment.deserialize(value[1])
        if end is not None and end < start:
            raise ValidationError("Lần bổ sung kết thúc trước khi bắt đầu. Xin kiểm tra lại hai thời điểm.")
        return start, end


class Question(InputSchema):
    """A line. Members that are not named here are left aside, so that a table may carry notes of its own."""

    class Meta:
        unknown = EXCLUDE

    received_at = ZonedTime(required=True)
    duration = Number(required=True, allow_none=True)
    unit = one_of(deadlines.UNITS, required=True)
    supplement = fields.List(SupplementIn(), allow_none=True, load_default=list)
    policy = one_of(deadlines.POLICIES, allow_none=True, load_default="pause")
    agency = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=80))

    @post_load
    def fill(self, data, **kwargs):
        return data | {"supplement": data["supplement"] or [], "policy": data["policy"] or "pause"}


@click.command()
@click.option("--tenant", "slug", required=True)
def due(slug: str) -> None:
    """Tính ngày hẹn trả: mỗi dòng vào một JSON, mỗi dòng ra một JSON; mã thoát 1 khi có dòng sai."""
    try:
        known = offices(slug)
    except MotcuaError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(0 if answer_lines(known, sys.stdin, sys.stdout) else 1)


def answer_lines(known: Offices, lines: Iterable[str], out: IO[str]) -> bool:
    """One JSON object a line, flushed at once; True when every line could be answered."""
    well = True
    for line in filter(str.strip, lines):
        try:
            body = {"due_at": answer(known, line)}
        except ValidationError as error:
            well, body = False, {"error": _sentence(error.normalized_messages())}
        out.write(json.dumps(body, ensure_ascii=False) + "\n")
        out.flush()
    return well


def answer(known: Offices, line: str) -> str | None:
    """Raises ValidationError with sentences that name the remedy."""
    try:
        given = json.loads(line)
    except ValueError:
        raise ValidationError("Dòng này không phải JSON. Xin ghi mỗi dòng một đối tượng JSON.") from None
    asked = Question().load(given)
    try:
        found = deadlines.due_at(
            asked["received_at"],
            asked["duration"],
            asked["unit"],
            known.of(asked["agency"]),
            supplements=asked["supplement"],
            policy=asked["policy"],
        )
    except (OutOfCalendar, OverflowError):
        raise ValidationError("Ngày hẹn nằm ngoài lịch. Xin kiểm tra lại năm và thời hạn.") from None
    return found and found.isoformat()


def _sentence(messages: dict | list | str, where: str = "") -> str:
    if isinstance(messages, dict):
        parts = [
            _sentence(inner, where if key == "_schema" else f"{where}.{key}".strip("."))
            for key, inner in messages.items()
        ]
        return " ".join(parts)
    text = " ".join(map(str, messages)) if isinstance(messages, list) else str(messages)
    return f"{where}: {text}" if where else text


def offices(slug: str) -> Offices:
    """From the province's folder as it is now, else from the database; over both the console's days."""
    settings = Settings.from_env()
    folder = settings.home / "tenants" / slug
    app = _running(settings)
    if app is None:
        return _of_folder(folder, slug, [])
    with app.app_context():
        try:
            return _with_console(folder, slug)
        except DBAPIError as error:
            click.echo(
                f"Không đọc được cơ sở dữ liệu ({type(error.orig).__name__}), nên chỉ tính theo thư mục của tỉnh. "
                "Xin kiểm tra DATABASE_URL hoặc chạy `motcua db upgrade`.",
                err=True,
            )
            return _of_folder(folder, slug, [])
        finally:
            db.session.remove()
            db.engine.dispose()


def _with_console(folder: Path, slug: str) -> Offices:
    if db.session.get(Tenant, slug) is None:
        return _of_folder(folder, slug, [])
    db.session.rollback()
    with tenant_scope(slug):
        if not folder.is_dir():
            return promising.offices()
        return _of_folder(folder, slug, [day.mark for day in calendars.days_in_force()])


def _of_folder(folder: Path, slug: str, days: list[MarkedDay]) -> Offices:
    if not slug or slug.startswith((".", "_")) or folder.parent.name != "tenants" or not folder.is_dir():
        raise Misconfigured(f"Chưa có tỉnh {slug}. Xin tạo thư mục tenants/{slug} hoặc kiểm tra lại tên.")
    settings, table = to_settings(read_tenant(folder)), folder / "agencies.csv"
    agencies = read_agencies(table) if table.exists() else []
    own_hours = [(row.code, row.office_hours) for row in agencies if row.office_hours]
    return calendars.offices_of(settings, days, own_hours)


def _running(settings: Settings) -> Flask | None:
    """An application over the database that is given or that somebody has running; nothing is started."""
    urls = settings.database_urls
    if not urls:
        endpoints = services.running(settings.var, need=("postgres",))
        if endpoints is None:
            return None
        urls = embedded_urls(endpoints, DATABASE)
    never_asked = "redis://127.0.0.1:1"
    from motcua.app import create_app

    return create_app(settings.with_services(urls, settings.redis_url or never_asked))
