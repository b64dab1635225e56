"""`motcua dossier drop`: take in the files a province left, now."""

import click
from flask import current_app

from motcua.core.database import tenant_scope
from motcua.core.drop_folder import folder_of
from motcua.core.errors import Misconfigured
from motcua.dossiers.door import drop as dropped


def take(slug: str) -> None:
    """Raises Misconfigured without a folder."""
    folder = folder_of(current_app.config["SETTINGS"].drop_folder)
    if folder is None:
        raise Misconfigured("Chưa có thư mục nhận tệp. Xin đặt MOTCUA_DROP_FOLDER đến một thư mục đọc được.")
    with tenant_scope(slug):
        taken = dropped.take_all(folder)
    for one in taken:
        words = f"mới {one.new}, đã biết {one.known}, bị từ chối {one.refused}"
        click.echo(f"{'✗' if one.failed else '✓'} {one.name}: {one.error or words}")
    if not taken:
        click.echo(f"{slug}: không có tệp nào chờ trong {folder / slug / 'in'}.")
