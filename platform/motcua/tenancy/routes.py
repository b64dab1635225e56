"""From a host, an OA id or an API key's id to the tenant. Never from a request's body."""

from sqlalchemy.dialects.postgresql import insert

from motcua.core.database import db

from .models import Tenant, TenantRoute


def tenant_of(kind: str, value: str) -> str | None:
    """The slug of the tenant that `value` names, or None; suspended tenants still answer here."""
    return db.session.scalar(
        db.select(TenantRoute.tenant_id).where(TenantRoute.kind == kind, TenantRoute.value == value)
    )


def known_oas(candidates: tuple[str, ...]) -> list[tuple[str, str]]:
    """(oa_id, tenant) of those candidates that are Official Accounts of ours, in the order given."""
    rows = db.session.execute(
        db.select(TenantRoute.value, TenantRoute.tenant_id).where(
            TenantRoute.kind == "oa", TenantRoute.value.in_(candidates)
        )
    )
    known = dict(rows.all())
    return [(oa, known[oa]) for oa in candidates if oa in known]


def claim(kind: str, value: str, tenant_id: str) -> str:
    """Give `value` to the tenant; returns who holds it afterwards (another tenant keeps what it has)."""
    db.session.execute(
        insert(TenantRoute).values(kind=kind, value=value, tenant_id=tenant_id).on_conflict_do_nothing()
    )
    return tenant_of(kind, value)


def find_tenant(tenant_id: str) -> Tenant | None:
    return db.session.get(Tenant, tenant_id)
