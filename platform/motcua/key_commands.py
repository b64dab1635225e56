"""`motcua api-key`: the keys of a province's one-stop system."""

import click

from motcua.accounts import api_keys
from motcua.accounts.permissions import API_KEY_MODES
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured


@click.group(name="api-key")
def api_key() -> None:
    """Khóa API của hệ thống một cửa."""


@api_key.command()
@click.option("--tenant", "slug", required=True)
@click.option("--label", required=True, help="Ai dùng khóa này.")
@click.option("--mode", type=click.Choice(sorted(API_KEY_MODES)), default="live", show_default=True)
@in_app
def issue(slug: str, label: str, mode: str) -> None:
    """Tạo khóa; khóa chỉ hiện một lần này."""
    with tenant_scope(known(slug)):
        key = api_keys.issue(label, mode)
        db.session.commit()
    click.echo(key)


@api_key.command(name="list")
@click.option("--tenant", "slug", required=True)
@in_app
def list_keys(slug: str) -> None:
    """Các khóa của tỉnh: mã, loại, ai dùng, ngày tạo, dùng lần cuối, đã thu hồi chưa."""
    with tenant_scope(known(slug)):
        for key in api_keys.all_keys():
            used = f"dùng lần cuối {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "chưa dùng"
            state = f"đã thu hồi {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "đang dùng"
            click.echo(f"{key.key_id}\t{key.mode}\t{key.label}\t{key.created_at:%Y-%m-%d}\t{used}\t{state}")


@api_key.command()
@click.option("--tenant", "slug", required=True)
@click.argument("key_id")
@in_app
def revoke(slug: str, key_id: str) -> None:
    """Thu hồi khóa theo phần mã giữa hai dấu gạch dưới."""
    with tenant_scope(known(slug)):
        found = api_keys.revoke(key_id)
        db.session.commit()
    if not found:
        raise Misconfigured(f"Tỉnh {slug} không có khóa {key_id} đang dùng. Xin kiểm tra lại mã khóa.")
    click.echo("Đã thu hồi.")
