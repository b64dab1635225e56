"""`motcua dossier`: due dates, and where dossiers come from when nobody sends them."""

import click

from motcua import dropping
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured
from motcua.dossiers import people_index
from motcua.dossiers.adapters import pulling
from motcua.dossiers.adapters.models import KINDS as SOURCE_KINDS
from motcua.reckoning import due


@click.group()
def dossier() -> None:
    """Hồ sơ."""


dossier.add_command(due)


@dossier.command()
@click.option("--tenant", "slug", required=True)
@in_app
def drop(slug: str) -> None:
    """Nhận ngay các tệp CSV mà hệ thống của tỉnh để trong MOTCUA_DROP_FOLDER."""
    dropping.take(known(slug))


@dossier.command()
@click.option("--tenant", "slug", required=True)
@click.option("--kind", type=click.Choice(SOURCE_KINDS), required=True)
@click.option("--place", required=True, help="Địa chỉ (rest), thư mục (csv) hoặc tệp JSON (mock).")
@click.option("--every-minutes", type=click.IntRange(1, 1440), default=5, show_default=True)
@click.option("--token", prompt="Khóa của hệ thống đó (bỏ trống nếu không có)", default="", hide_input=True)
@in_app
def source(slug: str, kind: str, place: str, every_minutes: int, token: str) -> None:
    """Chọn nơi lấy hồ sơ khi hệ thống của tỉnh không tự gửi; lấy lại từ đầu."""
    with tenant_scope(known(slug)):
        pulling.choose(kind, place, token or None, every_minutes)
        db.session.commit()
    click.echo(
        f"Đã chọn. Hồ sơ được lấy mỗi {every_minutes} phút; lấy ngay: motcua dossier pull --tenant {slug}"
    )


@dossier.command()
@click.option("--tenant", "slug", required=True)
@in_app
def pull(slug: str) -> None:
    """Lấy ngay những gì đã thay đổi ở hệ thống của tỉnh."""
    count = pulling.pull(known(slug))
    with tenant_scope(slug):
        chosen = pulling.of_tenant()
    if chosen is None:
        raise Misconfigured(f"Tỉnh {slug} chưa chọn nguồn. Xin chạy `motcua dossier source` trước.")
    if chosen.failure:
        raise Misconfigured(
            f"Lấy được {count} thay đổi rồi dừng ({chosen.failure}). Xin kiểm tra nguồn và thử lại."
        )
    click.echo(f"Đã lấy {count} thay đổi.")


@dossier.command(name="index-people")
@click.option("--tenant", "slug", required=True)
@in_app
def index_people(slug: str) -> None:
    """Lập chỉ mục tên và số giấy tờ cho hồ sơ có từ trước, để quầy tìm được. Chạy lại bao nhiêu lần cũng được."""
    with tenant_scope(known(slug)):
        last = 0
        while last is not None:
            last = people_index.fill(last)
            db.session.commit()
            db.session.expunge_all()
    click.echo("Đã lập chỉ mục.")
