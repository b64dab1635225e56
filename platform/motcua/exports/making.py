"""From a request for an export to the file: a job writes it table by table, then the pictures, and says how far.

It is made on the disk of the worker's host and stored in the database, so that any host hands it out and any deletes
it; nothing of it stays on the disk.
"""

import hashlib
import re
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy import text

from motcua import audit
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db, tenant_scope
from motcua.core.errors import Conflict, NotFound
from motcua.tenancy import current

from . import bodies, content, parts
from .archive import Archive
from .models import Export
from .sheets import Sheets
from .titles import TITLES

MAKE = "motcua.exports.jobs.make"
LASTS = timedelta(hours=48)
LEASE = timedelta(minutes=10)
TELL_EVERY_S = 2.0
BUSY = ("waiting", "making")
EXPIRE = text("""
    WITH over AS (UPDATE export SET state = 'expired' WHERE tenant_id = :tenant AND state = 'ready'
                  AND expires_at <= :now RETURNING id)
    DELETE FROM export_part USING over WHERE tenant_id = :tenant AND export_id = over.id
""")

log = structlog.get_logger(__name__)


class Busy(Conflict):
    code = "export_busy"
    message = "Đang lập một bản xuất khác. Xin đợi xong rồi lập tiếp."


def ask(by: str) -> Export:
    """Raises Busy while one is being made. Does not commit; the job is woken after the commit."""
    db.session.execute(
        db.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))"), {"key": scope.required()}
    )
    if db.session.scalar(db.select(Export.id).where(Export.state.in_(BUSY)).limit(1)):
        raise Busy
    export = Export(asked_by=by, total=len(content.tables()) + len(bodies.KINDS))
    db.session.add(export)
    db.session.flush()
    audit.record("export.make", f"export {export.id}")
    tenant_id = scope.required()
    after_commit(lambda: queue.wake(MAKE, tenant_id, lane="normal"))
    return export


def get(number: int) -> Export:
    """Raises NotFound."""
    found = db.session.scalar(db.select(Export).where(Export.id == number))
    if found is None:
        raise NotFound
    return found


def listed() -> list[Export]:
    return list(db.session.scalars(db.select(Export).order_by(Export.id.desc()).limit(20)))


def folder_of(tenant_id: str) -> Path:
    """Where this host's workers make files."""
    return current_app.config["SETTINGS"].var / "exports" / tenant_id


def find(number: int) -> Export:
    """A finished one, to be read by `parts.Stored`. Raises NotFound for one that is not ready or has expired."""
    export = get(number)
    if export.state != "ready" or export.expires_at is None or export.expires_at <= now():
        raise NotFound("Tệp chưa lập xong hoặc đã hết hạn tải. Xin lập bản xuất khác.")
    return export


def make_waiting(tenant_id: str) -> None:
    """Make what waits; safe to run twice: one statement claims it, and a dead worker's lease ends."""
    while (number := _claim(tenant_id)) is not None:
        try:
            _make(tenant_id, number)
        except OSError as error:
            log.error("export_failed", tenant=tenant_id, export=number, error=type(error).__name__)
            with tenant_scope(tenant_id):
                get(number).state = "failed"
                db.session.commit()


def _claim(tenant_id: str) -> int | None:
    with tenant_scope(tenant_id):
        waiting = (
            db.select(Export.id)
            .where((Export.state == "waiting") | ((Export.state == "making") & (Export.lease_until < now())))
            .order_by(Export.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        number = db.session.scalar(
            db.update(Export)
            .where(Export.id.in_(waiting.scalar_subquery()))
            .values(state="making", done=0, rows=0, lease_until=now() + LEASE)
            .returning(Export.id)
        )
        db.session.commit()
    return number


def _make(tenant_id: str, number: int) -> None:
    folder = folder_of(tenant_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        tempfile.TemporaryDirectory(prefix=f"{number}-", dir=folder, ignore_cleanup_errors=True) as own,
        tenant_scope(tenant_id),
    ):
        draft = Path(own) / "draft.zip"
        with Archive(draft) as archive:
            _fill(archive, draft.parent, _Progress(number))
            archive.finish(tenant_id, current.province_name(), now().isoformat())
        _keep(number, draft)


def _keep(number: int, draft: Path) -> None:
    """Store the file in one transaction: nobody sees half of it, and nobody claims what is being stored."""
    digest = _digest(draft)
    export = db.session.scalar(
        db.select(Export)
        .where(Export.id == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if export is None or export.state != "making":  # our lease was over, and another has made it
        return
    parts.write(number, draft)
    export.ready_at = now()
    export.expires_at = export.ready_at + LASTS
    export.state, export.size, export.digest = "ready", draft.stat().st_size, digest
    db.session.commit()


class _Progress:
    """How far the work is, for the page; saying so also keeps the work ours."""

    def __init__(self, number: int):
        self._number, self._told_at = number, time.monotonic()
        self.done = self.rows = 0

    def row(self) -> None:
        self.rows += 1
        if self.rows % content.AT_ONCE == 0:
            self.still()

    def still(self) -> None:
        if time.monotonic() - self._told_at > TELL_EVERY_S:
            self.tell()

    def next(self) -> None:
        self.done += 1
        self.tell()

    def tell(self) -> None:
        values = {"done": self.done, "rows": self.rows, "lease_until": now() + LEASE}
        db.session.execute(db.update(Export).where(Export.id == self._number).values(**values))
        db.session.commit()
        self._told_at = time.monotonic()


def _fill(archive: Archive, folder: Path, progress: _Progress) -> None:
    for table in content.tables():
        _write(archive, table, folder, progress)
        progress.next()
    for kind in bodies.KINDS:
        for one in kind():
            body = one.read()
            if body is not None:
                archive.put(one.name, [body], one.about, one.packing, bytes=len(body))
            progress.still()
        progress.next()


def _write(archive: Archive, table, folder: Path, progress: _Progress) -> None:
    """One table as JSON lines, and the same rows as sheets."""
    about, columns, began = TITLES[table.name], content.names_of(table), progress.rows
    sheets = Sheets(columns, folder)

    def lines():
        for row in content.rows_of(table):
            sheets.add(row)
            progress.row()
            yield content.as_line(row)

    try:
        archive.put(
            f"{table.name}.jsonl", lines(), about, rows=lambda: progress.rows - began, columns=columns
        )
        for at, (rows, pieces) in enumerate(sheets.finished(), 1):
            name = f"csv/{table.name}{f'-{at}' if at > 1 else ''}.csv"
            archive.put(name, pieces, f"{about}, cho Excel", rows=rows, columns=columns)
            progress.still()
    finally:
        sheets.close()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tidy() -> None:
    """Delete files whose link has expired, and have forgotten work done. Commits; the sweep calls it."""
    tenant_id = scope.required()
    # Looked at first: what is claimed after this is not among them.
    left = _on_this_host(folder_of(tenant_id))
    db.session.execute(EXPIRE, {"tenant": tenant_id, "now": now()})
    making = set(db.session.scalars(db.select(Export.id).where(Export.state == "making")))
    is_waiting = db.session.scalar(
        db.select(Export.id)
        .where((Export.state == "waiting") | ((Export.state == "making") & (Export.lease_until < now())))
        .limit(1)
    )
    db.session.commit()
    for path, number in left.items():
        if number not in making:
            _remove(path)
    if is_waiting:
        queue.wake(MAKE, tenant_id, lane="normal")


def _on_this_host(folder: Path) -> dict[Path, int | None]:
    """What lies here by the number of its export: drafts of work now, of work that broke off, and whole files as
    versions before this one kept them."""
    if not folder.is_dir():
        return {}
    numbers = {path: re.match(r"[0-9]{1,18}", path.name) for path in folder.iterdir()}
    return {path: int(found[0]) if found else None for path, found in numbers.items()}


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
