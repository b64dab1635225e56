"""From a request for an export to the file: a job writes it table by table, and says how far it is."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import structlog
from flask import current_app

from motcua import audit
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db, tenant_scope
from motcua.core.errors import Conflict, NotFound

from . import content
from .models import Export

MAKE = "motcua.exports.jobs.make"
LASTS = timedelta(hours=48)
LEASE = timedelta(minutes=10)
BUSY = ("waiting", "making")

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
    export = Export(asked_by=by, total=len(content.tables()))
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


def place_of(export: Export) -> Path:
    folder = current_app.config["SETTINGS"].var / "exports" / export.tenant_id
    return folder / f"{export.id}.zip"


def file_of(number: int) -> Path:
    """The finished file. Raises NotFound for one that is not ready, expired or lies on another host."""
    export = get(number)
    path = place_of(export)
    if (
        export.state != "ready"
        or export.expires_at is None
        or export.expires_at <= now()
        or not path.is_file()
    ):
        raise NotFound("Tệp chưa lập xong hoặc đã hết hạn tải. Xin lập bản xuất khác.")
    return path


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
    with tenant_scope(tenant_id):
        path = place_of(get(number))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        files, rows = [], 0
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for done, table in enumerate(content.tables(), 1):
                written = _write(archive, table)
                files.append(written)
                rows += written["rows"]
                progress = {"done": done, "rows": rows, "lease_until": now() + LEASE}
                db.session.execute(db.update(Export).where(Export.id == number).values(**progress))
                db.session.commit()
            manifest = {"province": tenant_id, "made_at": now().isoformat(), "files": files}
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
            sums = "".join(f"{one['sha256']}  {one['file']}\n" for one in files)
            archive.writestr("SHA256SUMS", sums)
        draft.chmod(0o600)
        draft.replace(path)
        at = now()
        values = {
            "state": "ready",
            "ready_at": at,
            "expires_at": at + LASTS,
            "size": path.stat().st_size,
            "digest": _digest(path),
        }
        db.session.execute(db.update(Export).where(Export.id == number).values(**values))
        db.session.commit()


def _write(archive: zipfile.ZipFile, table) -> dict:
    """One table as JSON lines; what the manifest says of it."""
    name, rows, digest = f"{table.name}.jsonl", 0, hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as file, io.BufferedWriter(file) as buffered:
        for row in content.rows_of(table):
            line = content.as_line(row)
            digest.update(line)
            buffered.write(line)
            rows += 1
    return {"file": name, "rows": rows, "sha256": digest.hexdigest(), "columns": content.columns_of(table)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tidy() -> None:
    """Delete files whose link has expired, and have forgotten work done. Commits; the sweep calls it."""
    tenant_id = scope.required()
    expired = db.session.scalars(
        db.select(Export).where(Export.state == "ready", Export.expires_at <= now())
    ).all()
    for export in expired:
        place_of(export).unlink(missing_ok=True)
        export.state = "expired"
    is_waiting = db.session.scalar(
        db.select(Export.id)
        .where((Export.state == "waiting") | ((Export.state == "making") & (Export.lease_until < now())))
        .limit(1)
    )
    db.session.commit()
    if is_waiting:
        queue.wake(MAKE, tenant_id, lane="normal")
