"""The `motcua` command."""

import json
import sys
from pathlib import Path

import click

from motcua import delivery_commands, province_commands
from motcua.accounts import api_keys
from motcua.accounts.permissions import API_KEY_MODES
from motcua.applying import apply_national, apply_tenant
from motcua.audit_commands import audit
from motcua.boot import boot
from motcua.broadcast_commands import broadcast
from motcua.catalogue.folder_layer import differences
from motcua.commanding import in_app, known
from motcua.core import migrating
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured, MotcuaError
from motcua.dossier_commands import dossier
from motcua.dossiers import status_map
from motcua.facts_commands import facts
from motcua.message_commands import message
from motcua.messaging.wording import text_versions
from motcua.provinces import founding, readiness
from motcua.searching import catalogue
from motcua.service_commands import service
from motcua.services import switching
from motcua.staff_commands import staff, vendor
from motcua.tenancy import domains, tokens
from motcua.tenancy.models import CALLS_PER_MINUTE, Tenant, ZaloApp


@click.group()
def main() -> None:
    """Một Cửa: dịch vụ công của tỉnh, ngay trong Zalo."""


main.add_command(catalogue)
main.add_command(dossier)
main.add_command(service)
main.add_command(message)
main.add_command(broadcast)
main.add_command(staff)
main.add_command(vendor)
main.add_command(audit)
main.add_command(facts)


@main.command()
@click.option("--workers", default=1, show_default=True, help="Số tiến trình gửi tin.")
@click.option("--port", default=8000, show_default=True, help="Cổng web.")
@click.option(
    "--simulator-port", default=8100, show_default=True, help="Cổng của Zalo giả lập; 0 để không chạy."
)
def up(workers: int, port: int, simulator_port: int) -> None:
    """Chạy web, tiến trình gửi tin và Zalo giả lập cho đến khi bấm Ctrl-C."""
    from motcua.running import run_until_signal

    _or_sentence(run_until_signal, workers, port, simulator_port or None)


@main.command()
@click.option("--exit", "leave", is_flag=True, help="Kết thúc sau câu chuyện thay vì chạy tiếp.")
@click.option("--port", default=8000, show_default=True)
@click.option("--simulator-port", default=8100, show_default=True)
def demo(leave: bool, port: int, simulator_port: int) -> None:
    """Nạp sáu tỉnh, thành và diễn lại trọn một câu chuyện, từ quầy đến điện thoại."""
    from motcua.demo.running import play

    sys.exit(_or_sentence(play, leave, port, simulator_port))


def _or_sentence(action, *args):
    try:
        return action(*args)
    except MotcuaError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


@main.group(name="db")
def database() -> None:
    """Bảng dữ liệu."""


@database.command()
def upgrade() -> None:
    """Tạo vai trò, tạo hoặc nâng cấp bảng."""
    _or_sentence(boot_and_say, None)


@database.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Lùi bảng về một phiên bản, ví dụ 0003 hoặc base."""
    _or_sentence(boot_and_say, revision)


def boot_and_say(revision: str | None) -> None:
    settings: Settings = boot(migrate=revision is None)
    if revision is not None:
        migrating.downgrade(settings, revision)
    click.echo("Xong.")


@main.group()
def tenant() -> None:
    """Các tỉnh."""


delivery_commands.add_to(tenant)
province_commands.add_to(tenant)
main.add_command(province_commands.backup)
main.add_command(province_commands.feature)


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


@main.group(name="zalo-app")
def zalo_app() -> None:
    """Ứng dụng Zalo."""


@zalo_app.command(name="set")
@click.argument("app_id")
@click.option("--app-secret", prompt=True, hide_input=True, help="Khóa bí mật của ứng dụng.")
@click.option("--webhook-secret", prompt=True, hide_input=True, help="OA Secret Key dùng để ký webhook.")
@click.option("--pkce-verifier", help="Chỉ khi trang quản trị của Zalo cố định code challenge cho ứng dụng.")
@click.option("--calls-per-minute", type=click.IntRange(1), help="Số lời gọi mỗi phút Zalo cho ứng dụng.")
@in_app
def set_app(
    app_id: str,
    app_secret: str,
    webhook_secret: str,
    pkce_verifier: str | None,
    calls_per_minute: int | None,
) -> None:
    """Khai khóa của một ứng dụng Zalo (lưu mã hóa)."""
    app = db.session.get(ZaloApp, app_id) or ZaloApp(app_id=app_id)
    app.app_secret, app.webhook_secret, app.pkce_verifier = app_secret, webhook_secret, pkce_verifier
    app.calls_per_minute = calls_per_minute or app.calls_per_minute or CALLS_PER_MINUTE
    db.session.add(app)
    db.session.commit()
    click.echo(f"Đã lưu ứng dụng {app_id}.")


@main.command(name="prove-domain")
@click.argument("host")
@click.option("--token", required=True, help="Tên tệp, thẻ meta hoặc mã mà trang của Zalo hiện ra.")
@click.option("--sentence", default="", help="Nội dung tệp xác minh; bỏ trống nếu dùng thẻ meta.")
@in_app
def prove_domain(host: str, token: str, sentence: str) -> None:
    """Đặt mã xác minh tên miền của Zalo cho một địa chỉ, kể cả địa chỉ của nhà cung cấp."""
    proof = domains.keep(host.lower(), token, sentence)
    click.echo(f"Đã đặt. Zalo sẽ tìm thấy ở https://{host}/zalo_verifier{proof.token}.html")


@main.group()
def oa() -> None:
    """Official Account."""


@oa.command()
@click.option("--tenant", "slug", required=True)
@click.option("--key", default="main", show_default=True, help="Tên OA trong tenant.toml.")
@click.option("--access-token", prompt=True, hide_input=True)
@click.option("--refresh-token", prompt=True, hide_input=True)
@click.option("--expires-in", default=90000, show_default=True, help="Giây, theo câu trả lời của Zalo.")
@in_app
def connect(slug: str, key: str, access_token: str, refresh_token: str, expires_in: int) -> None:
    """Dán cặp khóa lấy từ API Explorer của Zalo."""
    account = tokens.connect(known(slug), key, access_token, refresh_token, expires_in)
    click.echo(f"Đã kết nối {account.name}.")


@main.group(name="api-key")
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
