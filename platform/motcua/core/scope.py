"""Which tenant this piece of work is for. Nothing else may decide it."""

from contextvars import ContextVar

_tenant: ContextVar[str | None] = ContextVar("motcua_tenant", default=None)


def current() -> str | None:
    return _tenant.get()


def required() -> str:
    """The tenant's slug; raises RuntimeError where code forgot to enter one."""
    tenant_id = _tenant.get()
    if tenant_id is None:
        raise RuntimeError("No tenant in scope: wrap the work in tenant_scope(slug).")
    return tenant_id


def enter(tenant_id: str | None):
    return _tenant.set(tenant_id)


def leave(token) -> None:
    _tenant.reset(token)
