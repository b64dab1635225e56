"""`motcua message`: what a province's messages cost, and how its ZBS templates stand."""

import click

from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope
from motcua.messaging import template_sync
from motcua.messaging.channels import zbs_templates
from motcua.messaging.limits import costs
from motcua.tenancy.models import OfficialAccount


@click.group()
def message() -> None:
    """Tin nhắn: chi phí và mẫu ZBS."""


@message.command()
@click.option("--tenant", "slug", required=True)
@in_app
def spend(slug: str) -> None:
    """Đã chi, dự báo và mức chi của tháng này."""
    with tenant_scope(known(slug)):
        month = costs.this_month()
    cap = costs.money(month.settings.cap_vnd) if month.settings.cap_vnd is not None else "không giới hạn"
    click.echo(
        f"{month.month:%m/%Y}: đã chi {costs.money(month.amount_vnd)}, dự báo "
        f"{costs.money(month.forecast.amount_vnd)}, mức chi {cap}"
    )
    click.echo(month.basis)
    for one in month.lines:
        click.echo(
            f"{one.title}\t{one.channel}\t{one.messages} tin\t{costs.money(one.amount_vnd)}\t"
            f"dự báo {costs.money(one.forecast_vnd)}"
        )


@message.command()
@click.option("--tenant", "slug", required=True)
@click.option("--sync", is_flag=True, help="Hỏi Zalo trước khi in.")
@in_app
def templates(slug: str, sync: bool) -> None:
    """Mẫu ZBS cho từng việc: dùng được hay không, vì sao."""
    if sync:
        template_sync.sync(known(slug))
    with tenant_scope(known(slug)):
        for account in db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)):
            for use in zbs_templates.uses_of(account, zbs_templates.all_of(account)):
                state = "dùng được" if use.is_sent else "không gửi"
                click.echo("\t".join([account.key, use.purpose, use.template_id, state, *use.problems]))
