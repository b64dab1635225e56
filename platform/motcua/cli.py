"""The `motcua` command."""

import sys

import click

from motcua.core.errors import MotcuaError
from motcua.later import Later

main = Later(
    help="Một Cửa: dịch vụ công của tỉnh, ngay trong Zalo.",
    later={
        "api-key": ("motcua.key_commands:api_key", "Khóa API của hệ thống một cửa."),
        "audit": ("motcua.audit_commands:audit", "Nhật ký thay đổi."),
        "backup": ("motcua.province_commands:backup", "Sao lưu."),
        "broadcast": ("motcua.broadcast_commands:broadcast", "Thông báo gửi người dân."),
        "catalogue": ("motcua.searching:catalogue", "Danh mục thủ tục."),
        "dossier": ("motcua.dossier_commands:dossier", "Hồ sơ."),
        "facts": ("motcua.facts_commands:facts", "Số liệu từng ngày."),
        "feature": ("motcua.province_commands:feature", "Tính năng của từng tỉnh."),
        "message": ("motcua.message_commands:message", "Tin nhắn: chi phí và mẫu ZBS."),
        "oa": ("motcua.zalo_commands:oa", "Official Account."),
        "prove-domain": (
            "motcua.zalo_commands:prove_domain",
            "Đặt mã xác minh tên miền của Zalo cho một địa chỉ, kể cả địa chỉ của nhà cung cấp.",
        ),
        "service": ("motcua.service_commands:service", "Các mục tra cứu: giá đất, xử phạt giao thông, …"),
        "staff": ("motcua.staff_commands:staff", "Cán bộ của một tỉnh."),
        "tenant": ("motcua.tenant_commands:tenant", "Các tỉnh."),
        "vendor": ("motcua.staff_commands:vendor", "Người của nhà cung cấp."),
        "zalo-app": ("motcua.zalo_commands:zalo_app", "Ứng dụng Zalo."),
    },
)


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
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Tạo vai trò, tạo hoặc nâng cấp bảng; chỉ đến một phiên bản, ví dụ 0088, nếu có ghi."""

    def bring_up() -> None:
        from motcua.boot import boot

        boot(migrate=True, to=revision)

    _or_sentence(bring_up)
    click.echo("Xong.")


@database.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Lùi bảng về một phiên bản, ví dụ 0003 hoặc base."""

    def bring_down() -> None:
        from motcua.boot import boot
        from motcua.core import migrating

        migrating.downgrade(boot(migrate=False), revision)

    _or_sentence(bring_down)
    click.echo("Xong.")
