"""`motcua tenant`: loading and looking at provinces; other files add what is done about them."""

import json
import sys
from pathlib import Path

import click

from motcua import delivery_commands, province_commands
from motcua.applying import apply_national, apply_tenant
from motcua.catalogue.folder_layer import differences
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.dossiers import status_map
from motcua.messaging.wording import text_versions
from motcua.provinces import founding, readiness
from motcua.services import switching
from motcua.tenancy.models import Tenant


@click.group()
def tenant() -> None:
    """Các tỉnh."""


delivery_commands.add_to(tenant)
province_commands.add_to(tenant)


@tenant.command()
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@in_app
def apply(folders: tuple[Path, ...]) -> None:
    """Nạp thư mục của tỉnh; chạy lại bao nhiêu lần cũng được."""
    national = apply_national(folders[0].resolve().parent / "_national")
    click.echo(national.sentence)
    for folder in folders:
        click.echo(apply_tenant(folder.resolve()).sentence)
    if renewed := founding.renew_all():
        click.echo(
            f"Đã cập nhật mẫu tin và menu của nhà nước cho {', '.join(renewed)} (tỉnh không có thư mục)."
        )


@tenant.command()
@click.argument("slug")
@in_app
def check(slug: str) -> None:
    """Danh mục trước khi mở cho người dân; mã thoát 1 khi còn thiếu."""
    checklist = readiness.checklist_of(slug)
    for item in checklist.items:
        click.echo(
            f"{'✓' if item.done else '✗'} {item.name}: {item.found}" + ("" if item.done else f". {item.how}")
        )
    sys.exit(0 if checklist.is_complete else 1)


@tenant.command()
@click.argument("slug")
@in_app
def diff(slug: str) -> None:
    """Chỗ cơ sở dữ liệu khác thư mục của tỉnh: sửa trên trang quản trị hoặc do nhập tệp."""
    decided = db.session.get(Tenant, known(slug)).decided
    with tenant_scope(slug):
        found = differences()
        codes = status_map.differences()
        services = switching.differences()
        changed = text_versions.differences()
    for live, folder in changed:
        click.echo(
            f"{live.event}\tmessage\tbản {folder.number} → bản {live.number}\tconsole, {live.published_by}, "
            f"{live.published_at:%Y-%m-%d}"
        )
    for entry, national in codes:
        click.echo(f"{entry.local_code}\tstatus\t{national or '–'} → {entry.national}\tconsole")
    for one in found:
        folder, database = (json.dumps(value, ensure_ascii=False) for value in (one.folder, one.database))
        click.echo(f"{one.code}\t{one.field}\t{folder} → {database}\t{one.source}, {one.by}, {one.at[:10]}")
    for one in services:
        folder, console = (json.dumps(value, ensure_ascii=False) for value in (one.folder, one.console))
        click.echo(
            f"{one.service}\tservice.{one.field}\t{folder} → {console}\tconsole, {one.set_by}, {one.set_at:%Y-%m-%d}"
        )
    for name, value in sorted(decided.items()):
        click.echo(f"{slug}\t{name}\t→ {json.dumps(value, ensure_ascii=False)}\tnhà cung cấp")
    if not any((found, codes, services, changed, decided)):
        click.echo(f"{slug}: không khác thư mục.")


@tenant.command(name="list")
@in_app
def list_tenants() -> None:
    """Tất cả các tỉnh."""
    for one in db.session.scalars(db.select(Tenant).order_by(Tenant.id)):
        click.echo(f"{one.id}\t{one.status}\t{', '.join(one.settings['hosts'])}")
