"""`motcua catalogue search`: one question a line in, one JSON object a line out."""

import json
import sys
from collections.abc import Iterable
from typing import IO

import click

from motcua.boot import boot
from motcua.catalogue.base import Base
from motcua.catalogue.indexes import tenant_index
from motcua.catalogue.records import national_records
from motcua.catalogue.search import ProcedureIndex
from motcua.catalogue.vocabulary import read_vocabulary
from motcua.core import collecting
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured
from motcua.tenancy.models import Tenant

NATIONAL = "_national"


@click.group()
def catalogue() -> None:
    """Danh mục thủ tục."""


@catalogue.command()
@click.option("--tenant", "slug", required=True, help=f"Một tỉnh, hoặc {NATIONAL}: cả danh mục gốc.")
def search(slug: str) -> None:
    """Tìm thủ tục: mỗi dòng vào một câu hỏi, mỗi dòng ra một JSON."""
    from motcua.core.errors import MotcuaError

    try:
        index = national_index() if slug == NATIONAL else province_index(slug)
    except MotcuaError as error:
        click.echo(error.message, err=True)
        sys.exit(1)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    answer_lines(index, sys.stdin, sys.stdout)


def national_index() -> ProcedureIndex:
    """The whole base catalogue from the folder's files; needs no database."""
    folder = Settings.from_env().home / "tenants" / NATIONAL
    with collecting.paused():
        records = list(national_records(folder))
        vocabulary = read_vocabulary(folder / "vocabulary", {record.code for record in records})
        return ProcedureIndex(Base(records, vocabulary))


def province_index(slug: str) -> ProcedureIndex:
    """A province's procedures from the database, as its citizens find them now."""
    from motcua.app import create_app

    with create_app(boot()).app_context():
        try:
            if db.session.get(Tenant, slug) is None:
                raise Misconfigured(
                    f"Chưa có tỉnh {slug}. Xin chạy `motcua tenant apply tenants/{slug}` trước."
                )
            db.session.rollback()
            with tenant_scope(slug):
                return tenant_index(slug)
        finally:
            db.session.remove()
            db.engine.dispose()


def answer_lines(index: ProcedureIndex, lines: Iterable[str], out: IO[str]) -> None:
    """One JSON object a line, flushed at once so that a caller may wait for each answer."""
    for line in lines:
        query = line.rstrip("\r\n")
        answer = index.search(query)
        body = {"query": query, "kind": answer.kind, "results": [row._asdict() for row in answer.results]}
        out.write(json.dumps(body, ensure_ascii=False) + "\n")
        out.flush()
