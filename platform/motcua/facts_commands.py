"""`motcua facts`: counting a province's days anew."""

from datetime import datetime, timedelta

import click

from motcua.commanding import in_app, known
from motcua.core import months
from motcua.core.clock import now
from motcua.core.database import tenant_scope
from motcua.core.errors import Misconfigured
from motcua.facts import rolling, usage

DAY = click.DateTime(["%Y-%m-%d"])
TOGETHER = 7  # days counted in one go, so that the bar moves


@click.group()
def facts() -> None:
    """Số liệu từng ngày."""


@facts.command()
@click.option("--tenant", "slug", required=True)
@click.option("--from", "first", type=DAY, required=True, help="Ngày đầu, ví dụ 2026-01-01.")
@click.option("--to", "last", type=DAY, help="Ngày cuối; bỏ trống là hôm nay.")
@in_app
def rebuild(slug: str, first: datetime, last: datetime | None) -> None:
    """Tính lại số liệu từng ngày từ dữ liệu gốc; chạy lại bao nhiêu lần cũng được."""
    day, end = first.date(), min(last.date() if last else rolling.today(), rolling.today())
    if day > end:
        raise Misconfigured("Ngày đầu sau ngày cuối hoặc chưa đến. Xin chọn lại.")
    counted_months, counted = set(), 0
    with tenant_scope(known(slug)), click.progressbar(length=(end - day).days + 1, label="Tính lại") as bar:
        while day <= end:
            until = min(day + timedelta(days=TOGETHER), months.last_day(day) + timedelta(days=1))
            together = [day + timedelta(days=ahead) for ahead in range((min(until, end) - day).days)] or [day]
            if not (rolling.roll_day(day) if day == end else rolling.roll_days(together)):
                raise Misconfigured(
                    "Một tiến trình khác đang tính số liệu của tỉnh này. Xin chạy lại sau ít phút."
                )
            counted_months.add(day.replace(day=1))
            day, counted = day + timedelta(days=len(together)), counted + len(together)
            bar.update(len(together))
        for month in sorted(counted_months):
            rolling.roll_month(month)
    click.echo(f"Đã tính lại {counted} ngày của {slug}.")


@facts.command(name="usage")
@click.option("--tenant", "slug", required=True)
@click.option("--month", type=click.DateTime(["%Y-%m"]), default=lambda: f"{months.month_at(now()):%Y-%m}")
@in_app
def of_month(slug: str, month: datetime) -> None:
    """Tỉnh đã dùng gì trong một tháng: số liệu cho hóa đơn."""
    for name, value in usage.usage_of_month(known(slug), month.year, month.month).items():
        click.echo(f"{name}\t{value}")
