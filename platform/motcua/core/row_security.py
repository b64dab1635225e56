"""What a migration calls so that a province-owned table is born isolated."""

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
