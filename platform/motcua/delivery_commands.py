"""`motcua tenant pause | resume | invite | dismiss | guests`: what an operator does about a province's messages."""

import click

from motcua.commanding import in_app, known
from motcua.console.delivery_words import kept_back
from motcua.core.database import db, tenant_scope
from motcua.core.masking import masked
from motcua.messaging import pauses
from motcua.messaging.limits import guests
from motcua.provinces import opening
from motcua.tenancy.models import Tenant

WHO = "motcua"  # the operator at the command line


def add_to(tenant: click.Group) -> None:
    for command in (pause, resume, invite, dismiss, list_guests):
        tenant.add_command(command)


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Vì sao dừng; quản trị viên của tỉnh thấy lý do này.")
@click.option("--oa", "oa_id", default="", help="Chỉ dừng OA có mã này.")
@in_app
def pause(slug: str, reason: str, oa_id: str) -> None:
    """Tạm dừng gửi tin của một tỉnh; tin chờ tới khi cho gửi tiếp hoặc hết hạn."""
    with tenant_scope(known(slug)):
        pauses.pause(reason, WHO, oa_id)
        db.session.commit()
    click.echo(f"Đã tạm dừng gửi tin của {slug}. Gửi tiếp bằng `motcua tenant resume {slug}`.")


@click.command()
@click.argument("slug")
@click.option("--oa", "oa_id", default="", help="Chỉ OA có mã này.")
@in_app
def resume(slug: str, oa_id: str) -> None:
    """Cho tỉnh tạm ngừng chạy lại, hoặc cho gửi tiếp tin đã dừng; tin đang chờ đi ngay."""
    if db.session.get(Tenant, known(slug)).status == opening.SUSPENDED:
        again = opening.resume(slug, WHO)
        click.echo(f"{slug} chạy lại: {opening.NAMES[again].lower()}.")
        return
    with tenant_scope(slug):
        waited = pauses.resume(WHO, oa_id)
        db.session.commit()
    click.echo(" ".join([f"{slug} đang gửi tiếp.", *kept_back(waited)]))


@click.command()
@click.argument("slug")
@click.argument("phones", nargs=-1, required=True)
@in_app
def invite(slug: str, phones: tuple[str, ...]) -> None:
    """Mời số điện thoại nhận tin của tỉnh đang dùng thử."""
    with tenant_scope(known(slug)):
        added = sum(guests.invite(phone, WHO) for phone in phones)
        db.session.commit()
    click.echo(f"Đã mời thêm {added} số.")


@click.command()
@click.argument("slug")
@click.argument("phones", nargs=-1, required=True)
@in_app
def dismiss(slug: str, phones: tuple[str, ...]) -> None:
    """Thôi gửi tới các số đã mời."""
    with tenant_scope(known(slug)):
        gone = sum(guests.dismiss(phone) for phone in phones)
        db.session.commit()
    click.echo(f"Đã bỏ {gone} số.")


@click.command(name="guests")
@click.argument("slug")
@in_app
def list_guests(slug: str) -> None:
    """Các số được mời, che bớt."""
    with tenant_scope(known(slug)):
        for one in guests.guests():
            click.echo(f"{masked(one.phone)}  {one.invited_at:%d/%m/%Y}  {one.invited_by}")
