"""`motcua service`: asking extra services, and their data."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import IO

import click

from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid, MotcuaError
from motcua.services import asking, data, hearing, registry, switching
from motcua.services.checking import Checked, check_file, summary
from motcua.services.contract import Asker, Service
from motcua.services.data import About
from motcua.services.folder import read_about
from motcua.services.wording import lacking, roll_back_words
from motcua.tenancy import current

BY = "dòng lệnh"
DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])
MOST_SHOWN = 50

of_tenant = click.option("--tenant", "slug", required=True, help="Mã tỉnh, như da-nang.")


@click.group()
def service() -> None:
    """Các mục tra cứu: giá đất, xử phạt giao thông, …"""


@service.command()
@click.argument("code")
@of_tenant
@click.option(
    "--value", "given", multiple=True, help="Trả lời sẵn một ô khác của mẫu: ô=giá trị; lặp lại được."
)
@in_app
def ask(code: str, slug: str, given: tuple[str, ...]) -> None:
    """Hỏi: mỗi dòng vào một câu hỏi, mỗi dòng ra một JSON."""
    with tenant_scope(known(slug)):
        chosen = registry.find(code)
        fixed = _fixed(chosen, given)
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        answer_lines(chosen, sys.stdin, sys.stdout, fixed)


def _fixed(chosen: Service, given: Iterable[str]) -> dict[str, str]:
    """Raises Invalid for a field that the form has not."""
    values = dict(one.partition("=")[::2] for one in given)
    names = [field.name for field in chosen.form]
    for name in values:
        if name not in names:
            raise Invalid(f"Mục này không có ô “{name}”. Xin dùng một trong: {', '.join(names)}.")
    return values


def answer_lines(
    chosen: Service, lines: Iterable[str], out: IO[str], fixed: Mapping[str, str] | None = None
) -> None:
    """One JSON object a line, flushed at once so that a caller may wait for each answer.

    `fixed` are values that every line is asked with.
    """
    for line in lines:
        query = line.rstrip("\r\n")
        kind, results = _answer(chosen, query, fixed or {})
        body = {"query": query, "kind": kind, "results": results}
        out.write(json.dumps(body, ensure_ascii=False, default=str) + "\n")
        out.flush()


def _answer(chosen: Service, line: str, fixed: Mapping[str, str]) -> tuple[str, list[dict]]:
    try:
        reply = asking.ask(chosen, values_of(chosen, line) | fixed, Asker(level=chosen.level))
    except MotcuaError as error:
        click.echo(error.message, err=True)
        return "none", []
    finally:
        db.session.rollback()
    found = [dict(card.record) for card in reply.cards]
    if reply.kind == "choices" and not found:
        found = [{"label": one.label, **one.values} for one in reply.choices]
    return reply.kind, found


def values_of(chosen: Service, line: str) -> dict[str, str]:
    """The form's values in a line, with the service's phrase or without it."""
    heard = hearing.by_phrase([chosen], line)
    if heard is not None and heard[1]:
        return heard[1]
    free = next((field.name for field in chosen.form if field.free_text), None)
    if free is not None:
        return {free: line}
    claimed = chosen.hears(line)
    if claimed is not None:
        return dict(claimed)
    return {chosen.form[0].name: line} if chosen.form else {}


@service.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_tenant
@click.option("--sheet", default="", help="Trang tính; bỏ trống thì tìm trang có các cột của mục.")
@click.option("--part", default=None, help="Phần của dữ liệu, như tên địa bàn cũ.")
@click.option("--from", "valid_from", type=DAY, help="Có hiệu lực từ ngày.")
@click.option("--to", "valid_to", type=DAY, help="Hết hiệu lực sau ngày.")
@click.option("--as-of", type=DAY, help="Số liệu chốt ngày.")
@click.option("--next-update", "next_update_on", type=DAY, help="Sẽ có bản mới trước ngày.")
@click.option("--document", default=None, help="Văn bản hoặc nguồn.")
@click.option("--unofficial", is_flag=True, help="Số liệu tham khảo, không chính thức.")
@click.option("--publish", "at_once", is_flag=True, help="Công bố ngay.")
@in_app
def load(code: str, file: Path, slug: str, sheet: str, at_once: bool, unofficial: bool, **given) -> None:
    """Nạp một tệp .csv hoặc .xlsx thành bản nháp; tệp có lỗi thì không gì thay đổi.

    Tệp .toml cùng tên nằm bên cạnh, nếu có, nói về tệp; các tùy chọn thắng tệp đó.
    """
    with tenant_scope(known(slug)):
        chosen, content = registry.find(code), file.read_bytes()
        checked = _checked(chosen, content, sheet)
        about = _about(file, unofficial, given)
        version = data.load(chosen, checked, about, file_name=file.name, content=content, by=BY)
        if at_once:
            data.publish(chosen, version.id, BY)
        db.session.commit()
        how = "đã công bố" if at_once else f"chưa công bố (motcua service publish {code} {version.id})"
        click.echo(f"Bản {version.id}: {version.row_count} dòng, {how}.")


@service.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", default="")
@in_app
def check(code: str, file: Path, sheet: str) -> None:
    """Kiểm tra một tệp mà không nạp; mã thoát 1 khi có lỗi."""
    click.echo(summary(_checked(registry.find(code), file.read_bytes(), sheet)))


@service.command()
@click.argument("code")
@click.argument("version", type=int)
@of_tenant
@click.option("--undo", is_flag=True, help="Thu lại bản này; bản nó thay thế được dùng lại.")
@in_app
def publish(code: str, version: int, slug: str, undo: bool) -> None:
    """Công bố một bản nháp hay một bản đã thu lại, hoặc thu lại một bản đang dùng."""
    with tenant_scope(known(slug)):
        change = data.roll_back if undo else data.publish
        changed = change(registry.find(code), version, BY)
        db.session.commit()
        if undo:
            left = data.left_without(changed, current.today())
            click.echo(f"Đã thu lại. {roll_back_words(changed.part, left)}")
            click.echo(f"Công bố lại: motcua service publish {code} {version} --tenant {slug}")
            return
        click.echo("Đã công bố.")
        for sentence in lacking(changed):
            click.echo(sentence, err=True)


@service.command(name="list")
@click.option("--tenant", "slug", default=None, help="Cả trạng thái và dữ liệu của tỉnh này.")
@in_app
def list_services(slug: str | None) -> None:
    """Các mục tra cứu đã cài; gói hỏng được nêu tên và lỗi."""
    if slug is None:
        for one in registry.found():
            name = one.service.name if one.service else f"KHÔNG DÙNG ĐƯỢC: {one.fault}"
            click.echo(f"{one.code}\t{one.origin}\t{name}")
        return
    with tenant_scope(known(slug)):
        on = {one.code for one in switching.all_on()}
        for one in registry.all_services():
            fresh = data.freshness(one, current.today()) if one.dataset else None
            as_of = f"dữ liệu {fresh.as_of:%d/%m/%Y}{', quá hạn' if fresh.is_stale else ''}" if fresh else "–"
            click.echo(f"{one.code}\t{'mở' if one.code in on else 'đóng'}\t{as_of}\t{one.name}")
            for version in reversed(data.versions(one)):
                words = (version.id, version.state, version.part or "–", version.file_name, version.row_count)
                click.echo("\t".join(["", *map(str, words)]))


def _checked(chosen: Service, content: bytes, sheet: str) -> Checked:
    """The checked file; one with faults is told, and the command ends with exit code 1."""
    checked = check_file(chosen, content, sheet)
    for note in checked.notes:
        click.echo(note)
    if checked.fault_count:
        for fault in checked.faults[:MOST_SHOWN]:
            click.echo(str(fault), err=True)
        click.echo(summary(checked), err=True)
        sys.exit(1)
    return checked


def _about(file: Path, unofficial: bool, given: dict[str, str | datetime | None]) -> About:
    beside = file.with_suffix(".toml")
    about = read_about(beside.read_bytes()) if beside.exists() else About()
    said: dict[str, str | date | bool] = {
        name: value.date() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value is not None
    }
    return replace(about, **said | ({"is_official": False} if unofficial else {}))
