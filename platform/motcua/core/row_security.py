"""What a migration calls so that a province-owned table is born isolated."""

from sqlalchemy import text

TENANT = "(SELECT nullif(current_setting('motcua.tenant_id', true), ''))"


def protect(op, table: str) -> None:
    """Enable and FORCE row security: only rows of the transaction's tenant are seen or written.

    The setting is read in a scalar sub-select, which PostgreSQL plans once a query and not once a row.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_of_tenant ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
    )


def each_tenant(op):
    """Yield every province's id, with the transaction in its scope: row security holds the owner too."""
    connection = op.get_bind()
    for (tenant_id,) in connection.execute(text("SELECT id FROM tenant ORDER BY id")).all():
        connection.execute(text("SELECT set_config('motcua.tenant_id', :id, true)"), {"id": tenant_id})
        yield tenant_id
    connection.execute(text("SELECT set_config('motcua.tenant_id', '', true)"))
