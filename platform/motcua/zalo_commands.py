"""`motcua zalo-app`, `motcua prove-domain`, `motcua oa`: what Zalo must know of us, and we of it."""

import click

from motcua.commanding import in_app, known
from motcua.core.database import db
from motcua.tenancy import domains, tokens
from motcua.tenancy.models import CALLS_PER_MINUTE, ZaloApp


@click.group(name="zalo-app")
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


@click.command(name="prove-domain")
@click.argument("host")
@click.option("--token", required=True, help="Tên tệp, thẻ meta hoặc mã mà trang của Zalo hiện ra.")
@click.option("--sentence", default="", help="Nội dung tệp xác minh; bỏ trống nếu dùng thẻ meta.")
@in_app
def prove_domain(host: str, token: str, sentence: str) -> None:
    """Đặt mã xác minh tên miền của Zalo cho một địa chỉ, kể cả địa chỉ của nhà cung cấp."""
    proof = domains.keep(host.lower(), token, sentence)
    click.echo(f"Đã đặt. Zalo sẽ tìm thấy ở https://{host}/zalo_verifier{proof.token}.html")


@click.group()
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
