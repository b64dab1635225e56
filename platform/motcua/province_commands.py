"""`motcua tenant create | go-live | suspend`, `motcua backup`, `motcua feature`: the vendor's work from a script."""

from datetime import datetime

import click
from marshmallow import ValidationError

from motcua.accounts import invitations
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from motcua.provinces import confirming, founding, opening, units
from motcua.tenancy import features

WHO = "motcua"  # the operator at the command line
OPTIONS = (
    ("host", "Tên miền của tỉnh."),
    ("name", "Tên đầy đủ; thiếu thì theo đơn vị hành chính."),
    ("short-name", "Tên ngắn mà người dân biết OA."),
    ("oa-id", "Mã OA, nếu đã biết."),
    ("app-id", "Mã ứng dụng ở Zalo mà OA đó cấp quyền."),
    ("oa-name", "Tên OA."),
    ("admin-email", "Thư điện tử của quản trị viên đầu tiên."),
    ("admin-name", "Họ tên của người đó."),
    ("copy-from", "Tỉnh để chép danh mục."),
    ("primary-color", "Màu chính, như #0b5394."),
    ("accent-color", "Màu nhấn."),
    ("monogram", "Hai chữ cái thay quốc huy."),
    ("hotline", "Đường dây nóng."),
    ("portal-url", "Địa chỉ cổng dịch vụ công."),
)


def add_to(tenant: click.Group) -> None:
    for command in (create, go_live, suspend, list_units):
        tenant.add_command(command)


@click.command()
@click.argument("slug", required=False)
@click.option(
    "--unit", required=True, help="Đơn vị hành chính, như new-68 hay old-60; xem `motcua tenant units`."
)
@click.option(
    "--catalogue", type=click.Choice(founding.SOURCES), default=founding.NATIONAL, show_default=True
)
@click.option(
    "--field", "fields_of", multiple=True, help="Chỉ lấy lĩnh vực này của danh mục quốc gia; lặp lại được."
)
@in_app
def create(
    slug: str | None, unit: str, catalogue: str, fields_of: tuple[str, ...], **given: str | None
) -> None:
    """Thêm tỉnh mới, đang dùng thử, không cần thư mục; in đường dẫn mời quản trị viên đầu tiên."""
    proposed = founding.propose(founding.unit_of(unit), "localhost")
    said = {name: value for name, value in given.items() if value}
    body = {"slug": slug or proposed["slug"], "host": proposed["host"], "unit": unit, "catalogue": catalogue}
    try:
        form = founding.FoundingForm().load(body | {"fields_of": list(fields_of)} | said)
        made = founding.found(form, WHO)
    except ValidationError as error:
        raise Invalid(_lines(error.normalized_messages())) from error
    except Invalid as error:
        raise Invalid(_lines(error.details) or error.message) from error
    with tenant_scope(made.slug):
        link = invitations.invite(form["admin_email"], form["admin_name"], "province_admin")
        db.session.commit()
    click.echo(f"Đã thêm {made.slug}: {made.agencies} cơ quan, {made.procedures} thủ tục, đang dùng thử.")
    click.echo(f"Lời mời cho {form['admin_email']}: {link}")


for _name, _help in OPTIONS:
    create = click.option(f"--{_name}", help=_help)(create)


def _lines(details: dict) -> str:
    return "\n".join(f"{where}: {' '.join(founding.sentences(found))}" for where, found in details.items())


@click.command(name="units")
@in_app
def list_units() -> None:
    """Các đơn vị hành chính để chọn khi thêm tỉnh."""
    for one in units.all_units(founding.home()).values():
        click.echo(f"{one.key}\t{one.slug}\t{one.label}")


@click.command(name="go-live")
@click.argument("slug")
@click.option("--reason", default="", help="Bắt buộc khi danh mục trước khi mở còn thiếu mục.")
@in_app
def go_live(slug: str, reason: str) -> None:
    """Mở chính thức: từ nay mọi người dân đều nhận tin."""
    opening.go_live(known(slug), WHO, reason, may_hurry=True)
    click.echo(f"{slug} đã mở chính thức.")


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Vì sao tạm ngừng.")
@in_app
def suspend(slug: str, reason: str) -> None:
    """Tạm ngừng cả tỉnh: không gửi tin, trang báo tạm ngừng; webhook vẫn được giữ."""
    opening.suspend(known(slug), WHO, reason)
    click.echo(f"{slug} đã tạm ngừng. Chạy lại bằng `motcua tenant resume {slug}`.")


@click.group()
def backup() -> None:
    """Sao lưu."""


@backup.command()
@click.option("--place", required=True, help="Bản sao lưu nằm ở đâu.")
@click.option("--tenant", "slug", help="Chỉ của tỉnh này; thiếu thì của cả hệ thống.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Sao lưu lúc nào; thiếu thì bây giờ."
)
@in_app
def note(place: str, slug: str | None, at: datetime | None) -> None:
    """Ghi lại một bản sao lưu vừa tạo."""
    confirming.note_backup(place, WHO, at, slug)
    click.echo("Đã ghi.")


@click.group()
def feature() -> None:
    """Tính năng của từng tỉnh."""


@feature.command(name="list")
@click.option("--tenant", "slug", help="Của tỉnh này; thiếu thì mặc định.")
@in_app
def list_features(slug: str | None) -> None:
    """Tính năng nào đang bật."""
    for one in features.standings(known(slug) if slug else "").values():
        click.echo(f"{one.feature.name}\t{'bật' if one.is_on else 'tắt'}\t{one.feature.label}")


@feature.command(name="set")
@click.argument("name", type=click.Choice(list(features.FEATURES)))
@click.argument("value", type=click.Choice(["on", "off", "default"]))
@click.option("--tenant", "slug", help="Chỉ cho tỉnh này.")
@click.option("--reason", required=True)
@in_app
def set_feature(name: str, value: str, slug: str | None, reason: str) -> None:
    """Bật hoặc tắt một tính năng, cho mọi tỉnh hoặc một tỉnh."""
    features.choose(name, {"on": True, "off": False}.get(value), WHO, reason, known(slug) if slug else None)
    db.session.commit()
    click.echo("Đã lưu.")
