"""`motcua audit …`: is the log whole, where it stood each day, and letting go of what is old."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from motcua.audit import anchoring, chain, listing, pruning, verifying
from motcua.audit.models import PLATFORM
from motcua.commanding import in_app, known
from motcua.console.audit import sentence_of
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid

TENANT = click.option("--tenant", "slug", help="Tỉnh; `_vendor` là nhật ký của nhà cung cấp.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Nhật ký thay đổi."""


@audit.command()
@TENANT
@click.option("--file", type=FILE, help="Tệp JSON từng dòng đã xuất; không cần cơ sở dữ liệu.")
@click.option("--anchors", type=FILE, help="Mốc niêm phong đã xuất bằng `motcua audit anchors`.")
def verify(slug: str | None, file: Path | None, anchors: Path | None) -> None:
    """Kiểm tra nhật ký có còn nguyên vẹn; mã thoát 1 và số mục đầu tiên bị sai nếu không."""
    if (slug is None) == (file is None):
        raise click.UsageError("Xin ghi --tenant hoặc --file, một trong hai.")
    if file is not None:
        with file.open(encoding="utf-8") as lines:
            _say(verifying.verify_lines(lines))
    else:
        _verify_tables(slug, anchors)


@in_app
def _verify_tables(slug: str, anchors: Path | None) -> None:
    with tenant_scope(_chain_of(slug)):
        outside = anchoring.read(anchors.read_text().splitlines()) if anchors else None
        verdict = verifying.verify(outside)
    _say(verdict)


def _say(verdict: chain.Verdict) -> None:
    click.echo(sentence_of(verdict))
    sys.exit(1 if verdict.broken else 0)


@audit.command(name="anchors")
@TENANT
@in_app
def show_anchors(slug: str) -> None:
    """Mốc niêm phong từng ngày, để cất ngoài hệ thống này."""
    with tenant_scope(_chain_of(slug)):
        for one in anchoring.exported():
            click.echo(json.dumps(one))


@audit.command()
@TENANT
@in_app
def export(slug: str) -> None:
    """Toàn bộ nhật ký, mỗi mục một dòng JSON."""
    with tenant_scope(_chain_of(slug)):
        for entry in verifying.as_dicts():
            click.echo(listing.as_line(entry), nl=False)


@audit.command()
@TENANT
@click.option(
    "--before", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Xóa các mục trước ngày này."
)
@in_app
def prune(slug: str, before: datetime) -> None:
    """Xóa mục quá hạn lưu, để lại mốc niêm phong; chỉ khi nhật ký còn nguyên vẹn."""
    with tenant_scope(_chain_of(slug)):
        verdict = verifying.verify()
        if verdict.broken:
            raise Invalid(sentence_of(verdict))
        gone = pruning.prune(before.replace(tzinfo=VIETNAM))
    click.echo(f"Đã xóa {gone} mục.")


def _chain_of(slug: str | None) -> str:
    if slug is None:
        raise Invalid("Chưa nói tỉnh nào. Xin thêm --tenant SLUG.")
    db.session.rollback()
    return slug if slug == PLATFORM else known(slug)
