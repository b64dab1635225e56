"""Who changed what: an append-only, hash-chained log a tenant, which not even the tables' owner may rewrite."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.roles import APP
from motcua.core.row_security import protect

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("audit_entry", "audit_head", "audit_anchor", "audit_cutoff")
KINDS = ("staff", "vendor", "api_key", "command", "system")

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
# A sealed cut-off must stand first; that its seal is ours only the verifier, who has the key, can tell.
REFUSE_UNCOVERED = """
CREATE FUNCTION audit_refuse_uncovered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_cutoff c WHERE c.tenant_id = OLD.tenant_id AND c.number >= OLD.number) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
ONLY_FORWARD = """
CREATE FUNCTION audit_only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.tenant_id = OLD.tenant_id AND NEW.number > OLD.number THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit: the head only moves forward' USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    _entry()
    _place("audit_head", unique=[])
    _place("audit_anchor", sa.Column("day", sa.Date(), nullable=False), unique=["day"])
    _place(
        "audit_cutoff",
        sa.Column("before", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        unique=["number"],
    )
    for table in TABLES:
        protect(op, table)
    for function in (REFUSE, REFUSE_UNCOVERED, ONLY_FORWARD):
        op.execute(function)
    _guard("audit_entry", "UPDATE", "audit_refuse")
    _guard("audit_entry", "DELETE", "audit_refuse_uncovered")
    _guard("audit_head", "UPDATE", "audit_only_forward")
    _guard("audit_head", "DELETE", "audit_refuse")
    for table in ("audit_anchor", "audit_cutoff"):
        _guard(table, "UPDATE OR DELETE", "audit_refuse")
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse()"
        )
    for table in ("audit_entry", "audit_anchor", "audit_cutoff"):
        op.execute(f"REVOKE UPDATE ON {table} FROM {APP}")


def _entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("actor_kind", "actor_id", "actor_name", "action", "subject")
        ),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("address", "prev_hash", "hash", "seal")),
        sa.CheckConstraint(f"actor_kind IN {KINDS!r}", name=op.f("ck_audit_entry_actor_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_audit_entry_tenant_id_number")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["tenant_id", "at"])


def _place(table: str, *more: sa.Column, unique: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        *more,
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", *unique, name=op.f("_".join((f"uq_{table}_tenant_id", *unique)))),
    )


def _guard(table: str, acts: str, function: str) -> None:
    name = f"{table}_{acts.lower().replace(' ', '_')}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {acts} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for function in ("audit_refuse", "audit_refuse_uncovered", "audit_only_forward"):
        op.execute(f"DROP FUNCTION {function}()")
