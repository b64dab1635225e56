"""`motcua staff` and `motcua vendor`: everything about people's accounts that the consoles do, for scripts."""

import click
from flask import current_app

from motcua.accounts import invitations, managing, passwords, realms, second_factor, vendor_invitations
from motcua.accounts.models import Staff
from motcua.accounts.permissions import ROLES, VENDOR_ROLES
from motcua.catalogue import lookup
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured

BY = "người vận hành"  # who made a link, where a command did

of_tenant = click.option("--tenant", "slug", required=True)


@click.group()
def staff() -> None:
    """Cán bộ của một tỉnh."""


@staff.command()
@of_tenant
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(sorted(ROLES)), default="officer", show_default=True)
@click.option("--agency", help="Mã cơ quan: cán bộ chỉ xem hồ sơ của cơ quan này. Thiếu thì xem cả tỉnh.")
@click.password_option()
@in_app
def add(slug: str, email: str, name: str, role: str, agency: str | None, password: str) -> None:
    """Thêm cán bộ, hoặc đặt lại mật khẩu và vai trò của người đã có."""
    email = email.strip().lower()
    with tenant_scope(known(slug)):
        _known_agency(agency)
        place = realms.name_of_place(realms.STAFF)
        passwords.refuse_weak(password, [name, email, place])
        person = invitations.find(realms.STAFF, email) or Staff(email=email)
        person.agency_code = agency
        person.full_name, person.role, person.is_enabled = name, role, True
        db.session.add(person)
        db.session.flush()
        invitations.change_password(person, password)
        db.session.commit()
    click.echo(f"Đã lưu {email}.")


@staff.command()
@of_tenant
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(ROLES)), default="officer", show_default=True)
@click.option("--agency", help="Mã cơ quan: cán bộ chỉ xem hồ sơ của cơ quan này. Thiếu thì xem cả tỉnh.")
@in_app
def invite(slug: str, email: str, name: str, role: str, agency: str | None) -> None:
    """Mời một người; in đường dẫn để người ấy đặt mật khẩu."""
    with tenant_scope(known(slug)):
        _known_agency(agency)
        link = invitations.invite(email, name, role, agency, by=BY)
        db.session.commit()
    click.echo(link)


@staff.command(name="list")
@of_tenant
@in_app
def listed(slug: str) -> None:
    """Mỗi dòng một người: email, vai trò, họ tên, cơ quan, mã xác thực, còn dùng không."""
    with tenant_scope(known(slug)):
        for one in managing.listed(realms.STAFF):
            click.echo(
                "\t".join([one.email, one.role, one.full_name, one.agency_code or "–", *_standing(one)])
            )


@staff.command()
@of_tenant
@click.argument("email")
@in_app
def disable(slug: str, email: str) -> None:
    """Ngừng một tài khoản; người ấy bị đăng xuất ngay."""
    with tenant_scope(known(slug)):
        managing.disable(_person(realms.STAFF, email), None)
        db.session.commit()
    click.echo(f"Đã ngừng {email}.")


@staff.command()
@of_tenant
@click.argument("email")
@in_app
def enable(slug: str, email: str) -> None:
    """Mở lại một tài khoản."""
    with tenant_scope(known(slug)):
        managing.enable(_person(realms.STAFF, email))
        db.session.commit()
    click.echo(f"Đã mở lại {email}.")


@staff.command()
@of_tenant
@click.argument("email")
@in_app
def link(slug: str, email: str) -> None:
    """Đường dẫn mới: lời mời cho người chưa có mật khẩu, đặt lại mật khẩu cho người đã có."""
    with tenant_scope(known(slug)):
        made = invitations.send(_person(realms.STAFF, email), by=BY)
        db.session.commit()
    click.echo(made)


@staff.command(name="reset-second-factor")
@of_tenant
@click.argument("email")
@in_app
def reset_second_factor(slug: str, email: str) -> None:
    """Xóa mã xác thực của người mất điện thoại; quản trị viên cài lại ở lần đăng nhập tới."""
    with tenant_scope(known(slug)):
        managing.reset_second_factor(_person(realms.STAFF, email), None)
        db.session.commit()
    click.echo(f"Đã xóa mã xác thực của {email}.")


@staff.command()
@of_tenant
@click.argument("email")
@in_app
def code(slug: str, email: str) -> None:
    """Mã xác thực đang hiện trên điện thoại của người ấy; chỉ khi chạy thử, không có ở bản chính thức."""
    with tenant_scope(known(slug)):
        click.echo(_code_of(_person(realms.STAFF, email)))


@click.group()
def vendor() -> None:
    """Người của nhà cung cấp."""


@vendor.command(name="invite")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(VENDOR_ROLES)), default="vendor_admin", show_default=True)
@in_app
def invite_vendor(email: str, name: str, role: str) -> None:
    """Mời một người của nhà cung cấp, cả người đầu tiên; in đường dẫn để người ấy đặt mật khẩu."""
    made = vendor_invitations.invite(email, name, role, by=BY)
    db.session.commit()
    click.echo(made)


@vendor.command(name="list")
@in_app
def list_vendor() -> None:
    """Mỗi dòng một người: email, vai trò, họ tên, mã xác thực, còn dùng không."""
    for one in managing.listed(realms.VENDOR):
        click.echo("\t".join([one.email, one.role, one.full_name, *_standing(one)]))


@vendor.command(name="link")
@click.argument("email")
@in_app
def vendor_link(email: str) -> None:
    """Đường dẫn mới cho một người của nhà cung cấp."""
    made = invitations.send(_person(realms.VENDOR, email), by=BY)
    db.session.commit()
    click.echo(made)


@vendor.command(name="code")
@click.argument("email")
@in_app
def vendor_code(email: str) -> None:
    """Mã xác thực đang hiện của một người của nhà cung cấp; chỉ khi chạy thử."""
    click.echo(_code_of(_person(realms.VENDOR, email)))


def _code_of(person) -> str:
    if current_app.config["SETTINGS"].production:
        raise Misconfigured(
            "Bản chính thức không cho xem mã xác thực của ai. Xin dùng điện thoại hoặc mã khôi phục."
        )
    if not person.has_second_factor:
        raise Misconfigured(f"{person.email} chưa cài mã xác thực. Xin đăng nhập để cài.")
    return second_factor.current_code(person)


def _person(realm: realms.Realm, email: str):
    found = invitations.find(realm, email.strip().lower())
    if found is None:
        raise Misconfigured(f"Không có ai dùng {email}. Xin xem danh sách bằng lệnh `list`.")
    return found


def _standing(person) -> list[str]:
    factor = "có mã xác thực" if person.has_second_factor else "chưa có mã xác thực"
    if not person.is_enabled:
        return [factor, "đã ngừng"]
    return [factor, "đang dùng" if person.has_password else "chờ nhận lời mời"]


def _known_agency(code: str | None) -> None:
    if code is not None and lookup.find_agency(code) is None:
        raise Misconfigured(f"Chưa có cơ quan mã {code}. Xin xem mã trong agencies.csv của tỉnh.")
