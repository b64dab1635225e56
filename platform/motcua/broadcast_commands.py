"""`motcua broadcast`: announcements from a script, with both people named, and how far each is."""

import click

from motcua.broadcasts import announcing, content, progress, states
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.models import CHANNELS, KINDS, Broadcast
from motcua.commanding import in_app, known
from motcua.core.database import db, tenant_scope

NEWEST = 50


@click.group()
def broadcast() -> None:
    """Thông báo gửi người dân."""


@broadcast.command()
@click.option("--tenant", "slug", required=True)
@click.option("--kind", type=click.Choice(KINDS), default="policy", show_default=True)
@click.option("--title", required=True, help="Một dòng.")
@click.option("--body", required=True, help="Nội dung; “-” để đọc từ đầu vào chuẩn.")
@click.option("--number", "document_number", default="", help="Số văn bản, bắt buộc với chính sách.")
@click.option("--date", "document_date", default="", help="Ngày ban hành, như 2026-11-25.")
@click.option("--issuer", "document_issuer", default="", help="Cơ quan ban hành.")
@click.option("--link", default="", help="https:// thuộc .gov.vn hoặc trang của tỉnh.")
@click.option("--topic", default="policy", show_default=True, help="Loại thông báo mà người dân đã bật.")
@click.option("--channel", type=click.Choice(CHANNELS), default="chat", show_default=True)
@click.option("--at-night", is_flag=True, help="Gửi cả từ 21 giờ đến 7 giờ.")
@click.option("--by", "writer", required=True, help="Email của người soạn.")
@click.option("--approve-by", "approver", required=True, help="Email của người duyệt, phải là người khác.")
@in_app
def announce(slug: str, topic: str, writer: str, approver: str, at_night: bool, **form: str) -> None:
    """Soạn, duyệt và gửi ngay một thông báo; cần hai người."""
    if form["body"] == "-":
        form["body"] = click.get_text_stream("stdin").read()
    with tenant_scope(known(slug)):
        try:
            values = content.read(form | ({"at_night": "1"} if at_night else {}))
        except content.ContentInvalid as error:
            for field, sentences in error.details.items():
                click.echo(f"{content.LABELS[field]}: {' '.join(sentences)}", err=True)
            raise
        people = announcing.staff_of(writer), announcing.staff_of(approver)
        one = announcing.announce(values, Audience(topic=topic), *people)
        db.session.commit()
        click.echo(f"{one.code}\t{content.page_url(one)}")


@broadcast.command(name="list")
@click.option("--tenant", "slug", required=True)
@in_app
def list_broadcasts(slug: str) -> None:
    """Các thông báo mới nhất: số, bước, đã gửi/tổng số, tiêu đề."""
    with tenant_scope(known(slug)):
        for one in db.session.scalars(db.select(Broadcast).order_by(Broadcast.id.desc()).limit(NEWEST)):
            found = progress.of(one)
            click.echo(f"{one.code}\t{states.NAMES[one.state]}\t{found.sent}/{found.total}\t{one.title}")
