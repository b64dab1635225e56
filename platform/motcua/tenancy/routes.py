"""From a host, an OA id or an API key's id to the tenant. Never from a request's body."""

from sqlalchemy.dialects.postgresql import insert

from motcua.core.database import db

from .models import Tenant, TenantRoute


def tenant_of(kind: str, value: str) -> str | None:
    """The slug of the tenant that `value` names, or None; suspended tenants still answer here."""
    return db.session.scalar(
        db.select(TenantRoute.tenant_id).where(TenantRoute.kind == kind, TenantRoute.value == value)
    )


def first_known_oa(candidates: tuple[str, ...]) -> tuple[str, str] | None:
    """(oa_id, tenant) of the first candidate that is one of our Official Accounts."""
    rows = db.session.execute(
        db.select(TenantRoute.value, TenantRoute.tenant_id).where(
            TenantRoute.kind == "oa", TenantRoute.value.in_(candidates)
        )
    )
    known = dict(rows.all())
    return next(((oa, known[oa]) for oa in candidates if oa in known), None)


def claim(kind: str, value: str, tenant_id: str) -> str:
    """Give `value` to the tenant; returns who holds it afterwards (another tenant keeps what it has)."""
    db.session.execute(
        insert(TenantRoute).values(kind=kind, value=value, tenant_id=tenant_id).on_conflict_do_nothing()
    )
    return tenant_of(kind, value)


def find_tenant(tenant_id: str) -> Tenant | None:
    return db.session.get(Tenant, tenant_id)
