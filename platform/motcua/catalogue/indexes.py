"""One search index a tenant, kept in the process: built in the background on change, swapped in one step.

The catalogue announces a change by a new word in Redis. Each process looks at it every LOOK_S at most, and
compares the tables themselves every COMPARE_S, so that a change is seen even where Redis was away or emptied.
A question never waits for a rebuild: the old index answers meanwhile. Only a tenant's first question does.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
from flask import Flask, current_app
from redis.exceptions import RedisError

from motcua.core import collecting, queue
from motcua.core.database import tenant_scope
from motcua.tenancy.problems import FolderInvalid

from . import lookup, own_words
from .base import Base
from .kept_base import kept_or_made
from .records import Record, own_records, stored_records, tenant_names
from .search import Overlay, ProcedureIndex
from .vocabulary import Entry, Vocabulary, read_vocabulary

LOOK_S, COMPARE_S = 1.5, 60.0
NATIONAL = "_national"

log = structlog.get_logger(__name__)


def announce_change(tenant_id: str = NATIONAL) -> None:
    """Call after committing a change of what a tenant carries out, or of the national base."""
    try:
        queue.connection().set(_key(tenant_id), secrets.token_hex(8))
    except RedisError as error:
        log.warning("catalogue_change_not_announced", tenant_id=tenant_id, error=type(error).__name__)


def tenant_index(tenant_id: str) -> ProcedureIndex:
    """The current index of a tenant, for the application in context."""
    return _registry_of(current_app._get_current_object()).get(tenant_id)


def with_own_words(tenant_id: str, words: Iterable[Entry]) -> ProcedureIndex:
    """The index that the tenant in scope would have with these words of its own; nothing is kept."""
    registry = _registry_of(current_app._get_current_object())
    return registry.overlaid(tenant_id, registry.get(tenant_id).base, words)


@dataclass
class _Kept:
    """An index with what it was built from. `compared` and `looked` are monotonic seconds."""

    index: ProcedureIndex
    base: Base
    word: str
    fingerprint: str
    looked: float
    compared: float
    is_checking: bool = False


@dataclass
class Indexes:
    """The indexes of one process. `app` gives the background thread its own application context."""

    app: Flask
    folders: Path
    kept: Path  # where the base stands between processes
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _base: tuple[str, Base] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)  # guards what is above
    _building: threading.Lock = field(default_factory=threading.Lock)  # one build at a time

    def get(self, tenant_id: str) -> ProcedureIndex:
        """Waits only where this process has no index of the tenant yet."""
        kept = self._kept.get(tenant_id)
        if kept is None:
            # A context of its own: the caller's session and what it holds are not touched.
            with self._building, self.app.app_context():
                kept = self._kept.get(tenant_id) or self._build(tenant_id)
            return kept.index
        if self.clock() - kept.looked >= LOOK_S:
            self._check_soon(tenant_id, kept)
        return kept.index

    def forget_tenants(self) -> None:
        """Build every tenant's index anew at its next question; what they share stays."""
        with self._lock:
            self._kept.clear()

    def _check_soon(self, tenant_id: str, kept: _Kept) -> None:
        with self._lock:
            if kept.is_checking:
                return
            kept.is_checking = True
        threading.Thread(
            target=self._check_in_background, args=(tenant_id, kept), name=f"index-{tenant_id}", daemon=True
        ).start()

    def _check_in_background(self, tenant_id: str, kept: _Kept) -> None:
        try:
            with self.app.app_context(), self._building:
                self.check(tenant_id)
        except Exception:
            # The thread has no caller to tell; the old index goes on answering and the next look tries again.
            log.exception("index_check_failed", tenant_id=tenant_id)
        finally:
            kept.looked, kept.is_checking = self.clock(), False

    def check(self, tenant_id: str) -> bool:
        """Rebuild where something changed; whether it did. Needs an application context."""
        kept = self._kept[tenant_id]
        word, now = _announced(tenant_id), self.clock()
        if word == kept.word and now - kept.compared < COMPARE_S:
            return False
        fingerprint = self._fingerprint(tenant_id)
        if fingerprint == kept.fingerprint:
            kept.word, kept.compared = word, now
            return False
        self._build(tenant_id)
        return True

    def _build(self, tenant_id: str) -> _Kept:
        began, word = self.clock(), _announced(tenant_id)
        fingerprint = self._fingerprint(tenant_id)
        base = self._current_base()
        with tenant_scope(tenant_id):
            index = self.overlaid(tenant_id, base, own_words.entries())
        kept = _Kept(index, base, word, fingerprint, looked=self.clock(), compared=self.clock())
        with self._lock:
            self._kept[tenant_id] = kept
        log.info(
            "index_built", tenant_id=tenant_id, procedures=len(index), seconds=round(self.clock() - began, 3)
        )
        return kept

    def overlaid(self, tenant_id: str, base: Base, words: Iterable[Entry]) -> ProcedureIndex:
        """An index of the tenant in scope over `base`, with these words of its own beside its folder's."""
        folder = self._vocabulary(tenant_id, base)
        vocabulary = Vocabulary((*folder.entries, *words))
        return ProcedureIndex(base, Overlay.build(base, tenant_names(), vocabulary, own_records()))

    def _current_base(self) -> Base:
        """The part all tenants share, built anew only when the national base changed."""
        version = self._national_version()
        if self._base is None or self._base[0] != version:
            with tenant_scope(NATIONAL):
                records = list(stored_records())
            words = self.folders / NATIONAL / "vocabulary"
            self._base = (version, kept_or_made(self.kept, records, words, partial(self._made, records)))
        return self._base[1]

    def _made(self, records: list[Record]) -> Base:
        with collecting.paused():
            return Base(records, self._vocabulary(NATIONAL, None))

    def _fingerprint(self, tenant_id: str) -> str:
        own = lookup.catalogue_version(tenant_id)
        return f"{self._national_version()} {own} {_folder_state(self.folders / tenant_id)}"

    def _national_version(self) -> str:
        return f"{lookup.catalogue_version(NATIONAL)} {_folder_state(self.folders / NATIONAL)}"

    def _vocabulary(self, tenant_id: str, base: Base | None) -> Vocabulary:
        try:
            codes = base.position if base else None
            return read_vocabulary(self.folders / tenant_id / "vocabulary", codes)
        except FolderInvalid as error:
            # `tenant apply` refuses such a folder; a search without the words is better than none.
            log.error("vocabulary_ignored", tenant_id=tenant_id, problems=len(error.problems))
            return Vocabulary()


def _registry_of(app: Flask) -> Indexes:
    with _registry_lock:
        if "motcua_indexes" not in app.extensions:
            settings = app.config["SETTINGS"]
            app.extensions["motcua_indexes"] = Indexes(app, settings.home / "tenants", settings.var / "cache")
        return app.extensions["motcua_indexes"]


_registry_lock = threading.Lock()


def _key(tenant_id: str) -> str:
    return f"motcua:catalogue:{tenant_id}"


def _announced(tenant_id: str) -> str:
    """The latest words of the tenant's and of the national change; "" where Redis knows none or is away."""
    try:
        words = queue.connection().mget(_key(tenant_id), _key(NATIONAL))
    except RedisError:
        return ""
    return " ".join(word.decode() for word in words if word)


def _folder_state(folder: Path) -> str:
    files = sorted((folder / "vocabulary").glob("*.csv"))
    return ",".join(f"{file.name}:{file.stat().st_mtime_ns}" for file in files)
