"""The database session, the tenant's transactions, and the shape of a province-owned table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Text, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from . import scope

FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)  # how PostgreSQL's 'infinity' is read: never, so far


_READ = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT)


class MomentLoader(psycopg.adapt.Loader):
    """A message that waits until somebody says otherwise is due at 'infinity', which Python's dates lack."""

    def __init__(self, oid: int, context: psycopg.abc.AdaptContext | None = None):
        super().__init__(oid, context)
        self._read = _READ(oid, context).load

    def load(self, data: psycopg.abc.Buffer) -> datetime:
        return FAR_FUTURE if data == b"infinity" else self._read(data)


psycopg.adapters.register_loader("timestamptz", MomentLoader)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


# Objects stay readable after commit: a view dumps what it has just saved.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

Moment = DateTime(timezone=True)
LARGEST_ID = 2**63 - 1  # an address may name a larger number, and PostgreSQL would call it an error


class TenantOwned:
    """A row that belongs to one province: primary key (tenant_id, id), row security in its migration."""

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True, default=scope.required, sort_order=-2)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-1)


@event.listens_for(Session, "after_begin")
def _tell_postgres_the_tenant(session, transaction, connection) -> None:
    # Transaction scope only: a session-scoped setting would leak to the next user of the pooled connection.
    tenant_id = scope.current() or ""
    session.info["tenant_id"] = tenant_id
    connection.exec_driver_sql("SELECT set_config('motcua.tenant_id', %s, true)", (tenant_id,))


@contextmanager
def tenant_scope(tenant_id: str) -> Iterator[None]:
    """Do the work inside for one tenant; what was not committed at the end is rolled back.

    Raises RuntimeError when a transaction of another tenant is open: commit it first.
    """
    session = db.session()
    if session.in_transaction() and session.info.get("tenant_id") != tenant_id:
        if session.new or session.dirty or session.deleted:
            raise RuntimeError(f"A transaction of {session.info.get('tenant_id')!r} is still open.")
        session.rollback()
    token = scope.enter(tenant_id)
    try:
        yield
    finally:
        scope.leave(token)
        session.close()


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the current transaction is durably committed; forget it on rollback."""
    db.session().info.setdefault("after_commit", []).append(action)


@event.listens_for(Session, "after_commit")
def _run_after_commit(session) -> None:
    for action in session.info.pop("after_commit", []):
        action()


@event.listens_for(Session, "after_rollback")
def _forget_after_commit(session) -> None:
    session.info.pop("after_commit", None)
